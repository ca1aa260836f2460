/** Every program in examples/ does what it says. @module */
import assert from "node:assert/strict";
import { rect } from "../lib/core/geometry.ts";
import { type Decoder, must, takePixel, takeU8 } from "./support/decoders/decoder.ts";
import { SpokenProcess } from "./support/processes.ts";
import { Encoding, RfbClient } from "./support/rfb_client.ts";

const ROOT = new URL("../", import.meta.url);

/** Longest time that an example may take for what a test wants of it. */
const PATIENCE_MS = 60_000;

/** A running example. Disposing it ends it. */
class Example extends SpokenProcess {
  readonly #timer = setTimeout(() => this.kill("SIGKILL"), PATIENCE_MS);

  constructor(name: string, ...args: string[]) {
    const config = new URL("deno.json", ROOT).pathname;
    super(Deno.execPath(), {
      args: ["run", "-A", `--config=${config}`, `examples/${name}.ts`, ...args],
      cwd: ROOT,
    });
  }

  async port(): Promise<number> {
    return Number((await this.until(/Listening on port (\d+)/))[1]);
  }

  /** Ends it as Ctrl+C does. @returns Its exit code. */
  override stop(): Promise<number> {
    return super.stop("SIGINT");
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    clearTimeout(this.#timer);
    await super[Symbol.asyncDispose]();
  }
}

Deno.test("every example is run by a test", () => {
  const here = Deno.readTextFileSync(new URL(import.meta.url));
  const names = [...Deno.readDirSync(new URL("examples/", ROOT))].map(({ name }) =>
    name.replace(/\.ts$/, "")
  );
  assert.ok(names.length > 0);
  assert.deepEqual(names.filter((name) => !here.includes(`new Example("${name}"`)), []);
});

Deno.test("examples pass the type check", async () => {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["check", "examples/"],
    cwd: ROOT,
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
});

Deno.test("examples/embed.ts shares a desktop, and tells who comes and goes", async () => {
  await using example = new Example("embed", "0");
  const port = await example.port();
  {
    await using client = await RfbClient.connect({ port, password: "secret" });
    await client.refresh();
    assert.equal(client.name, "An embedded desktop");
    await example.until(/Viewer 1 came from 127\.0\.0\.1:\d+ \(/);
  }
  await example.until(/Viewer 1 went after \d+ s: /);
  assert.equal(await example.stop(), 0);
});

Deno.test("examples/custom_screen.ts shows a box that goes where one clicks", async () => {
  await using example = new Example("custom_screen", "0");
  await using client = await RfbClient.connect({ port: await example.port(), encodings: [Encoding.Zrle] });
  await client.refresh();
  const colours = () => new Set(client.rgb().pixels);
  assert.deepEqual([...colours()].sort(), [0x203040, 0xffc020].sort());
  const rowOfBox = () => Math.floor(client.rgb().pixels.indexOf(0xffc020) / client.width);
  assert.equal(rowOfBox(), 80);
  await client.pointer(160, 150, 1);
  while (rowOfBox() !== 130) {
    await client.requestUpdate({ incremental: true });
    await client.nextUpdate();
  }
  assert.equal(await example.stop(), 0);
});

Deno.test("examples/custom_encoding.ts speaks its own encoding with those that know it", async () => {
  await using example = new Example("custom_encoding", "0");
  const port = await example.port();
  const [, type] = await example.until(/encoding (\d+) is Runs/);
  await using known = await RfbClient.connect({ port, encodings: [Encoding.Zrle] });
  await known.refresh();
  assert.ok(new Set(known.rgb().pixels).size > 2);
  await using speaker = await RfbClient.connect({
    port,
    encodings: [Number(type)],
    decoders: { others: [runsDecoder(Number(type))] },
  });
  const { rects } = await speaker.refresh();
  assert.deepEqual(new Set(rects.map(({ encoding }) => encoding)), new Set([Number(type)]));
  // Nothing that moves is where it was; the frame of the card is.
  assert.deepEqual(speaker.rgb().pixels.slice(0, 320), known.rgb().pixels.slice(0, 320));
  assert.equal(await example.stop(), 0);
});

/** The encoding of examples/custom_encoding.ts, by its description. */
function runsDecoder(type: number): Decoder {
  return {
    name: "Runs",
    type,
    *decode(input, { x, y, width, height }, { format, framebuffer }) {
      for (let row = y; row < y + height; row++) {
        for (let at = x; at < x + width;) {
          const length = 1 + (yield* takeU8(input));
          must(at + length <= x + width, "A run ends with its row");
          framebuffer.fill(rect(at, row, length, 1), yield* takePixel(input, format));
          at += length;
        }
      }
    },
  };
}

Deno.test("examples/metrics.ts tells Prometheus what happens, and what it counts itself", async () => {
  await using example = new Example("metrics", "0", "0");
  const port = await example.port();
  const [url] = await example.until(/http:\S+metrics/);
  await using client = await RfbClient.connect({ port });
  await client.refresh();
  const text = await (await fetch(url)).text();
  assert.match(text, /^porthole_sessions 1$/m);
  assert.match(text, /^example_visits_total\{security="None"\} 1$/m);
  assert.equal(await example.stop(), 0);
});

Deno.test("examples/record_and_play.ts records, looks into the recording, and plays it", async () => {
  await using example = new Example("record_and_play", "0", "1.5");
  const port = await example.port();
  assert.match(example.said, /Recorded 1\.\d s: \d+ events, \d+ rectangles/);
  assert.match(example.said, /In the middle it shows 320x240 pixels/);
  assert.match(example.said, /For other players: .*desktop\.fbs/);
  await using client = await RfbClient.connect({ port, encodings: [Encoding.Tight] });
  await client.refresh();
  const first = client.rgb().pixels.slice();
  await client.requestUpdate({ incremental: true });
  await client.nextUpdate();
  assert.notDeepEqual(client.rgb().pixels, first);
  assert.equal(await example.stop(), 0);
});

Deno.test("examples/logging.ts logs JSON lines with what belongs to them", async () => {
  await using example = new Example("logging", "0");
  const port = await example.port();
  {
    await using client = await RfbClient.connect({ port });
    await client.refresh();
  }
  await example.until(/"session":1/);
  assert.equal(await example.stop(), 0);
  const records = example.said.split("\n").filter((line) => line.startsWith("{")).map((line) =>
    JSON.parse(line)
  );
  const started = records.find(({ message }) => message === "Started");
  assert.deepEqual([started.machine, started.attempt, started.port], ["demo", 1, port]);
  const ofSession = records.filter(({ session }) => session === 1);
  assert.ok(ofSession.length >= 2 && ofSession.every(({ address }) => /^127\.0\.0\.1:/.test(address)));
});
