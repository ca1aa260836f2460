/** Delays of the event loop. @module */
import assert from "node:assert/strict";
import { EventLoopMonitor } from "../../lib/observability/event_loop_monitor.ts";

function workUntil(end: number): void {
  while (performance.now() < end);
}

Deno.test("EventLoopMonitor tells how long work has held others up", async () => {
  const told = Promise.withResolvers<number>();
  using monitor = new EventLoopMonitor((delayMs) => told.resolve(delayMs));
  const start = performance.now();
  monitor.updateSent();
  workUntil(start + 60);
  const delayMs = await told.promise;
  assert.ok(delayMs >= 50 - 0.1, `${delayMs} ms of 60 ms after a timer of 10 ms`);
});

Deno.test("EventLoopMonitor rests when nothing goes on, and watches again", async () => {
  let count = 0;
  using monitor = new EventLoopMonitor(() => count++);
  for (let round = 0; round < 2; round++) {
    count = 0;
    monitor.frameCaptured();
    // It is at rest when a longer time than it lasts has brought nothing more.
    for (let before = -1; count !== before;) {
      before = count;
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    assert.ok(count > 0 && count <= 26, `${count} samples`);
  }
});
