/**
 * Clients behind slow links: what they get, and what others notice of them.
 *
 * @module
 */
import assert from "node:assert/strict";
import { RecordingInput } from "../support/recording_input.ts";
import { Encoding, EndOfStream, type RfbClient, type UpdateMessage } from "../support/rfb_client.ts";
import { compareRgb } from "../support/rgb_image.ts";
import { type LinkShape, ShapingProxy } from "../support/shaping_proxy.ts";
import { TestServer } from "../support/test_server.ts";

const FRAME_BYTES = 200 * 150 * 4;
/** Only for failures: a busy machine takes its time. */
const PATIENCE_MS = 90_000;
const CONTINUOUS = [Encoding.Raw, Encoding.Fence, Encoding.ContinuousUpdates];

function drawAll(server: TestServer, seed: number): void {
  const { width, height } = server.screen.picture;
  server.screen.draw(
    { x: 0, y: 0, width, height },
    (x, y) => Math.imul(seed + x * 7919 + y * 104729, 2654435761) >>> 8,
  );
}

/** A client with continuous updates, behind a link. */
async function connectBehind(server: TestServer, shape: LinkShape): Promise<
  AsyncDisposable & { proxy: ShapingProxy; client: RfbClient }
> {
  const proxy = new ShapingProxy(server.server.port, shape);
  const client = await server.connect({ port: proxy.port, encodings: CONTINUOUS, keepMessages: false });
  await client.nextOf("end of continuous updates");
  await client.enableContinuousUpdates(true);
  await client.refresh();
  return {
    proxy,
    client,
    async [Symbol.asyncDispose]() {
      await client[Symbol.asyncDispose]();
      await proxy[Symbol.asyncDispose]();
    },
  };
}

/** Reads all that comes, until the client is closed. */
async function readAll(client: RfbClient): Promise<void> {
  try {
    for (;;) await client.next();
  } catch (error) {
    if (!(error instanceof EndOfStream)) throw error;
  }
}

/**
 * Draws about as often as a display does, until `isEnough` says so of the number of pictures. How long that takes is the
 * machine's business; how fast links are filled, tests/session/pacing_test.ts shows in simulated time.
 */
