import assert from "node:assert/strict";
import { DecodeError } from "./decoders/decoder.ts";
import { formatBytes, pixelFormat } from "./pixel_formats.ts";
import { Encoding, EndOfStream, Refused, RfbClient, type RfbClientOptions } from "./rfb_client.ts";
import { type ByteStream, TimedOut, Wire } from "./rfb/wire.ts";
import { fromHex, toHex } from "./vectors.ts";

/** A server that says what a test tells it, byte by byte, and keeps what it hears. */
class Script implements ByteStream {
  heard: number[] = [];
  #bytes: number[] = [];
  #waiting: (() => void) | undefined;
  #closed = false;

  /** Hexadecimal. */
  say(text: string): this {
    this.#bytes.push(...fromHex(text));
    this.#waiting?.();
    return this;
  }

  close(): void {
    this.#closed = true;
    this.#waiting?.();
  }

  async read(buffer: Uint8Array): Promise<number | null> {
    while (this.#bytes.length === 0) {
      if (this.#closed) return null;
      await new Promise<void>((resolve) => this.#waiting = resolve);
    }
    buffer[0] = this.#bytes.shift()!;
    return 1;
  }

  write(bytes: Uint8Array): Promise<number> {
    this.heard.push(bytes[0]!); // as little as a system may take
    return Promise.resolve(1);
  }
}

const VERSION = toHex(new TextEncoder().encode("RFB 003.008\n"));
const FORMAT = pixelFormat("8 332");
/** ServerInit: 4 by 3 pixels of 8 bits, named "x". */
const INIT = `0004 0003 ${toHex(formatBytes(FORMAT))} 00000001 78`;
/** Everything up to there, for version 3.8 and None. */
const GREETING = `${VERSION} 0101 00000000 ${INIT}`;

async function connected(
  options: Partial<RfbClientOptions> = {},
): Promise<{ client: RfbClient; script: Script }> {
  const script = new Script().say(GREETING);
  const client = await RfbClient.connect({ stream: script, timeoutMs: 1000, ...options });
  script.heard = [];
  return { client, script };
}

Deno.test("RfbClient.connect() goes through the handshake of 3.8 whatever the fragments (§7.1 to §7.3)", async () => {
  const script = new Script().say(GREETING);
  await using client = await RfbClient.connect({ stream: script });
  assert.deepEqual([client.width, client.height, client.name, client.format], [4, 3, "x", FORMAT]);
  assert.equal(toHex(Uint8Array.from(script.heard)), `${VERSION}0101`);
});

Deno.test("RfbClient.connect() tells the server's reason when it is refused (§7.1.2, §7.1.3)", async () => {
  const reasons = [`${VERSION} 00 00000002 6e6f`, `${VERSION} 0101 00000001 00000002 6e6f`];
  for (const bytes of reasons) {
    await assert.rejects(
      RfbClient.connect({ stream: new Script().say(bytes) }),
      (error) => error instanceof Refused && error.reason === "no",
    );
  }
  await assert.rejects(
    RfbClient.connect({ stream: new Script().say(`${VERSION} 00000000 00000002 6e6f`), version: "3.3" }),
    (error) => error instanceof Refused && error.reason === "no",
  );
});

Deno.test("RfbClient.connect() answers a challenge as a known answer says (§7.2.2)", async () => {
  const challenge = "00112233445566778899aabbccddeeff";
  const script = new Script().say(`${VERSION} 0102 ${challenge} 00000000 ${INIT}`);
  await using _client = await RfbClient.connect({ stream: script, password: "password" });
  const answer = toHex(Uint8Array.from(script.heard.slice(13, 29)));
  assert.equal(answer, ANSWER);
});

/** Made with OpenSSL: DES in ECB mode, the key "password" with the bits of each byte reversed: 0e86ceceeef64e26. */
const ANSWER = "b7b9c87777661a7a2299733209bfdfce";

Deno.test("RfbClient draws rectangles of an update up to LastRect (§7.6.1)", async () => {
  const { client, script } = await connected();
  await client.setEncodings([Encoding.LastRect]);
  await client.requestUpdate();
  script.say("00 00 ffff | 0001 0001 0002 0001 00000000 0708 | 0000 0000 0000 0000 ffffff20");
  const { rects, length } = await client.nextUpdate();
  assert.deepEqual(rects.map(({ encoding, length }) => [encoding, length]), [[0, 2], [-224, 0]]);
  assert.equal(length, 30);
  assert.deepEqual([...client.framebuffer.pixels], [0, 0, 0, 0, 0, 7, 8, 0, 0, 0, 0, 0]);
  assert.equal(client.unrequestedUpdates, 0);
  script.say("00 00 0001 | 0000 0000 0001 0001 00000000 09");
  await client.nextUpdate();
  assert.equal(client.unrequestedUpdates, 1);
});

const WRONG: readonly (readonly [what: string, bytes: string, rule: RegExp])[] = [
  ["reaches outside", "00 00 0001 | 0003 0000 0002 0001 00000000 0102", /outside/],
  ["is empty", "00 00 0001 | 0000 0000 0000 0001 00000000", /Empty/],
  ["has an encoding that was not asked for", "00 00 0001 | 0000 0000 0001 0001 00000010 00", /not asked/],
  [
    "comes behind DesktopSize",
    "00 00 0002 | 0000 0000 0004 0004 ffffff21 | 0000 0000 0001 0001 00000000 09",
    /last/,
  ],
];

for (const [what, bytes, rule] of WRONG) {
  Deno.test(`RfbClient refuses a rectangle that ${what}`, async () => {
    const { client, script } = await connected({ encodings: [Encoding.DesktopSize] });
    script.say(bytes);
    await assert.rejects(client.next(), (error) => error instanceof DecodeError && rule.test(error.message));
    client.close();
  });
}

Deno.test("RfbClient refuses unknown messages, and padding that is not 0 unless told to take it", async () => {
  for (const bytes of ["04", "00 01 0000", "03 000100 00000000", "01 01 0000 0000"]) {
    const { client, script } = await connected();
    script.say(bytes);
    await assert.rejects(client.next(), DecodeError, bytes);
    client.close();
  }
  const { client, script } = await connected({ decoders: { zeroPadding: false } });
  script.say("00 01 0000");
  assert.deepEqual(await client.next(), { kind: "update", rects: [], length: 4 });
  client.close();
});

Deno.test("RfbClient follows DesktopSize and keeps what both sizes have (§7.8.2)", async () => {
  const { client, script } = await connected({ encodings: [Encoding.DesktopSize] });
  script.say("00 00 0002 | 0000 0000 0002 0001 00000000 0102 | 0000 0000 0003 0005 ffffff21");
  await client.nextUpdate();
  assert.deepEqual([client.width, client.height], [3, 5]);
  assert.deepEqual([...client.framebuffer.pixels.slice(0, 4)], [1, 2, 0, 0]);
});

Deno.test("RfbClient converts its picture when it asks for another pixel format", async () => {
  const { client, script } = await connected();
  script.say("00 00 0001 | 0000 0000 0001 0001 00000000 e0");
  await client.nextUpdate();
  await client.setPixelFormat(pixelFormat("32 le 16-8-0"));
  assert.equal(client.framebuffer.get(0, 0), 0xff0000);
  assert.equal(client.rgb().pixels[0], 0xff0000);
});

Deno.test("RfbClient answers a fence that asks for it, without the bits that it does not know", async () => {
  const { client, script } = await connected({ encodings: [Encoding.Fence] });
  script.heard = [];
  script.say("f8 000000 80000013 02 aabb");
  assert.deepEqual(await client.next(), {
    kind: "fence",
    flags: 0x80000013,
    payload: Uint8Array.of(0xaa, 0xbb),
  });
  assert.equal(toHex(Uint8Array.from(script.heard)), "f80000000000000302aabb");
  assert.ok(client.announced.has(Encoding.Fence));
});

Deno.test("RfbClient hands out cut text, bells and colour maps (§7.6.2 to §7.6.4)", async () => {
  const { client, script } = await connected();
  script.say("03 000000 00000002 e968 | 02 | 01 00 0001 0001 ffff 8000 0000");
  assert.deepEqual(await client.next(), { kind: "cut text", text: "éh" });
  assert.deepEqual(await client.next(), { kind: "bell" });
  assert.deepEqual(await client.next(), {
    kind: "colour map",
    first: 1,
    colours: [{ red: 65535, green: 32768, blue: 0 }],
  });
  assert.equal(client.received.length, 3);
});

Deno.test("RfbClient writes messages as the RFC has them (§7.5)", async () => {
  const { client, script } = await connected();
  await client.setEncodings([Encoding.Raw, Encoding.Cursor]);
  await client.requestUpdate({ incremental: true, rect: { x: 1, y: 2, width: 3, height: 4 } });
  await client.key(0xff0d, true);
  await client.pointer(300, 5, 1);
  await client.cutText("é");
  await client.enableContinuousUpdates(true);
  await client.setDesktopSize(640, 480);
  await client.qemuKey(0x61, 0x1e, false);
  assert.equal(
    toHex(Uint8Array.from(script.heard)),
    "02000002" + "00000000" + "ffffff11" + "03010001000200030004" + "040100000000ff0d" + "0501012c0005" +
      "0600000000000001e9" + "9601" + "0000000000040003" + "fb00028001e00100" + "00000000000000000280" +
      "01e000000000" + "ff000000000000610000001e",
  );
});

Deno.test("Wire loses nothing when a wait times out, and ends when the peer does", async () => {
  const script = new Script();
  using wire = new Wire(script, { timeoutMs: 20 });
  await assert.rejects(wire.bytes(2), TimedOut);
  script.say("01");
  await assert.rejects(wire.bytes(2), TimedOut);
  script.say("02 03");
  assert.deepEqual([...await wire.bytes(2)], [1, 2]);
  assert.equal(await wire.silentFor(5), false);
  assert.deepEqual([...await wire.bytes(1)], [3]);
  assert.equal(await wire.silentFor(5), true);
  script.say("04");
  script.close();
  assert.deepEqual([...await wire.end()], [4]);
  await assert.rejects(wire.bytes(1), EndOfStream);
});

Deno.test("Wire closes with its signal", async () => {
  const controller = new AbortController();
  const wire = new Wire(new Script(), { signal: controller.signal });
  const waiting = assert.rejects(wire.bytes(1), EndOfStream);
  controller.abort();
  await waiting;
});
