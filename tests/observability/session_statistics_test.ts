/** Figures of sessions over a sliding window. @module */
import assert from "node:assert/strict";
import { encodingName } from "../../lib/observability/encoding_names.ts";
import { RateWindow } from "../../lib/observability/rate_window.ts";
import { SessionStatistics } from "../../lib/observability/session_statistics.ts";
import { EncodingType } from "../../lib/protocol/constants.ts";

const PEER = { session: 7, address: "192.0.2.7:1", transport: "tcp" };

Deno.test("RateWindow tells a steady rate at any moment, and forgets after two seconds", () => {
  const window = new RateWindow(0);
  for (let now = 0; now <= 10_000; now += 10) {
    window.add(5, now);
    if (now >= 300) {
      assert.ok(Math.abs(window.perSecond(now) - 500) < 20, `${window.perSecond(now)} at ${now}`);
    }
  }
  assert.ok(window.perSecond(11_000) < 300);
  assert.equal(window.perSecond(12_001), 0);
  window.add(2, 50_000);
  assert.equal(window.sum(50_000), 2);
});

Deno.test("RateWindow does not take a beginning for a rate", () => {
  const window = new RateWindow(1000);
  window.add(1, 1001);
  assert.equal(window.perSecond(1001), 4);
});

Deno.test("SessionStatistics tells what a session does per second, of late and in total", () => {
  let now = 100_000;
  const statistics = new SessionStatistics(() => now);
  statistics.connectionOpened(PEER);
  statistics.bytesReceived({ session: 7, bytes: 999 }); // gone from the window by the end
  const rect = { x: 0, y: 0, width: 10, height: 20 };
  for (let i = 0; i < 100; i++) {
    now += 50;
    statistics.bytesSent({ session: 7, bytes: 1000 });
    statistics.bytesReceived({ session: 7, bytes: 10 });
    statistics.updateSent({
      session: 7,
      rects: [{ rect, encoding: 7, bytes: 900 }, { rect, encoding: 1, bytes: 16 }],
      bytes: 1000,
      encodeMs: 4,
      writeMs: 1,
    });
    statistics.keyEvent({ session: 7 });
  }
  statistics.roundTripMeasured({ session: 7, roundTripMs: 12, leastRoundTripMs: 9 });
  const figures = statistics.of(7)!;
  const near = (actual: number, expected: number) =>
    assert.ok(Math.abs(actual - expected) <= expected * 0.05, `${actual} is not ${expected}`);
  near(figures.framesPerSecond, 20);
  near(figures.sentBytesPerSecond, 20_000);
  near(figures.receivedBytesPerSecond, 200);
  near(figures.pixelsPerSecond, 20 * 400);
  assert.deepEqual([figures.encodeMs, figures.writeMs], [4, 1]);
  assert.deepEqual([figures.roundTripMs, figures.leastRoundTripMs], [12, 9]);
  assert.deepEqual(figures.encodings.map(({ encoding }) => encoding), ["tight", "copyrect"]);
  near(figures.encodings[0]!.bytesPerSecond, 18_000);
  assert.deepEqual(figures.totals, {
    updates: 100,
    rects: 200,
    pixels: 40_000,
    sentBytes: 100_000,
    receivedBytes: 1999,
    keyEvents: 100,
    pointerEvents: 0,
  });
  now += 3000;
  const quiet = statistics.of(7)!;
  assert.deepEqual([quiet.framesPerSecond, quiet.encodeMs, quiet.encodings], [0, undefined, []]);
});

Deno.test("SessionStatistics forgets sessions that are over, and is not disturbed by their last words", () => {
  const statistics = new SessionStatistics(() => 0);
  statistics.connectionOpened(PEER);
  statistics.sessionClosed({ session: 7, authenticated: true, reason: "", error: "none", durationMs: 1 });
  statistics.bytesSent({ session: 7, bytes: 1 });
  statistics.keyEvent({ session: 7 });
  assert.equal(statistics.of(7), undefined);
});

Deno.test("SessionStatistics tells how the screen is looked at", () => {
  let now = 0;
  const statistics = new SessionStatistics(() => now);
  assert.equal(statistics.desktop().captureMs, undefined);
  for (now = 0; now < 4000; now += 100) {
    statistics.frameCaptured({
      captureMs: 2,
      diffMs: 1,
      capturedArea: 9,
      changedArea: 1,
      moves: 1,
      merged: 3,
    });
  }
  const { capturesPerSecond, captureMs, diffMs, mergedPerSecond } = statistics.desktop();
  assert.ok(Math.abs(capturesPerSecond - 10) < 0.6, `${capturesPerSecond}`);
  assert.ok(Math.abs(mergedPerSecond - 30) < 1.8, `${mergedPerSecond}`);
  assert.deepEqual([captureMs, diffMs], [2, 1]);
});

Deno.test("encodingName() knows every encoding of the protocol's table, each by a name of its own", () => {
  const names = Object.values(EncodingType).map(encodingName);
  assert.equal(new Set(names).size, names.length);
  for (const name of names) assert.match(name, /^[a-z][a-z0-9_]+$/);
  assert.equal(encodingName(12345), "12345");
});