async function animate(server: TestServer, isEnough: (pictures: number) => boolean): Promise<void> {
  for (let pictures = 0; !isEnough(pictures); pictures++) {
    if (pictures === 5000) throw new Error("It is never enough");
    drawAll(server, pictures + 1);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

Deno.test("changes during a stall are merged: a client that comes back gets the newest picture", async () => {
  await using server = await TestServer.start();
  await using slow = await connectBehind(server, {});
  const { proxy, client } = slow;
  const before = proxy.taken;
  proxy.stall();
  const frames = 50;
  await animate(server, (pictures) => pictures === frames);
  const meanwhile = proxy.taken - before;
  proxy.resume();
  await client.converge(() => server.rgb());
  const bytes = proxy.taken - before;
  assert.ok(meanwhile <= 4 * FRAME_BYTES, `${meanwhile} bytes were sent to a client that does not read`);
  assert.ok(bytes <= 6 * FRAME_BYTES, `${bytes} bytes for ${frames} frames of ${FRAME_BYTES}`);
});

Deno.test("fences go around updates, to clients that have answered one (rfbproto ServerFence)", async () => {
  await using server = await TestServer.start();
  await using client = await server.connect({
    encodings: [Encoding.Raw, Encoding.Fence],
    answerFences: false,
  });
  await client.nextOf("fence"); // the announcement
  await client.refresh();
  assert.ok(await client.silentFor(100), "it has not answered");
  await client.fence(0);
  await client.requestUpdate();
  const kinds: string[] = [];
  for (let i = 0; i < 3; i++) {
    const message = await client.next();
    kinds.push(message.kind);
    if (message.kind === "fence") assert.equal(message.flags >>> 0, 0x80000001, "Request and BlockBefore");
  }
  assert.deepEqual(kinds, ["fence", "update", "fence"]);
  assert.ok(await client.silentFor(100));
});

Deno.test("the screen is not looked at for a client whose link is full", async () => {
  await using server = await TestServer.start();
  await using slow = await connectBehind(server, {});
  slow.proxy.stall();
  // What is under way when the link stalls still goes.
  let before = -1;
  let unchanged = 0;
  await animate(server, () => {
    unchanged = server.screen.captures === before ? unchanged + 1 : 0;
    before = server.screen.captures;
    return unchanged === 20;
  });
  await animate(server, (pictures) => pictures === 30);
  assert.equal(server.screen.captures, before);
});

Deno.test("one client's stall does not hold up the others", async () => {
  await using server = await TestServer.start();
  await using slow = await connectBehind(server, {});
  // One that asks once more and does not read, and one that does nothing but ask.
  await using asking = await server.connect({ encodings: [Encoding.Raw] });
  for (let i = 0; i < 50; i++) await asking.requestUpdate();
  await using other = await server.connect({ encodings: [Encoding.Zrle] });
  await other.refresh();
  slow.proxy.stall();
  for (let seed = 1; seed <= 20; seed++) {
    await other.requestUpdate({ incremental: true });
    drawAll(server, seed);
    await other.nextUpdate();
  }
  await other.converge(() => server.rgb());
});

Deno.test("a slow link carries what it can, and holds little more than a window", async () => {
  const shape = { bytesPerMs: 1000, delayMs: 20 };
  await using server = await TestServer.start({ width: 400, height: 300 });
  await using slow = await connectBehind(server, shape);
  const { proxy, client } = slow;
  const reading = readAll(client);
  const animateFor = (ms: number, each: () => void = () => {}) => {
    const end = performance.now() + ms;
    return animate(server, () => (each(), performance.now() >= end));
  };
  await animateFor(1000); // until the window is found
  const [start, passed] = [performance.now(), proxy.passed];
  let most = 0;
  await animateFor(1500, () => most = Math.max(most, proxy.taken - proxy.passed));
  const rate = (proxy.passed - passed) / (performance.now() - start);
  const [status] = server.server.sessions;
  client.close();
  await reading;
  assert.ok(rate > 0.5 * shape.bytesPerMs, `${rate} bytes per ms`);
  // A round trip is 40 kB, the reserve 10 kB; pieces are whole rectangles.
  assert.ok(most < 200_000, `${most} bytes in the network`);
  assert.ok(status!.roundTripMs! > 40 && status!.roundTripMs! < 400, `${status!.roundTripMs} ms`);
});

Deno.test("a slow link is kept busy, and its round trip gets known", async () => {
  await using server = await TestServer.start({ width: 400, height: 300 });
  await using slow = await connectBehind(server, { bytesPerMs: 1000, delayMs: 20 });
  const { proxy, client } = slow;
  const reading = readAll(client);
  // How much lies in the network meanwhile is tested in simulated time: here it depends on when this process runs.
  await animate(server, () => proxy.passed > 2_000_000);
  const [status] = server.server.sessions;
  client.close();
  await reading;
  assert.ok(status!.roundTripMs! > 40, `${status!.roundTripMs} ms`);
});

Deno.test("what comes of a key goes alone, before the bulk that changes all the time", async () => {
  const input = new RecordingInput();
  await using server = await TestServer.start({ input });
  await using client = await server.connect({ encodings: [Encoding.Raw] });
  await client.refresh();
  const video = { x: 0, y: 0, width: 200, height: 128 };
  const glyph = { x: 30, y: 130, width: 8, height: 16 };
  const placesOf = ({ rects }: UpdateMessage) =>
    rects.map(({ x, y, width, height }) => ({ x, y, width, height }));
  await client.requestUpdate({ incremental: true });
  server.screen.draw(video, 1);
  assert.deepEqual(placesOf(await client.nextUpdate()), [video]);
  await client.key(0x61, true);
  await input.reached(1);
  server.screen.draw(video, 2);
  server.screen.draw(glyph, 0xffffff);
  await client.requestUpdate({ incremental: true });
  assert.deepEqual(placesOf(await client.nextUpdate()), [glyph]);
  await client.requestUpdate({ incremental: true });
  assert.deepEqual(placesOf(await client.nextUpdate()), [video]);
});

Deno.test("a picture that was sent in pieces is right in the end", async () => {
  await using server = await TestServer.start({ width: 400, height: 300, networkProfile: "wan" });
  await using slow = await connectBehind(server, { bytesPerMs: 2000, delayMs: 10 });
  const { client } = slow;
  const converging = client.converge(() => server.rgb());
  for (let seed = 1; seed <= 10; seed++) {
    drawAll(server, seed);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  await converging;
  await client.converge(() => server.rgb());
  assert.equal(compareRgb(client.rgb(), server.rgb()).wrong, 0);
});

Deno.test("drawing and scrolling at random, over links of all kinds, end in the same picture", async () => {
  await using server = await TestServer.start({ width: 400, height: 300, networkProfile: "wan" });
  const links: readonly [LinkShape, number][] = [
    [{ bytesPerMs: 500, delayMs: 15 }, Encoding.Zrle],
    [{ bytesPerMs: 3000, delayMs: 5 }, Encoding.Raw],
    [{}, Encoding.Tight],
  ];
  await using clients = new AsyncDisposableStack();
  const viewers = await Promise.all(links.map(async ([shape, encoding]) => {
    const proxy = clients.use(new ShapingProxy(server.server.port, shape));
    const encodings = [encoding, Encoding.CopyRect, Encoding.Fence, Encoding.ContinuousUpdates];
    const client = clients.use(await server.connect({ port: proxy.port, encodings, keepMessages: false }));
    await client.nextOf("end of continuous updates");
    await client.enableContinuousUpdates(true);
    return client;
  }));
  let state = 7;
  const random = (most: number) => (state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff) % most;
  const drawing = (async () => {
    for (let i = 0; i < 60; i++) {
      const rect = { x: random(300), y: random(200), width: 1 + random(100), height: 1 + random(100) };
      if (i % 3 === 0) server.screen.move({ x: 0, y: 20, width: 400, height: 280 }, 0, -20);
      else server.screen.draw(rect, i % 2 ? random(0xffffff) : () => random(0xffffff));
      await new Promise((resolve) => setTimeout(resolve, 15));
    }
  })();
  await Promise.all([drawing, ...viewers.map((client) => client.converge(() => server.rgb(), PATIENCE_MS))]);
  for (const client of viewers) await client.converge(() => server.rgb(), PATIENCE_MS);
});
