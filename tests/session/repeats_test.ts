/** What clients are sent that they have already: in simulated time, and over real connections. @module */
import assert from "node:assert/strict";
import { Repeats } from "../../lib/session/repeats.ts";
import { pixelFormat } from "../support/pixel_formats.ts";
import { Encoding, type RfbClient, type UpdateMessage } from "../support/rfb_client.ts";
import { SimulatedTime } from "../support/simulated_time.ts";
import { TestServer } from "../support/test_server.ts";

const SCREEN = 1024 * 768;

/** A client that asks for everything, again and again, for half a minute. */
async function flood({ isShared = true, ms = 4, changed = 0, pixels = SCREEN } = {}) {
  const time = new SimulatedTime();
  const ended = new AbortController();
  let wakes = 0, updates = 0, worked = 0, longestWait = 0, waitedFrom: number | undefined;
  const repeats = new Repeats(
    { desktop: { isShared }, client: { wake: { set: () => wakes++ } }, clock: time },
    ended.signal,
  );
  while (time.now() < 30_000) {
    if (!repeats.mayBegin) {
      const before = wakes;
      waitedFrom ??= time.now();
      await time.pass(1);
      if (wakes > before) longestWait = Math.max(longestWait, time.now() - waitedFrom);
      continue;
    }
    waitedFrom = undefined;
    repeats.add(pixels - changed);
    await time.pass(ms);
    worked += ms;
    updates++;
    repeats.sent(pixels, ms);
  }
  ended.abort();
  return { share: worked / time.now(), updates, longestWait, wakes };
}

Deno.test("Repeats give a client a tenth of the time for what has not changed, beside others", async () => {
  const { share, longestWait } = await flood();
  assert.ok(share > 0.08 && share < 0.11, `${share}`);
  assert.ok(longestWait < 50, `${longestWait} ms`);
});

Deno.test("Repeats count what an update costs besides its pixels", async () => {
  const { updates } = await flood({ ms: 0.01, pixels: 1 });
  assert.ok(updates < 16_000, `${updates} updates of a pixel in half a minute`);
});

Deno.test("Repeats hold up nobody who is alone, nor what has changed", async () => {
  const alone = await flood({ isShared: false });
  assert.ok(alone.share > 0.99, `${alone.share}`);
  const video = await flood({ changed: SCREEN });
  assert.ok(video.share > 0.99, `${video.share}`);
  assert.equal(video.wakes, 0);
});

Deno.test("Repeats hold up nobody who refreshes now and then", async () => {
  const time = new SimulatedTime();
  const context = { desktop: { isShared: true }, client: { wake: { set() {} } }, clock: time };
  const repeats = new Repeats(context, new AbortController().signal);
  for (let i = 0; i < 200; i++) {
    assert.ok(repeats.mayBegin, `${i}`);
    repeats.add(SCREEN);
    await time.pass(100);
    repeats.sent(SCREEN, 100); // a large screen, on a slow machine
    await time.pass(1000);
  }
});

/** Small, as the client's part in this process is to be little beside the server's. */
const CORNER = { x: 0, y: 0, width: 20, height: 20 };

function areaOf({ rects }: UpdateMessage): number {
  return rects.reduce((sum, { width, height }) => sum + width * height, 0);
}

/** Asks for a corner until no more than what has changed comes at first. @returns How often it came whole before. */
async function askUntilItWaits(server: TestServer, client: RfbClient): Promise<number> {
  for (let times = 0; times < 3000; times++) {
    await client.requestUpdate({ rect: CORNER });
    server.screen.draw({ x: 5, y: 5, width: 3, height: 3 }, times + 1);
    if (areaOf(await client.nextUpdate()) < 400) return times;
  }
  throw new Error("It never waits");
}

Deno.test("a client that asks for everything again and again, beside another, is sent changes at once and all in time", async () => {
  await using server = await TestServer.start({ shared: "always" });
  await using client = await server.connect({ encodings: [Encoding.Raw], keepMessages: false });
  await using _other = await server.connect();
  await client.refresh();
  const times = await askUntilItWaits(server, client);
  assert.ok(times > 2, `only ${times} times`);
  // What it asked for has not been forgotten.
  assert.equal(areaOf(await client.nextUpdate()), 400);
  await client.converge(() => server.rgb());
});

Deno.test("a client that changes its format again and again, beside another, has the right pixels in the end", async () => {
  await using server = await TestServer.start({ shared: "always" });
  await using client = await server.connect({ encodings: [Encoding.Raw], keepMessages: false });
  await using _other = await server.connect();
  await client.refresh();
  await askUntilItWaits(server, client);
  await client.nextUpdate();
  for (const name of ["16 le 565", "32 be 16-8-0", "16 le 565", "32 le 16-8-0"]) {
    await client.setPixelFormat(pixelFormat(name));
    server.screen.draw({ x: 100, y: 100, width: 50, height: 50 }, 0x123456);
    await client.requestUpdate({ incremental: true });
    await client.nextUpdate();
  }
  await client.converge(() => server.rgb());
});
