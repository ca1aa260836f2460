/**
 * When updates are sent, over links in simulated time: every run is the same, and none takes long.
 *
 * @module
 */
import assert from "node:assert/strict";
import { ByteWriter } from "../../lib/core/bytes.ts";
import { Pacer } from "../../lib/session/pacing.ts";
import type { Backlog, Transport } from "../../lib/transport/transport.ts";
import { LinkRun, type RunTraits } from "../support/simulated_link.ts";
import { SimulatedTime } from "../support/simulated_time.ts";

/** 20 Mbit/s, 50 ms there and back, and more pixels than it can carry. */
const WIDE: RunTraits = { rate: 2500, delayMs: 25, framesPerSecond: 30, frameBytes: 300_000 };

async function report(traits: RunTraits, ms = 10_000, warmUpMs = 2000) {
  const run = new LinkRun(traits);
  const result = await run.pass(ms, warmUpMs);
  run.stop();
  return result;
}

/** Numbers that look like chance, the same every time: 0 to `most`. */
function noise(most: number): () => number {
  let state = 12345;
  return () => (state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff) / 0x7fffffff * most;
}

Deno.test("a link of 20 Mbit/s and 50 ms is filled, and pixels arrive hardly later than it takes them", async () => {
  const { rate, ageMs } = await report(WIDE);
  assert.ok(rate >= 0.95 * WIDE.rate, `${rate} bytes per ms`);
  // 25 ms of way, 10 ms for a piece, 12.5 ms of reserve.
  assert.ok(ageMs.median < 50 && ageMs.p95 < 55 && ageMs.worst < 80, JSON.stringify(ageMs));
});

Deno.test("a link is filled within its first 2 s without a long queue", async () => {
  const { rate, ageMs } = await report(WIDE, 2000, 0);
  assert.ok(rate >= 0.87 * WIDE.rate, `${rate} bytes per ms`);
  assert.ok(ageMs.worst < 120, JSON.stringify(ageMs));
});

Deno.test("without pacing the same pixels are three times as old", async () => {
  const { ageMs } = await report({ ...WIDE, unpaced: true });
  assert.ok(ageMs.median > 120, JSON.stringify(ageMs));
});

Deno.test("demand below what a link carries is met at once", async () => {
  const { rate, ageMs } = await report({ ...WIDE, frameBytes: 30_000 });
  assert.ok(Math.abs(rate - 900) < 20, `${rate} bytes per ms`);
  assert.ok(ageMs.p95 < 45, JSON.stringify(ageMs));
});

Deno.test("jitter costs neither throughput nor much time", async () => {
  const { rate, ageMs } = await report({ ...WIDE, jitterMs: noise(20) });
  assert.ok(rate >= 0.9 * WIDE.rate, `${rate} bytes per ms`);
  assert.ok(ageMs.p95 < 90, JSON.stringify(ageMs));
});

Deno.test("a fast near link is filled", async () => {
  const lan = { rate: 125_000, delayMs: 0.5, framesPerSecond: 60, frameBytes: 4_000_000 };
  for (const profile of ["lan", "wan", "auto"] as const) {
    const { rate, ageMs } = await report({ ...lan, profile }, 3000, 1000);
    assert.ok(rate >= 0.95 * lan.rate, `${profile}: ${rate} bytes per ms`);
    assert.ok(ageMs.worst < 12, `${profile}: ${JSON.stringify(ageMs)}`);
  }
});

Deno.test("a client that is slower than its link gets no queue", async () => {
  const traits = {
    rate: 125_000,
    delayMs: 0.5,
    framesPerSecond: 60,
    frameBytes: 300_000,
    clientMsPerKb: 0.2,
  };
  const { rate, ageMs } = await report(traits);
  assert.ok(rate >= 0.8 * 1000 / traits.clientMsPerKb, `${rate} bytes per ms`);
  assert.ok(ageMs.p95 < 20, JSON.stringify(ageMs));
});

