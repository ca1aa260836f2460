/**
 * Big updates are made by worker threads, and shared by clients that want the same bytes: nobody can tell by the pixels.
 *
 * @module
 */
import assert from "node:assert/strict";
import { FrameMemory } from "../../lib/core/frame_memory.ts";
import { finishRect } from "../../lib/encodings/finished_rect.ts";
import { PixelTarget } from "../../lib/encodings/pixel_target.ts";
import { TIGHT } from "../../lib/encodings/tight.ts";
import { ZRLE } from "../../lib/encodings/zrle.ts";
import { NATIVE_PIXEL_FORMAT } from "../../lib/protocol/pixel_format.ts";
import { EncodePool, IDLE_WORKERS_END_MS } from "../../lib/workers/encode_pool.ts";
import { Encoding } from "../support/rfb_client.ts";
import { SimulatedTime } from "../support/simulated_time.ts";
import { TestServer } from "../support/test_server.ts";

const WIDTH = 1024;
const HEIGHT = 576;

/** Some of it text-like, some photo-like, and another one for every seed. */
function scene(seed: number): (x: number, y: number) => number {
  return (x, y) => {
    if (x < WIDTH / 2) return (x * 7 + y * 13 + seed & 31) < 9 ? 0x102030 : 0xf0f0f0;
    return Math.imul(x + seed, 2654435761) >>> 9 & 0x3f3f3f | (y & 255) << 8;
  };
}

const target = new PixelTarget(NATIVE_PIXEL_FORMAT);

for (const encoding of [ZRLE, TIGHT]) {
  Deno.test(`EncodePool makes of a ${encoding.name} job what the main thread makes of it`, async () => {
    const memory = new FrameMemory();
    const bytes = memory.allocate(256 * 256 * 4);
    const pixels = new Uint32Array(bytes.buffer, bytes.byteOffset, 256 * 256);
    pixels.forEach((_, i) => pixels[i] = scene(1)(i % 256 + 400, i >> 8));
    const frame = { width: 256, height: 256, stride: 256, pixels };
    using pool = new EncodePool(memory, 1);
    for (const rect of [{ x: 0, y: 0, width: 200, height: 100 }, { x: 17, y: 3, width: 1, height: 1 }]) {
      const job = { frame, rect, encoding, target, isPrivate: false };
      const there = await pool.hand(job).finished;
      const here = finishRect(job);
      assert.deepEqual(there.blocks, here.blocks);
      assert.deepEqual([...there.bytes], [...here.bytes]);
    }
  });
}

Deno.test("EncodePool does on the spot what nobody has begun with", async () => {
  const memory = new FrameMemory();
  const piece = memory.allocate(64 * 64 * 4);
  const pixels = new Uint32Array(piece.buffer, piece.byteOffset, 64 * 64);
  const frame = { width: 64, height: 64, stride: 64, pixels };
  using pool = new EncodePool(memory, 1);
  const job = {
    frame,
    rect: { x: 0, y: 0, width: 64, height: 64 },
    encoding: ZRLE,
    target,
    isPrivate: false,
  };
  const handed = Array.from({ length: 8 }, () => pool.hand(job));
  const waiting = handed.filter(({ doNow }) => doNow() !== undefined);
  assert.ok(waiting.length >= 4, "a worker has two jobs at a time");
  const all = await Promise.all(handed.map(({ finished }) => finished));
  for (const { bytes } of all) assert.deepEqual([...bytes], [...all[0]!.bytes]);
});

Deno.test("EncodePool takes part when big updates keep coming, and not for what a viewer sees first", async () => {
  const time = new SimulatedTime();
  using pool = new EncodePool(new FrameMemory(), 1, { clock: time });
  /** How many of these there were when it took part. */
  const untilAccepted = async (area: number, updates: number, everyMs: number) => {
    await time.pass(5000);
    for (let i = 1; i <= updates; i++, await time.pass(everyMs)) if (pool.accepts(area)) return i;
    return undefined;
  };
  assert.equal(await untilAccepted(1920 * 1080, 5, 50), undefined, "a viewer has come");
  assert.equal(await untilAccepted(3840 * 2160, 3, 50), undefined, "the same on a larger screen");
  assert.equal(await untilAccepted(1920 * 1080, 50, 400), undefined, "somebody turns pages");
  assert.equal(await untilAccepted(600_000, 100, 100), undefined, "parts of a screen now and then");
  assert.equal(await untilAccepted(64 * 64, 100, 33), undefined, "much that is small");
  assert.equal(await untilAccepted(1920 * 1080, 100, 33), 8, "all of it all the time");
  assert.equal(await untilAccepted(1920 * 1080, 100, 230), 8, "on a slow machine");
  assert.equal(await untilAccepted(3840 * 2160, 100, 600), 4, "on a large screen");
  assert.equal(await untilAccepted(1280 * 720, 100, 33), 18, "a video");
});

Deno.test("EncodePool ends workers that nothing is to do for, and starts others when there is", async () => {
  const time = new SimulatedTime();
  const memory = new FrameMemory();
  const piece = memory.allocate(64 * 64 * 4);
  const pixels = new Uint32Array(piece.buffer, piece.byteOffset, 64 * 64);
  const frame = { width: 64, height: 64, stride: 64, pixels };
  let ends = 0;
  using pool = new EncodePool(memory, 1, { clock: time, ended: () => ends++ });
  const rect = { x: 0, y: 0, width: 64, height: 64 };
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < 2; i++) {
      await pool.hand({ frame, rect, encoding: ZRLE, target, isPrivate: false }).finished;
      await time.pass(IDLE_WORKERS_END_MS - 1);
      assert.equal(pool.workers, 1);
    }
    await time.pass(1001);
    assert.equal(pool.workers, 0);
    assert.equal(ends, round + 1);
    assert.deepEqual(memory.spare.map(({ byteLength }) => byteLength), [16 << 20], "its scratch is free");
  }
});

for (const encodings of [[Encoding.Zrle], [Encoding.Tight]]) {
  Deno.test(`clients of one kind share updates in encoding ${encodings}, with workers and without, to the pixel`, async () => {
    for (const workers of [1, 0]) {
      await using server = await TestServer.start({ width: WIDTH, height: HEIGHT, workers });
      await using one = await server.connect({ encodings, keepMessages: false, timeoutMs: 60_000 });
      await using two = await server.connect({ encodings, keepMessages: false, timeoutMs: 60_000 });
      await using other = await server.connect({
        encodings: [...encodings, Encoding.compression(1)],
        keepMessages: false,
        timeoutMs: 60_000,
      });
      for (let round = 0; round < 2; round++) {
        server.screen.draw({ x: 0, y: 0, width: WIDTH, height: HEIGHT }, scene(round));
        server.screen.draw({ x: 100, y: 90, width: 300, height: 20 }, 0xff0000 + round);
        await Promise.all([one, two, other].map((client) => client.converge(() => server.rgb(), 60_000)));
        // A small change in between goes through the clients' own streams.
        server.screen.draw({ x: 5 * round, y: 3, width: 7, height: 9 }, 0x00ff00);
        await Promise.all([one, two, other].map((client) => client.converge(() => server.rgb(), 60_000)));
      }
    }
  });
}
