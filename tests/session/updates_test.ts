/**
 * What a session sends: updates, sizes, pointer pictures, fences (RFC 6143 §7.5.3, §7.6; rfbproto).
 *
 * @module
 */
import assert from "node:assert/strict";
import type { CursorImage } from "../../lib/core/pixels.ts";
import { RecordingInput } from "../support/recording_input.ts";
import { Encoding, RfbClient } from "../support/rfb_client.ts";
import { compareRgb, cropRgb } from "../support/rgb_image.ts";
import { TestServer } from "../support/test_server.ts";

const RECT = { x: 20, y: 30, width: 40, height: 20 };

/** A picture with an edge everywhere. */
const pattern = (x: number, y: number) => (x * 2654435761 ^ y * 40503) >>> 8 & 0xffffff;

function drawAll(server: TestServer): void {
  const { width, height } = server.screen.picture;
  server.screen.draw({ x: 0, y: 0, width, height }, pattern);
}

Deno.test("requests outside of the framebuffer, or empty, are not answered (§7.5.3)", async () => {
  await using server = await TestServer.start();
  await using client = await server.connect();
  await client.requestUpdate({ rect: { x: 300, y: 0, width: 10, height: 10 } });
  await client.requestUpdate({ rect: { x: 0, y: 0, width: 0, height: 0 } });
  assert.ok(await client.silentFor(100));
  await client.requestUpdate({ rect: { x: 190, y: 140, width: 50, height: 50 } });
  const { rects } = await client.nextUpdate();
  assert.deepEqual(rects.map(({ x, y, width, height }) => [x, y, width, height]), [[190, 140, 10, 10]]);
});

Deno.test("several requests are answered by one update (§7.5.3)", async () => {
  await using server = await TestServer.start();
  await using client = await server.connect();
  await client.refresh();
  await client.requestUpdate({ incremental: true, rect: { x: 0, y: 0, width: 50, height: 150 } });
  await client.requestUpdate({ incremental: true, rect: { x: 50, y: 0, width: 150, height: 150 } });
  server.screen.draw({ x: 40, y: 10, width: 20, height: 1 }, 0xffffff);
  const { rects } = await client.nextUpdate();
  assert.deepEqual(rects.map(({ x, y, width, height }) => [x, y, width, height]), [[40, 10, 20, 1]]);
  assert.ok(await client.silentFor(100));
});

Deno.test("a change outside of the requested area waits until it is asked for", async () => {
  await using server = await TestServer.start();
  await using client = await server.connect();
  await client.refresh();
  await client.requestUpdate({ incremental: true, rect: { x: 0, y: 0, width: 50, height: 50 } });
  server.screen.draw({ x: 100, y: 100, width: 5, height: 5 }, 0xffffff);
  assert.ok(await client.silentFor(100));
  await client.requestUpdate({ incremental: true });
  await client.nextUpdate();
  assert.equal(compareRgb(client.rgb(), server.rgb()).wrong, 0);
});

Deno.test("a full request is answered although nothing has changed", async () => {
  await using server = await TestServer.start();
  await using client = await server.connect();
  for (let i = 0; i < 3; i++) assert.ok((await client.refresh()).rects.length > 0);
});

Deno.test("a new pixel format holds from the next update on, in mid-session too (§7.5.1)", async () => {
  await using server = await TestServer.start();
  drawAll(server);
  await using client = await server.connect({ encodings: [Encoding.Zrle] });
  await client.converge(() => server.rgb());
  const bgr = { ...client.format, redShift: 0, blueShift: 16 };
  await client.setPixelFormat(bgr);
  await client.refresh();
  await client.setEncodings([Encoding.Tight]);
  await client.setPixelFormat({ ...bgr, bigEndian: true });
  await client.refresh();
  await client.converge(() => server.rgb());
});

Deno.test("three clients live through a change of size, each in its way", async () => {
  await using server = await TestServer.start({ width: 200, height: 150 });
  drawAll(server);
  await using extended = await server.connect({ encodings: [Encoding.Zrle, Encoding.ExtendedDesktopSize] });
  await using plain = await server.connect({ encodings: [Encoding.Hextile, Encoding.DesktopSize] });
  await using fixed = await server.connect({ encodings: [Encoding.Tight] });
  const clients = [extended, plain, fixed];
  for (const client of clients) await client.refresh();
  for (const size of [{ width: 320, height: 100 }, { width: 120, height: 240 }, { width: 64, height: 64 }]) {
    server.screen.become(size);
    drawAll(server);
    await Promise.all([
      extended.converge(() => server.rgb()),
      plain.converge(() => server.rgb()),
      fixed.converge(() => asSeenIn(200, 150, server.rgb())),
    ]);
    assert.deepEqual([extended.width, extended.height], [size.width, size.height]);
    assert.deepEqual([plain.width, plain.height], [size.width, size.height]);
    assert.deepEqual([fixed.width, fixed.height], [200, 150]);
  }
  assert.equal(server.server.sessions.length, 3);
});

