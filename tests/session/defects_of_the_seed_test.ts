/**
 * Ten defects of PyVNCServer, where this project comes from, that must not return. Each stands here by its symptom.
 *
 * @module
 */
import assert from "node:assert/strict";
import { configure, type LogRecord, reset } from "@logtape/logtape";

import { colourOf, PIXEL_FORMATS, translator } from "../support/pixel_formats.ts";
import { MemoryClipboard } from "../../lib/clipboard/memory.ts";
import "../../lib/core/log_carried.ts";
import { RecordingInput } from "../support/recording_input.ts";
import { Encoding, RfbClient } from "../support/rfb_client.ts";
import { mapRgb, type RgbImage } from "../support/rgb_image.ts";

import { TestServer } from "../support/test_server.ts";

Deno.test("1. the clipboard goes both ways, and not back to where it came from", async () => {
  const clipboard = new MemoryClipboard();
  await using server = await TestServer.start({ clipboardBackend: clipboard });
  await using one = await server.connect();
  await using two = await server.connect();
  clipboard.copy("from the desktop");
  assert.equal((await one.nextOf("cut text")).text, "from the desktop");
  assert.equal((await two.nextOf("cut text")).text, "from the desktop");
  await one.cutText("from a viewer\r\nin two lines");
  assert.equal((await two.nextOf("cut text")).text, "from a viewer\nin two lines");
  assert.equal(clipboard.text, "from a viewer\nin two lines");
  assert.ok(await one.silentFor(50));
});

Deno.test("2. pointer events at the very edges and beyond arrive", async () => {
  const input = new RecordingInput();
  await using server = await TestServer.start({ input, width: 200, height: 150 });
  await using client = await server.connect();
  await client.pointer(0, 0);
  await client.pointer(199, 149, 1);
  await client.pointer(65535, 65535);
  await input.reached(3);
  assert.deepEqual(input.records, [
    { kind: "pointer", x: 0, y: 0, buttons: 0 },
    { kind: "pointer", x: 199, y: 149, buttons: 1 },
    { kind: "pointer", x: 65535, y: 65535, buttons: 0 },
  ], "clamping is the input backend's, which knows the screen");
});

Deno.test("3. left and right modifiers stay what they are", async () => {
  const input = new RecordingInput();
  await using server = await TestServer.start({ input });
  await using client = await server.connect();
  const modifiers = [0xffe1, 0xffe2, 0xffe3, 0xffe4, 0xffe9, 0xffea, 0xffeb, 0xffec, 0xfe03];
  for (const keysym of modifiers) await client.key(keysym, true);
  await input.reached(modifiers.length);
  assert.deepEqual(input.records.map((record) => record.kind === "key" && record.keysym), modifiers);
});

Deno.test("4. SetEncodings without entries and cut texts without text are fine", async () => {
  await using server = await TestServer.start();
  await using client = await server.connect();
  await client.setEncodings([]);
  await client.cutText("");
  const update = await client.refresh();
  assert.equal(update.rects[0]!.encoding, Encoding.Raw);
});

for (const [name, format] of Object.entries(PIXEL_FORMATS)) {
  Deno.test(`5. a client with pixel format ${name} sees the picture`, async () => {
    await using server = await TestServer.start({ width: 70, height: 70 });
    server.screen.draw({ x: 0, y: 0, width: 70, height: 70 }, (x, y) => x * 3 << 16 | y * 3 << 8 | 0x80);
    await using client = await server.connect({ format, encodings: [Encoding.Zrle] });
    await client.refresh();
    await client.converge(() => expectedBy(client, server.rgb()));
  });
}

