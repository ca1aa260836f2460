import assert from "node:assert/strict";
import {
  codeOf,
  CODES,
  type Delivery,
  type DrawnFrame,
  lateness,
  matchArrivals,
} from "../../../bench/peers/marker.ts";

/** Frames that are drawn every 10 ns, the first at 10. */
function frames(count: number): DrawnFrame[] {
  return Array.from({ length: count }, (_, i) => ({ number: i + 1, queued: (i + 1) * 10 }));
}

function shown(number: number, time: number): { code: number; time: number } {
  return { code: codeOf(number), time };
}

Deno.test("codeOf() gives frames that follow each other different codes, all of which occur", () => {
  assert.equal(new Set(Array.from({ length: CODES }, (_, number) => codeOf(number))).size, CODES);
});

Deno.test("matchArrivals() takes the last frame of a code that was drawn before the arrival", () => {
  const drawn = frames(3 * CODES);
  const late = drawn[CODES + 4]!; // its code occurs in each of the three rounds
  const found = matchArrivals(drawn, [shown(late.number, late.queued + 5)]);
  assert.deepEqual(found, [{ frame: late, time: late.queued + 5 }]);
});

Deno.test("matchArrivals() leaves out the picture before the first frame, and codes not drawn yet", () => {
  assert.deepEqual(matchArrivals(frames(5), [shown(0, 5), shown(4, 12)]), []);
});

Deno.test("lateness() counts a frame that was left out until a later one is shown, in staleness only", () => {
  const drawn = frames(4);
  const deliveries = matchArrivals(drawn, [shown(1, 12), shown(3, 37), shown(4, 45)]);
  const { latencies, staleness, backward } = lateness(drawn, deliveries, 0, 100);
  assert.deepEqual(latencies, [2, 7, 5]);
  assert.deepEqual(staleness, [2, 17, 7, 5]);
  assert.equal(backward, 0);
});

Deno.test("lateness() counts frames drawn in the time that it is asked for, and none else", () => {
  const drawn = frames(4);
  const deliveries: Delivery[] = drawn.map((frame) => ({ frame, time: frame.queued + 1 }));
  assert.deepEqual(lateness(drawn, deliveries, 20, 40).latencies, [1, 1]);
});

Deno.test("lateness() tells of frames that come after later ones", () => {
  const drawn = frames(3);
  const deliveries = matchArrivals(drawn, [shown(1, 12), shown(3, 35), shown(2, 40)]);
  assert.equal(lateness(drawn, deliveries, 0, 100).backward, 1);
});