/** A picture as a client of another size has it: cut off, or with black around. */
function asSeenIn(width: number, height: number, picture: ReturnType<TestServer["rgb"]>) {
  const inside = cropRgb(picture, 0, 0, Math.min(width, picture.width), Math.min(height, picture.height));
  const pixels = new Uint32Array(width * height);
  for (let y = 0; y < inside.height; y++) {
    pixels.set(inside.pixels.subarray(y * inside.width, (y + 1) * inside.width), y * width);
  }
  return { width, height, pixels };
}

Deno.test("a change of size is alone in its update (rfbproto ExtendedDesktopSize)", async () => {
  await using server = await TestServer.start();
  await using client = await server.connect({ encodings: [Encoding.Raw, Encoding.ExtendedDesktopSize] });
  await client.requestUpdate();
  const first = await client.nextUpdate();
  assert.deepEqual(first.rects.map(({ encoding }) => encoding), [Encoding.ExtendedDesktopSize]);
  assert.equal(
    (await client.nextUpdate()).rects[0]!.encoding,
    Encoding.Raw,
    "pixels follow: they were asked for",
  );
  await client.requestUpdate({ incremental: true });
  server.screen.become({ width: 100, height: 100 });
  const { rects } = await client.nextUpdate();
  assert.deepEqual(rects.map(({ encoding }) => encoding), [Encoding.ExtendedDesktopSize]);
});

Deno.test("SetDesktopSize is answered with its outcome, each one in its turn", async () => {
  await using server = await TestServer.start();
  await using client = await server.connect({ encodings: [Encoding.Raw, Encoding.ExtendedDesktopSize] });
  await using other = await server.connect({ encodings: [Encoding.Raw, Encoding.ExtendedDesktopSize] });
  await client.settle(50);
  await other.settle(50);
  await client.requestUpdate({ incremental: true });
  await other.requestUpdate({ incremental: true });
  await client.setDesktopSize(0, 100);
  const refused = (await client.nextUpdate()).rects[0]!;
  assert.deepEqual([refused.x, refused.y], [1, 3], "this client's request, invalid layout");
  await client.requestUpdate({ incremental: true });
  await client.setDesktopSize(300, 260);
  const done = (await client.nextUpdate()).rects[0]!;
  assert.deepEqual([done.x, done.y, done.width, done.height], [1, 0, 300, 260]);
  for (;;) {
    const told = (await other.nextUpdate()).rects[0]!;
    if (told.encoding === Encoding.ExtendedDesktopSize && told.x !== 0) {
      assert.deepEqual([told.x, told.y, told.width], [2, 0, 300], "another client's request");
      break;
    }
    await other.requestUpdate({ incremental: true });
  }
});

Deno.test("SetDesktopSize with nonsense beside the size of its only screen, as libvncclient sends it, is carried out", async () => {
  await using server = await TestServer.start();
  await using client = await server.connect({ encodings: [Encoding.Raw, Encoding.ExtendedDesktopSize] });
  await client.settle(50);
  await client.requestUpdate({ incremental: true });
  const screen = { id: 0x20202020, x: 0x2020, y: 0x2020, width: 300, height: 260, flags: 0x20202020 };
  await client.setDesktopSize(300, 260, [screen]);
  const { x, y, width, height } = (await client.nextUpdate()).rects[0]!;
  assert.deepEqual([x, y, width, height], [1, 0, 300, 260]);
});

Deno.test("SetDesktopSize of a client that may only look is prohibited", async () => {
  await using server = await TestServer.start({ viewOnly: true });
  await using client = await server.connect({ encodings: [Encoding.Raw, Encoding.ExtendedDesktopSize] });
  await client.settle(50);
  await client.requestUpdate({ incremental: true });
  await client.setDesktopSize(300, 260);
  const { x, y, width } = (await client.nextUpdate()).rects[0]!;
  assert.deepEqual([x, y, width], [1, 1, 200]);
});

Deno.test("view-only clients change nothing", async () => {
  const input = new RecordingInput();
  await using server = await TestServer.start({ input, password: "full", viewOnlyPassword: "look" });
  await using client = await server.connect({ password: "look" });
  await client.key(0x61, true);
  await client.qemuKey(0x61, 30, true);
  await client.pointer(5, 5, 1);
  await client.refresh();
  assert.deepEqual(input.records, []);
});

const ARROW: CursorImage = {
  serial: 7,
  width: 3,
  height: 2,
  hotspot: { x: 1, y: 0 },
  pixels: Uint32Array.of(0xffff0000, 0xff00ff00, 0, 0xff0000ff, 0x80808080, 0xffffffff),
};

for (const encoding of [Encoding.Cursor, Encoding.XCursor, Encoding.CursorWithAlpha]) {
  Deno.test(`the pointer's picture is sent when it changes, by encoding ${encoding} (§7.8.1)`, async () => {
    await using server = await TestServer.start();
    await using client = await server.connect({ encodings: [Encoding.Raw, encoding] });
    await client.refresh();
    await client.requestUpdate({ incremental: true });
    server.screen.setCursor(ARROW);
    const { rects } = await client.nextUpdate();
    assert.deepEqual(rects.map((rect) => [rect.encoding, rect.x, rect.y, rect.width, rect.height]), [
      [encoding, 1, 0, 3, 2],
    ]);
    await client.requestUpdate({ incremental: true });
    assert.ok(await client.silentFor(100), "it is told once");
    await client.setEncodings([Encoding.Raw, encoding]);
    assert.equal((await client.nextUpdate()).rects[0]!.encoding, encoding, "and again when listed anew");
  });
}

