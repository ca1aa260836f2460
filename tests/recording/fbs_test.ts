/**
 * FBS 001.000: what other players read. Decoded by the client of these tests, which was written from the RFC, and by
 * noVNC in a browser without a window.
 *
 * @module
 */
import assert from "node:assert/strict";
import { exportFbs, SessionPlayer } from "../../lib/mod.ts";
import type { RecordingError } from "../../lib/core/errors.ts";
import { NATIVE_PIXEL_FORMAT } from "../../lib/protocol/pixel_format.ts";
import { RecordType } from "../../lib/recording/record.ts";
import { FbsWriter } from "../../lib/recording/fbs_writer.ts";
import { canvasPicture, TestBrowser } from "../support/browser.ts";
import { randomSource } from "../support/images.ts";
import { pixelFormat } from "../support/pixel_formats.ts";
import { compareRgb, type RgbImage } from "../support/rgb_image.ts";
import { Encoding, RfbClient } from "../support/rfb_client.ts";
import { TestServer, type TestServerOptions } from "../support/test_server.ts";
import { MemoryFile } from "./_files.ts";
import { formatBytes } from "./_messages.ts";
import { rgbOf, TemporaryFolder, untilRecorded } from "./_recordings.ts";

/** What stands in a file. */
interface Block {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly timeMs: number;
}

function blocksOf(file: Uint8Array<ArrayBuffer>): Block[] {
  assert.equal(new TextDecoder().decode(file.subarray(0, 12)), "FBS 001.000\n");
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const blocks: Block[] = [];
  for (let at = 12; at < file.length;) {
    const length = view.getUint32(at);
    const padded = Math.ceil(length / 4) * 4;
    blocks.push({ bytes: file.subarray(at + 4, at + 4 + length), timeMs: view.getUint32(at + 4 + padded) });
    at += 8 + padded;
    assert.ok(at <= file.length);
  }
  return blocks;
}

/** The picture at the end of a file, as a strict client has it. */
async function decode(blocks: readonly Block[]): Promise<RgbImage> {
  const rest = blocks.map(({ bytes }) => bytes);
  const stream = {
    read(buffer: Uint8Array) {
      const bytes = rest.shift();
      if (!bytes) return Promise.resolve(null);
      const count = Math.min(bytes.length, buffer.length);
      buffer.set(bytes.subarray(0, count));
      if (count < bytes.length) rest.unshift(bytes.subarray(count));
      return Promise.resolve(count);
    },
    write: (bytes: Uint8Array) => Promise.resolve(bytes.length),
    close() {},
  };
  await using client = await RfbClient.connect({
    stream,
    version: "3.3",
    encodings: Object.values(Encoding).filter((one) => typeof one === "number"),
  });
  return await client.lastPicture();
}

