/**
 * @module
 */
import assert from "node:assert/strict";
import { DisplayLostError, NativeError } from "../../lib/core/errors.ts";
import { XDisplay } from "../../lib/ffi/x_display.ts";
import { XError } from "../../lib/ffi/x_error.ts";
import { Xvfb } from "../support/xvfb.ts";

const PROPERTY_NOTIFY = 28;
const PROPERTY_CHANGE_MASK = 1 << 22;

Deno.test("XDisplay.open() connects, and disposing it gives everything back", async () => {
  await using xvfb = await Xvfb.start();
  for (let round = 0; round < 3; round++) {
    await using display = XDisplay.open({ display: xvfb.display });
    assert.equal(display.name, xvfb.display);
    assert.equal(display.depth, 24);
    assert.ok(display.root > 0);
    assert.match(display.vendor, /X\.Org/);
  }
});

Deno.test("XDisplay.on() gets an event of another client without polling", async () => {
  await using xvfb = await Xvfb.start();
  await using display = XDisplay.open({ display: xvfb.display });
  using _events = display.selectRootEvents(PROPERTY_CHANGE_MASK);
  const got = Promise.withResolvers<number>();
  using _handler = display.on(PROPERTY_NOTIFY, (event) => got.resolve(event.getUint32(40, true)));
  display.sync();
  await xvfb.run("xprop", "-root", "-f", "PORTHOLE_TEST", "8s", "-set", "PORTHOLE_TEST", "x");
  assert.equal(display.atomName(await got.promise), "PORTHOLE_TEST");
});

Deno.test("XDisplay dispatches events that a round trip has read already", async () => {
  await using xvfb = await Xvfb.start();
  await using display = XDisplay.open({ display: xvfb.display });
  using _events = display.selectRootEvents(PROPERTY_CHANGE_MASK);
  const got = Promise.withResolvers<void>();
  using _handler = display.on(PROPERTY_NOTIFY, () => got.resolve());
  // Let the wait for events begin: what comes before it is dispatched in any case.
  await new Promise((resolve) => setTimeout(resolve, 20));
  const atom = display.atom("PORTHOLE_TEST");
  display.x11.XChangeProperty(display.handle, display.root, atom, 31, 8, 0, new Uint8Array([1]), 1);
  display.sync();
  await got.promise;
});

Deno.test("XDisplay.trap() reports an X error with the names of error and request", async () => {
  await using xvfb = await Xvfb.start();
  await using display = XDisplay.open({ display: xvfb.display });
  display.x11.XMapWindow(display.handle, 0x12345);
  const { value, error } = display.trap(() => {
    display.x11.XMapWindow(display.handle, 0x12346);
    return "value";
  });
  assert.equal(value, "value");
  assert.ok(error instanceof XError);
  assert.equal(error.codeName, "BadWindow");
  assert.equal(error.symbol, "MapWindow");
  assert.equal(error.resource, 0x12346);
  assert.equal(display.trap(() => 1).error, undefined);
});

Deno.test("XDisplay survives the X server's death and says so", async () => {
  await using xvfb = await Xvfb.start();
  await using display = XDisplay.open({ display: xvfb.display });
  const lost = new Promise((resolve) => display.lostSignal.addEventListener("abort", resolve));
  await xvfb.kill();
  await lost;
  assert.ok(display.lost);
  assert.ok(display.lostSignal.reason instanceof DisplayLostError);
  assert.throws(() => display.sync(), DisplayLostError);
});

Deno.test("XDisplay finds out about the X server's death in the middle of a call", async () => {
  await using xvfb = await Xvfb.start();
  await using display = XDisplay.open({ display: xvfb.display });
  await xvfb.kill();
  assert.throws(() => display.sync(), DisplayLostError);
  await using _another = await Xvfb.start();
});

Deno.test("XDisplay.open() says what to do when nothing listens", () => {
  assert.throws(
    () => XDisplay.open({ display: ":4711" }),
    (error) => error instanceof NativeError && /no X server listens at ":4711"/.test(error.message),
  );
});