Deno.test("a link that becomes ten times slower, and fast again, is followed within a second", async () => {
  const run = new LinkRun(WIDE);
  await run.pass(4000);
  run.become({ rate: 250 });
  const slower = await run.pass(4000, 1000);
  assert.ok(slower.rate >= 0.85 * 250, `${slower.rate} bytes per ms`);
  assert.ok(slower.ageMs.median < 70 && slower.ageMs.p95 < 120, JSON.stringify(slower.ageMs));
  run.become({ rate: 2500 });
  const faster = await run.pass(3000, 1000);
  assert.ok(faster.rate >= 0.95 * 2500, `${faster.rate} bytes per ms`);
  run.stop();
});

Deno.test("a way that becomes longer is not taken for a queue for long", async () => {
  const run = new LinkRun(WIDE);
  await run.pass(4000);
  run.become({ delayMs: 100 });
  await run.pass(3000);
  const { rate } = await run.pass(1000);
  assert.ok(rate >= 0.9 * WIDE.rate, `${rate} bytes per ms`);
  run.stop();
});

/** A pacer on its own, whose client and system a test plays. */
function stage(
  options: { profile?: "auto" | "localhost" | "lan" | "wan"; backlog?: () => Backlog | undefined } = {},
) {
  const time = new SimulatedTime();
  const woken: number[] = [];
  const limits: number[] = [];
  const end = new AbortController();
  const transport: Transport = {
    peer: { transport: "tcp", address: "192.0.2.7:5", local: false, encrypted: false },
    read: () => Promise.resolve(null),
    write: () => Promise.resolve(),
    close: () => Promise.resolve(),
    backlog: options.backlog ?? (() => undefined),
    limitUnsent: (bytes) => limits.push(bytes),
    [Symbol.dispose]: () => {},
  };
  const pacer = new Pacer(
    { transport, profile: options.profile ?? "wan", clock: time, wake: () => woken.push(time.now()) },
    end.signal,
  );
  /** Sends an update. @returns The payloads of the fences around it. */
  const update = (bytes: number, isFrame = true): Uint8Array[] => {
    const before = new ByteWriter();
    pacer.begin(isFrame, before);
    const body = new ByteWriter();
    body.zeros(bytes);
    pacer.end(body);
    pacer.sent(body.length);
    return [before.copy(), body.copy().subarray(bytes)].filter(({ length }) => length > 0)
      .map((fence) => {
        assert.deepEqual([...fence.subarray(0, 8)], [248, 0, 0, 0, 0x80, 0, 0, 1], "Request and BlockBefore");
        return fence.slice(9);
      });
  };
  return { time, woken, limits, pacer, update, stop: () => end.abort() };
}

Deno.test("no fence is sent before the client has answered one (rfbproto ServerFence)", () => {
  const { pacer, update } = stage();
  pacer.usesFences = true;
  assert.deepEqual(update(100), []);
  pacer.answered(new Uint8Array());
  assert.equal(update(100).length, 2);
  pacer.usesFences = false;
  assert.deepEqual(update(100), []);
});

Deno.test("mayBegin() says no while the window is full, and wakes when the client has confirmed", async () => {
  const { time, woken, pacer, update } = stage();
  pacer.usesFences = true;
  pacer.answered(new Uint8Array());
  const [first, second] = update(100_000);
  await time.pass(1000);
  assert.equal(pacer.mayBegin(true), false);
  assert.deepEqual(woken, [], "nothing is asked meanwhile");
  pacer.answered(first!);
  assert.equal(pacer.mayBegin(true), false, "the update itself is not confirmed");
  pacer.answered(second!);
  assert.equal(woken.length, 2);
  assert.equal(pacer.mayBegin(true), true);
});

Deno.test("a later answer stands for those that are missing, an unknown one for nothing", () => {
  const { pacer, update } = stage();
  pacer.usesFences = true;
  pacer.answered(new Uint8Array());
  update(10_000);
  const [last] = update(10_000, false);
  assert.equal(pacer.mayBegin(false), false);
  for (const strange of [new Uint8Array(5), Uint8Array.of(0x6d, 255, 255, 255, 255), new Uint8Array(64)]) {
    pacer.answered(strange);
  }
  assert.equal(pacer.mayBegin(false), false);
  pacer.answered(last!);
  assert.equal(pacer.mayBegin(false), true);
});