/** Draws for a while; the recording has everything at the end. */
async function draw(server: TestServer, done: (rgb: RgbImage) => Promise<void>): Promise<RgbImage> {
  const random = randomSource(3);
  for (let round = 0; round < 12; round++) {
    if (round % 4 === 3) server.screen.move({ x: 20, y: 20, width: 60, height: 50 }, 9, -7);
    else {
      const rect = {
        x: random() % 60,
        y: random() % 50,
        width: 40 + random() % 40,
        height: 30 + random() % 30,
      };
      const colour = random() & 0xffffff;
      server.screen.draw(rect, (x, y) => round % 2 ? colour : (x * 3 + y * 5 * round) & 0xffffff);
    }
    if (round === 5) {
      const pixels = Uint32Array.from({ length: 64 }, (_, i) => i % 3 ? 0xff204060 : 0x40102030);
      server.screen.setCursor({ serial: 5, width: 8, height: 8, hotspot: { x: 1, y: 2 }, pixels });
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const rgb = server.rgb();
  await done(rgb);
  return rgb;
}

const SIZE: TestServerOptions = { width: 150, height: 110 };

Deno.test("exportFbs() makes of a desktop's recording what other players show", async () => {
  await using folder = new TemporaryFolder();
  const path = folder.file("desktop.phr");
  let rgb: RgbImage;
  {
    await using server = await TestServer.start({
      ...SIZE,
      record: { path, frameRate: 60, keyFrameSeconds: 0.1 },
    });
    rgb = await draw(server, (rgb) => untilRecorded(path, rgb));
  }
  const target = await exportFbs(path, folder.file("desktop.fbs"));
  const blocks = blocksOf(Deno.readFileSync(target));
  // RFB 3.3 with security None, as players of this format expect it, and ServerInit.
  assert.equal(new TextDecoder().decode(blocks[0]!.bytes.subarray(0, 12)), "RFB 003.003\n");
  assert.deepEqual([...blocks[0]!.bytes.subarray(12, 20)], [0, 0, 0, 1, 0, 150, 0, 110]);
  const times = blocks.map(({ timeMs }) => timeMs);
  assert.deepEqual(times, times.toSorted((a, b) => a - b));
  await using player = await SessionPlayer.open(path);
  assert.ok(times.at(-1)! <= await player.duration() * 1000);
  assert.ok(times.at(-1)! > 100);
  assert.deepEqual(compareRgb(await decode(blocks), rgb), { wrong: 0 });
  await showInNoVnc(blocks, rgb);
});

Deno.test("a server that is to records FBS itself: its desktop, and each session in its own format", async () => {
  await using folder = new TemporaryFolder();
  const path = folder.file("desktop.fbs");
  {
    await using server = await TestServer.start({ ...SIZE, record: { path, format: "fbs", frameRate: 60 } });
    const rgb = await draw(server, async (rgb) => {
      const deadline = performance.now() + 10_000;
      while (performance.now() < deadline) {
        const bytes = Deno.readFileSync(path);
        // A file that is being written may end in the middle of a block.
        if (
          bytes.length > 0 &&
          await decode(blocksOf(bytes)).then((shown) => compareRgb(shown, rgb).wrong === 0)
        ) break;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    });
    assert.deepEqual(compareRgb(await decode(blocksOf(Deno.readFileSync(path))), rgb), { wrong: 0 });
  }
  const sessions = folder.file("sessions/");
  const format = pixelFormat("16 le 565");
  const shown: RgbImage[] = [];
  {
    await using server = await TestServer.start({
      ...SIZE,
      shared: "always",
      record: { path: sessions, format: "fbs" },
    });
    for (const encodings of [[Encoding.Tight, Encoding.CopyRect], [Encoding.Hextile]]) {
      await using client = await server.connect({ encodings, format });
      await draw(server, () => client.converge(() => server.rgb()));
      shown.push(client.rgb());
    }
  }
  const files = [...Deno.readDirSync(sessions)].map(({ name }) => name).sort();
  assert.equal(files.length, 2);
  for (const [i, name] of files.entries()) {
    assert.match(name, /session-\d+\.fbs$/);
    const rgb = await decode(blocksOf(Deno.readFileSync(sessions + name)));
    assert.deepEqual(compareRgb(rgb, shown[i]!), { wrong: 0 });
  }
});

Deno.test("exportFbs() passes on what a session's client was sent", async () => {
  await using folder = new TemporaryFolder();
  let rgb: RgbImage;
  {
    await using server = await TestServer.start({ ...SIZE, record: { path: folder.file("sessions/") } });
    await using client = await server.connect({
      encodings: [Encoding.Tight, Encoding.CopyRect, Encoding.Fence],
    });
    rgb = await draw(server, () => client.converge(() => server.rgb()));
  }
  const [{ name }] = [...Deno.readDirSync(folder.file("sessions"))] as [Deno.DirEntry];
  const path = folder.file(`sessions/${name}`);
  const target = await exportFbs(path, folder.file("session.fbs"));
  assert.deepEqual(compareRgb(await decode(blocksOf(Deno.readFileSync(target))), rgb), { wrong: 0 });
  await using player = await SessionPlayer.open(path);
  await player.seek(1000);
  assert.deepEqual(compareRgb(rgbOf(player.frame!), rgb), { wrong: 0 });
  // What is there is not written over.
  assert.equal(await exportFbs(path, folder.file("session.fbs")), folder.file("session-2.fbs"));
});

Deno.test("FbsWriter gives up when a client changes its pixel format in the middle, which FBS cannot say", async () => {
  const file = new MemoryFile();
  const writer = new FbsWriter(file);
  const format = formatBytes(NATIVE_PIXEL_FORMAT);
  const description = { software: "test", startedAt: new Date().toISOString(), kind: "session" } as const;
  writer.begin({ name: "test", size: { width: 4, height: 4 }, format, description });
  writer.record(RecordType.PixelFormat, formatBytes(pixelFormat("16 le 565")));
  writer.record(RecordType.UpdatePart, Uint8Array.of(0, 0, 0, 0));
  assert.equal(writer.failure, undefined);
  writer.record(RecordType.PixelFormat, format);
  assert.match(String((writer as { readonly failure?: RecordingError }).failure), /changed its pixel format/);
  await writer.close();
  assert.equal(file.closed, 1);
});

/** Shows blocks in noVNC's own client, in Chromium. @throws {AssertionError} It does not show `wanted` at the end. */
async function showInNoVnc(blocks: readonly Block[], wanted: RgbImage): Promise<void> {
  await using opening = new AsyncDisposableStack();
  const root = new URL("../", import.meta.resolve("@novnc/novnc"));
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const { pathname } = new URL(request.url);
    const [type, body] = pathname === "/"
      ? ["text/html", "<!doctype html><link rel=icon href=data:,><div id=screen></div>"]
      : ["text/javascript", Deno.readTextFileSync(new URL(`.${pathname}`, root))];
    return new Response(body, { headers: { "content-type": type! } });
  });
  opening.defer(() => server.shutdown());
  const browser = opening.use(await TestBrowser.start());
  const { page, problems } = await browser.open(`http://127.0.0.1:${server.addr.port}/`);
  const data = blocks.map(({ bytes }) => bytes.toBase64());
  // Run in the page, where it has a DOM; here it is a text.
  await page.evaluate(`(async () => {
    const { default: RFB } = await import("/core/rfb.js");
    const channel = {
      readyState: "open", binaryType: "arraybuffer", protocol: "", send() {}, close() {},
      onopen: null, onclose: null, onerror: null, onmessage: null,
    };
    const rfb = new RFB(document.querySelector("#screen"), channel);
    rfb.addEventListener("disconnect", () => console.error("noVNC gave up"));
    while (!channel.onmessage) await new Promise((resolve) => setTimeout(resolve, 10));
    for (const block of ${JSON.stringify(data)}) {
      channel.onmessage({ data: Uint8Array.from(atob(block), (char) => char.charCodeAt(0)).buffer });
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
  })()`);
  const shown = async () => compareRgb(await canvasPicture(page, "#screen canvas"), wanted);
  const deadline = performance.now() + 10_000;
  while ((await shown()).wrong > 0 && performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.deepEqual(problems, []);
  assert.deepEqual(await shown(), { wrong: 0 });
}