Deno.test("6. an incremental request without a change is not answered", async () => {
  await using server = await TestServer.start();
  await using client = await server.connect();
  await client.refresh();
  await client.requestUpdate({ incremental: true });
  server.screen.report({ x: 10, y: 10, width: 20, height: 20 });
  assert.ok(await client.silentFor(200), "damage without difference is no change");
  server.screen.draw({ x: 10, y: 10, width: 1, height: 1 }, 0xff0000);
  assert.deepEqual(
    (await client.nextUpdate()).rects.map(({ x, y, width, height }) => ({ x, y, width, height })),
    [
      { x: 10, y: 10, width: 1, height: 1 },
    ],
  );
});

Deno.test("7. the server greets at once: it does not wait for what a browser might say first", async () => {
  await using server = await TestServer.start();
  const started = performance.now();
  using wire = await RfbClient.open({ port: server.server.port, timeoutMs: 5000 });
  assert.equal(new TextDecoder().decode(await wire.bytes(12)), "RFB 003.008\n");
  assert.ok(performance.now() - started < 400, "the seed waited for 500 ms");
});

Deno.test("8. a security type that was not offered is refused with a reason (§7.1.2)", async () => {
  await using server = await TestServer.start({ password: "secret" });
  using wire = await RfbClient.open({ port: server.server.port, timeoutMs: 5000 });
  await wire.bytes(12);
  await wire.write(new TextEncoder().encode("RFB 003.008\n"));
  assert.deepEqual([...await wire.bytes(2)], [1, 2]);
  await wire.write(Uint8Array.of(1));
  const [, , , result, ...length] = await wire.bytes(8);
  assert.equal(result, 1);
  const reason = new TextDecoder().decode(await wire.bytes(length.at(-1)!));
  assert.equal(reason, "Cannot use security type 1: offered are 2");
});

Deno.test("9. logs hold neither keys nor clipboard nor passwords, at any level", async () => {
  const records: LogRecord[] = [];
  await configure({
    sinks: { memory: (record) => void records.push(record) },
    loggers: [{ category: [], lowestLevel: "trace", sinks: ["memory"] }],
  });
  try {
    const input = new RecordingInput();
    const clipboard = new MemoryClipboard();
    await using server = await TestServer.start({ input, clipboardBackend: clipboard, password: "pa55word" });
    await using client = await server.connect({ password: "pa55word" });
    await client.key(0x71, true);
    await client.cutText("clipped secret");
    clipboard.copy("copied secret");
    await input.reached(1);
    await client.refresh();
    await assert.rejects(server.connect({ password: "wrong111" }));
  } finally {
    await reset();
  }
  assert.ok(records.length > 0);
  const text = records.map((record) => JSON.stringify([record.message, record.properties])).join("\n");
  for (const secret of ["pa55word", "wrong111", "secret", "113", "0x71"]) {
    assert.ok(!text.includes(secret), `"${secret}" stands in the log:\n${text}`);
  }
});

Deno.test("10. clients that stall in mid-message, or do not read, delay nobody else", async () => {
  await using server = await TestServer.start({ width: 640, height: 480 });
  await using half = await server.connect();
  await half.send(Uint8Array.of(4, 1)); // the start of a KeyEvent
  await using deaf = await server.connect({ keepMessages: false });
  for (let i = 0; i < 50; i++) await deaf.requestUpdate();
  using silent = await RfbClient.open({ port: server.server.port, timeoutMs: 5000 });
  await silent.write(new TextEncoder().encode("RFB 00"));
  await using client = await server.connect({ encodings: [Encoding.Zrle] });
  await client.refresh();
  for (let i = 0; i < 20; i++) {
    await client.requestUpdate({ incremental: true });
    const drawn = performance.now();
    server.screen.draw({ x: i * 10, y: 20, width: 5, height: 5 }, 0x00ff00 + i);
    await client.nextUpdate();
    assert.ok(performance.now() - drawn < 1000, "others froze for 20 s");
  }
});

/** What a client can show of a picture: its own format's nearest colours. */
function expectedBy(client: RfbClient, picture: RgbImage): RgbImage {
  const translate = translator(client.format);
  return mapRgb(picture, (rgb) => colourOf(client.format, translate(rgb), client.colourMap));
}