Deno.test("a client that goes on asking and does not answer fences any more is served without", async () => {
  const { time, pacer, update } = stage();
  pacer.usesFences = true;
  pacer.answered(new Uint8Array());
  update(100_000);
  await time.pass(10_000);
  pacer.requested();
  assert.equal(pacer.mayBegin(true), false, "it may be slow");
  await time.pass(25_000);
  assert.equal(pacer.mayBegin(true), false, "it may have been suspended");
  pacer.requested();
  assert.equal(pacer.mayBegin(true), true);
  assert.deepEqual(update(1000), []);
});

Deno.test("without fences the system's backlog has to be gone, and is asked for by a timer only meanwhile", async () => {
  let backlog: Backlog | undefined;
  const { time, woken, pacer, update, stop } = stage({ backlog: () => backlog });
  assert.equal(pacer.mayBegin(true), true, "nobody can tell");
  update(1000);
  backlog = { unsent: 30_000, unacknowledged: 200_000, roundTripMs: 60, leastRoundTripMs: 50, rate: 2500 };
  await time.pass(100);
  assert.equal(pacer.mayBegin(true), false);
  assert.equal(pacer.mayBegin(true), false, "no second timer");
  await time.pass(1000);
  assert.equal(woken.length, 1);
  backlog = { ...backlog, unsent: 0, unacknowledged: 100_000 };
  assert.equal(pacer.mayBegin(true), true);
  await time.pass(1000);
  assert.equal(woken.length, 1);
  stop();
});

Deno.test("pictures come at the profile's rate, pieces of them at once; input lifts that for a moment", async () => {
  const { time, woken, pacer, update, stop } = stage({ profile: "wan" });
  update(1000);
  assert.equal(pacer.mayBegin(true), false);
  assert.equal(pacer.mayBegin(false), true);
  await time.pass(40);
  assert.deepEqual(woken.map(Math.round), [31], "30 per second, and a timer's slack");
  assert.equal(pacer.mayBegin(true), true);
  update(1000);
  assert.equal(pacer.mayBegin(true), false);
  pacer.hurry();
  assert.equal(woken.length, 2);
  assert.equal(pacer.mayBegin(true), true);
  await time.pass(200);
  update(1000);
  assert.equal(pacer.mayBegin(true), false);
  stop();
});

Deno.test("after a pause the round trip is measured anew, on an empty link", async () => {
  const { time, pacer, update } = stage();
  pacer.usesFences = true;
  pacer.answered(new Uint8Array());
  for (const payload of update(1000)) {
    await time.pass(20);
    pacer.answered(payload);
  }
  assert.equal(pacer.pace?.leastRoundTripMs, 20);
  assert.equal(update(1000).length, 1, "known well enough");
  await time.pass(20_000);
  assert.equal(pacer.mayBegin(true), false, "what is on its way comes first");
  pacer.answered(Uint8Array.of(0x6d, 0, 0, 0, 3));
  assert.equal(pacer.mayBegin(true), true);
  const [alone] = update(1000);
  await time.pass(80);
  pacer.answered(alone!);
  assert.equal(pacer.pace?.leastRoundTripMs, 80);
});

Deno.test("auto goes by the round trip: a peer that looks near through a tunnel is a far one", async () => {
  const { time, limits, pacer, update } = stage({ profile: "auto" });
  assert.equal(pacer.profile.compressLevel, 6);
  pacer.usesFences = true;
  pacer.answered(new Uint8Array());
  const [alone] = update(1000);
  await time.pass(1);
  pacer.answered(alone!);
  assert.equal(pacer.profile.compressLevel, undefined);
  assert.equal(pacer.profile.frameRate, Infinity);
  assert.deepEqual(limits, [16 * 1024, 128 * 1024]);
});
