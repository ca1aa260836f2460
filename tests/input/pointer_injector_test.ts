import assert from "node:assert/strict";
import { PointerInjector } from "../../lib/input/pointer_injector.ts";

function record() {
  const calls: string[] = [];
  const injector = new PointerInjector({
    motion: (x, y) => calls.push(`${x},${y}`),
    button: (button, down) => calls.push(`${down ? "+" : "-"}${button}`),
  });
  return { injector, take: () => calls.splice(0).join(" ") };
}

Deno.test("PointerInjector moves first, then changes buttons (RFC 6143 §7.5.5)", () => {
  const { injector, take } = record();
  const client = {};
  injector.move(client, { x: 1, y: 2 }, 0b1);
  injector.move(client, { x: 3, y: 4 }, 0b1);
  injector.move(client, { x: 3, y: 4 }, 0b1_1000_0000);
  injector.move(client, { x: 3, y: 4 }, 0xffff_fe00); // no buttons that there are
  assert.equal(take(), "1,2 +1 3,4 3,4 -1 +8 +9 3,4 -8 -9");
});

Deno.test("PointerInjector keeps coordinates within those of X", () => {
  const { injector, take } = record();
  injector.move({}, { x: -5, y: 65535 }, 0);
  injector.move({}, { x: 40_000, y: 7.6 }, 0);
  assert.equal(take(), "0,32767 32767,8");
});

Deno.test("PointerInjector holds a button as long as one client does", () => {
  const { injector, take } = record();
  const [first, second] = [{}, {}];
  injector.move(first, { x: 0, y: 0 }, 0b101);
  injector.move(second, { x: 0, y: 0 }, 0b100);
  take();
  injector.releaseAll(first);
  assert.equal(take(), "-1");
  injector.releaseAll(first);
  injector.releaseAll(second);
  assert.equal(take(), "-3");
});
