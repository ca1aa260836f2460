/**
 * The clipboard over real connections: cut texts and the extended clipboard (rfbproto "Extended Clipboard
 * Pseudo-encoding"), with a client that packs and unpacks by itself.
 *
 * @module
 */
import assert from "node:assert/strict";
import { deflateSync, inflateSync } from "node:zlib";
import { MemoryClipboard } from "../../lib/clipboard/memory.ts";
import { packText, unpackText } from "../../lib/session/clipboard_content.ts";
import { Encoding, type RfbClient } from "../support/rfb_client.ts";
import { TestServer, type TestServerOptions } from "../support/test_server.ts";

const TEXT = "Grüße Привет 日本 😀";
const [CAPS, REQUEST, PEEK, NOTIFY, PROVIDE] = [1 << 24, 1 << 25, 1 << 26, 1 << 27, 1 << 28] as const;
const EXTENDED = [Encoding.Raw, Encoding.ExtendedClipboard];

class Scene implements AsyncDisposable {
  private constructor(readonly clipboard: MemoryClipboard, readonly server: TestServer) {}

  static async start(options: TestServerOptions = {}): Promise<Scene> {
    const clipboard = new MemoryClipboard(8 << 20);
    return new Scene(clipboard, await TestServer.start({ clipboardBackend: clipboard, ...options }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
  }
}

/** What a provide of one text holds, by the specification's words: u32 size, UTF-8, CR LF, NUL. */
function body(text: string, size?: number): Uint8Array<ArrayBuffer> {
  const bytes = new TextEncoder().encode(`${text.replaceAll("\n", "\r\n")}\0`);
  const content = new Uint8Array(4 + bytes.length);
  new DataView(content.buffer).setUint32(0, size ?? bytes.length);
  content.set(bytes, 4);
  return Uint8Array.from(deflateSync(content));
}

function textIn(compressed: Uint8Array): string {
  const content = Uint8Array.from(inflateSync(compressed));
  const size = new DataView(content.buffer).getUint32(0);
  assert.equal(content.length, 4 + size, "a NUL and all is counted");
  assert.equal(content.at(-1), 0);
  return new TextDecoder().decode(content.subarray(4, -1));
}

/** The next message of the extended clipboard, its flags as unsigned. */
async function next(client: RfbClient): Promise<{ readonly flags: number; readonly body: Uint8Array }> {
  const { flags, body } = await client.nextOf("extended clipboard");
  return { flags: flags >>> 0, body };
}

/** A client whose capabilities are exchanged. */
async function extended(scene: Scene): Promise<RfbClient> {
  const client = await scene.server.connect({ encodings: EXTENDED });
  assert.deepEqual(await next(client), {
    flags: CAPS | REQUEST | PEEK | NOTIFY | PROVIDE | 1,
    body: Uint8Array.of(0, 0, 0, 0),
  });
  return client;
}

/** All that a client has sent so far is dealt with. */
async function heard(client: RfbClient): Promise<void> {
  await client.requestUpdate();
  await client.nextUpdate();
}

Deno.test("A session tells what it can with the clipboard upon every SetEncodings that lists it", async () => {
  await using scene = await Scene.start();
  await using client = await extended(scene);
  await client.setEncodings(EXTENDED);
  assert.equal((await next(client)).flags, (CAPS | REQUEST | PEEK | NOTIFY | PROVIDE | 1) >>> 0);
  await client.setEncodings([Encoding.Raw]);
  await heard(client);
  scene.clipboard.copy("Grüße");
  assert.equal((await client.nextOf("cut text")).text, "Grüße", "in Latin-1, to who does not list it");
});

Deno.test("The desktop's text goes to a client that asks for it, in Unicode", async () => {
  await using scene = await Scene.start();
  await using client = await extended(scene);
  const text = `${TEXT}\nsecond line\n`;
  scene.clipboard.copy(text);
  assert.deepEqual(await next(client), { flags: NOTIFY | 1, body: new Uint8Array() });
  await client.extendedClipboard(REQUEST | 1);
  const provided = await next(client);
  assert.equal(provided.flags, PROVIDE | 1);
  assert.equal(textIn(provided.body), text.replaceAll("\n", "\r\n"));
});

Deno.test("A client's text goes to the desktop in Unicode, once we have asked for it", async () => {
  await using scene = await Scene.start();
  await using client = await extended(scene);
  await using other = await extended(scene);
  await client.extendedClipboard(NOTIFY | 1);
  assert.deepEqual(await next(client), { flags: REQUEST | 1, body: new Uint8Array() });
  await client.extendedClipboard(PROVIDE | 1, body(`${TEXT}\nnext`));
  assert.deepEqual(await next(other), { flags: NOTIFY | 1, body: new Uint8Array() }, "others are told");
  assert.equal(scene.clipboard.text, `${TEXT}\nnext`);
  await other.extendedClipboard(REQUEST | 1);
  assert.equal(textIn((await next(other)).body), `${TEXT}\r\nnext`);
  await other.extendedClipboard(PROVIDE | 1, body(`${TEXT}\nnext`)); // an echo
  await heard(other);
  await heard(client);
  assert.deepEqual(
    client.received.filter(({ kind }) => kind === "extended clipboard").length,
    2,
    "caps, request",
  );
});

Deno.test("A session answers a peek with what there is", async () => {
  await using scene = await Scene.start();
  await using client = await extended(scene);
  await client.extendedClipboard(PEEK);
  assert.equal((await next(client)).flags, NOTIFY);
  scene.clipboard.copy("something");
  assert.equal((await next(client)).flags, NOTIFY | 1);
  await client.extendedClipboard(PEEK);
  assert.equal((await next(client)).flags, NOTIFY | 1);
});

Deno.test("A client that takes no notify gets what it lets us provide, or a cut text", async () => {
  await using scene = await Scene.start();
  await using client = await extended(scene);
  await client.extendedClipboard(CAPS | PROVIDE | 1, Uint8Array.of(0, 0, 0, 100));
  await heard(client);
  scene.clipboard.copy(TEXT);
  assert.equal(textIn((await next(client)).body), TEXT);
  scene.clipboard.copy("long ".repeat(100));
  assert.equal((await client.nextOf("cut text")).text.length, 500);
});

Deno.test("Who may look only gets no clipboard and gives none", async () => {
  await using scene = await Scene.start({ viewOnly: true });
  await using client = await extended(scene);
  scene.clipboard.copy("secret");
  await client.extendedClipboard(REQUEST | 1);
  await client.extendedClipboard(PEEK);
  assert.equal((await next(client)).flags, NOTIFY, "nothing is there, as far as it is told");
  await client.extendedClipboard(NOTIFY | 1);
  await client.extendedClipboard(PROVIDE | 1, body("no"));
  await heard(client);
  assert.equal(scene.clipboard.text, "secret");
  assert.equal(client.received.filter(({ kind }) => kind === "extended clipboard").length, 2);
});

Deno.test("A client that asks a thousand times gets the text once for all that came together", async () => {
  await using scene = await Scene.start();
  await using client = await extended(scene);
  const noise = crypto.getRandomValues(new Uint8Array(60_000));
  scene.clipboard.copy(Array.from(noise, (byte) => String.fromCharCode(0x4e00 + byte)).join(""));
  await next(client);
  const ask = Uint8Array.of(6, 0, 0, 0, 0xff, 0xff, 0xff, 0xfc, 2, 0, 0, 1);
  const many = new Uint8Array(ask.length * 1000);
  for (let at = 0; at < many.length; at += ask.length) many.set(ask, at);
  await client.send(many);
  await heard(client);
  const provided = client.received.filter(({ kind }) => kind === "extended clipboard").length - 2;
  assert.ok(provided >= 1 && provided < 200, `${provided} provides`);
});

for (
  const [what, flags, given] of [
    ["an unknown format", PROVIDE | 0x8000, body("x")],
    ["formats without text", PROVIDE | 4, body("x")],
    ["no zlib stream", PROVIDE | 1, new TextEncoder().encode("not a stream")],
    ["an empty body", PROVIDE | 1, new Uint8Array()],
    ["a truncated stream", PROVIDE | 1, body("x".repeat(5000)).subarray(0, 12)],
    ["a size of 4 GiB", PROVIDE | 1, body("x", 0xffff_ffff)],
    ["a size that is too large for what is there", PROVIDE | 1, body("x", 100)],
    ["a bomb", PROVIDE | 1, bomb(64 << 20, 0xff00_0000)],
    ["a bomb that says it is small", PROVIDE | 1, bomb(64 << 20, 2 << 20)],
    ["a text beyond the limit", PROVIDE | 1, body("x".repeat((1 << 20) + 1))],
  ] as const
) {
  Deno.test(`A provide with ${what} changes nothing, and the session goes on`, async () => {
    await using scene = await Scene.start();
    await using client = await extended(scene);
    const before = Deno.memoryUsage().rss;
    await client.extendedClipboard(flags, Uint8Array.from(given));
    await heard(client);
    assert.equal(scene.clipboard.text, "");
    const grown = (Deno.memoryUsage().rss - before) / 1e6;
    assert.ok(grown < 60, `${grown} MB`);
    await client.extendedClipboard(PROVIDE | 1, body("and then"));
    await heard(client);
    assert.equal(scene.clipboard.text, "and then");
  });
}

/** @param size What it says of itself. */
function bomb(length: number, size: number): Uint8Array<ArrayBuffer> {
  const content = new Uint8Array(length).fill(1);
  new DataView(content.buffer).setUint32(0, size);
  return Uint8Array.from(deflateSync(content));
}

for (
  const [what, flags, given] of [
    ["no action", 1, []],
    ["two actions", REQUEST | NOTIFY | 1, []],
    ["capabilities without their sizes", CAPS | 3, [0, 0, 0, 0]],
  ] as const
) {
  Deno.test(`A message of the extended clipboard with ${what} ends the session`, async () => {
    await using scene = await Scene.start();
    await using client = await extended(scene);
    await client.extendedClipboard(flags, Uint8Array.from(given));
    await assert.rejects(heard(client));
  });
}

Deno.test("unpackText() takes streams that are flushed, trailing data, lone line ends and a missing NUL", async () => {
  const content = (text: string) => {
    const bytes = new TextEncoder().encode(text);
    return Uint8Array.from([0, 0, 0, bytes.length, ...bytes]);
  };
  const flushed = async (bytes: Uint8Array<ArrayBuffer>) => {
    const whole = new Uint8Array(
      await new Response(
        new Blob([bytes]).stream().pipeThrough(new CompressionStream("deflate")),
      ).bytes(),
    );
    return whole.subarray(0, whole.length - 4); // without the checksum: it never ends
  };
  assert.equal(await unpackText(1, await flushed(content(TEXT)), 100), TEXT);
  const withHtml = Uint8Array.from([...content("a\rb\r\nc\nd"), ...content("<b>")]);
  assert.equal(await unpackText(5, Uint8Array.from(deflateSync(withHtml)), 100), "a\nb\nc\nd");
  assert.equal(await unpackText(1, Uint8Array.from(deflateSync(content("a\0b"))), 100), "a");
});

Deno.test("packText() makes what unpackText() takes, up to the limit", async () => {
  for (const text of ["", "a", TEXT, "\n".repeat(1000), "日本".repeat(20_000)]) {
    const bytes = new TextEncoder().encode(text).length;
    assert.equal(await unpackText(1, await packText(text), bytes), text);
    if (bytes > 0) assert.equal(await unpackText(1, await packText(text), bytes - 1), undefined);
  }
});

Deno.test("unpackText() survives damaged streams, whatever they hold", async () => {
  const whole = await packText(`${TEXT}\n`.repeat(50));
  let seed = 20261121;
  const random = (below: number) => (seed = Math.imul(seed, 1103515245) + 12345 >>> 0) % below;
  for (let i = 0; i < 300; i++) {
    const damaged = whole.slice(0, random(2) ? whole.length : random(whole.length));
    for (let changes = random(4); changes > 0 && damaged.length > 0; changes--) {
      damaged[random(damaged.length)] = random(256);
    }
    const text = await unpackText(1 | random(32), damaged, 10_000);
    assert.ok(text === undefined || text.length <= 10_000);
  }
});