Deno.test("a fence request is answered with its payload and only the bits that we know (rfbproto ClientFence)", async () => {
  await using server = await TestServer.start();
  await using client = await server.connect({ encodings: [Encoding.Raw, Encoding.Fence] });
  const announcement = await client.nextOf("fence");
  assert.equal(announcement.flags >>> 0, 0x80000000);
  await client.fence(0x8000ff03, Uint8Array.of(1, 2, 3));
  const answer = await client.nextOf("fence");
  assert.equal(answer.flags, 3);
  assert.deepEqual([...answer.payload], [1, 2, 3]);
  await client.fence(0x00000001, Uint8Array.of(9));
  assert.ok(await client.silentFor(100), "answers are not answered");
});

Deno.test("a fence with SyncNext is answered behind the next message (rfbproto ClientFence)", async () => {
  await using server = await TestServer.start();
  await using client = await server.connect({ encodings: [Encoding.Raw, Encoding.Fence] });
  await client.nextOf("fence");
  await client.fence(0x80000004, Uint8Array.of(5));
  assert.ok(await client.silentFor(100));
  await client.key(0x61, true);
  assert.deepEqual([...(await client.nextOf("fence")).payload], [5]);
});

Deno.test("continuous updates flow without requests, and each end is answered (rfbproto)", async () => {
  await using server = await TestServer.start();
  await using client = await server.connect({
    encodings: [Encoding.Raw, Encoding.Fence, Encoding.ContinuousUpdates],
  });
  await client.nextOf("end of continuous updates");
  await client.enableContinuousUpdates(true);
  await client.refresh();
  for (let i = 0; i < 5; i++) {
    server.screen.draw({ x: i * 5, y: 0, width: 3, height: 3 }, 0x123456 + i);
    await client.nextUpdate();
  }
  await client.enableContinuousUpdates(false);
  await client.nextOf("end of continuous updates");
  await client.enableContinuousUpdates(false);
  await client.nextOf("end of continuous updates");
  server.screen.draw(RECT, 0xabcdef);
  assert.ok(await client.silentFor(100));
  await client.requestUpdate({ incremental: true });
  await client.nextUpdate();
  assert.equal(compareRgb(client.rgb(), server.rgb()).wrong, 0);
});

Deno.test("continuous updates are not announced to a client without fences", async () => {
  await using server = await TestServer.start();
  await using client = await server.connect({ encodings: [Encoding.Raw, Encoding.ContinuousUpdates] });
  await client.refresh();
  assert.ok(!client.announced.has(Encoding.ContinuousUpdates));
});

Deno.test("no update is sent that nobody asked for", async () => {
  await using server = await TestServer.start();
  await using client = await server.connect();
  server.screen.draw(RECT, 0xff);
  assert.ok(await client.silentFor(100));
});

Deno.test("the screen is looked at only while somebody waits for pixels", async () => {
  await using server = await TestServer.start();
  await using client = await server.connect();
  await client.refresh();
  const before = server.screen.captures;
  for (let i = 0; i < 10; i++) server.screen.draw({ x: i, y: 0, width: 1, height: 1 }, 0xff);
  assert.ok(await client.silentFor(100));
  assert.equal(server.screen.captures, before);
});

Deno.test("unknown message types end the session; known ones that are not served are passed over", async () => {
  await using server = await TestServer.start();
  await using client = await server.connect();
  await client.send(Uint8Array.of(8, 2, 0, 0)); // SetScale
  await client.send(Uint8Array.of(250, 0, 1, 2)); // xvp
  await client.send(Uint8Array.of(1, 0, 0, 0, 0, 1, 1, 2, 3, 4, 5, 6)); // FixColourMapEntries
  await client.refresh();
  await client.send(Uint8Array.of(77));
  await client.wire.end();
});

Deno.test("a cut text beyond the limit is skipped, and what follows is understood", async () => {
  const input = new RecordingInput();
  await using server = await TestServer.start({ input, limits: { cutTextBytes: 1000 } });
  await using client = await server.connect();
  await client.cutText("x".repeat(100_000));
  await client.key(0x61, true);
  await input.reached(1);
  assert.equal(input.records[0]!.kind, "key");
});

Deno.test("what a client held is released when it goes", async () => {
  const input = new RecordingInput();
  await using server = await TestServer.start({ input });
  const client: RfbClient = await server.connect();
  await client.key(0xffe3, true);
  await input.reached(1);
  client.close();
  await input.reached(2);
  assert.equal(input.records.at(-1)!.kind, "release");
});

Deno.test("stop() ends sessions, and the port is free again", async () => {
  const server = await TestServer.start();
  const { port } = server.server;
  await using client = await server.connect();
  await client.refresh();
  await server.server.stop();
  await server.server.finished;
  await client.wire.end();
  using _listener = Deno.listen({ hostname: "127.0.0.1", port });
});
