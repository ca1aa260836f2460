/**
 * The connection to an X server: opening and refusals, events, errors, death.
 *
 * @module
 */
import assert from "node:assert/strict";
import { DisplayLostError, NativeError } from "../../lib/core/errors.ts";
import { SharedLibrary } from "../../lib/ffi/library.ts";
import { XDisplay } from "../../lib/ffi/x_display.ts";
import { noDisplayName } from "../../lib/ffi/x_connection_failure.ts";
import { XError } from "../../lib/ffi/x_error.ts";
import { Xvfb } from "../support/xvfb.ts";

const PROPERTY_NOTIFY = 28;
const PROPERTY_CHANGE_MASK = 1 << 22;

/** Matches a `NativeError` by its message. */
function nativeError(pattern: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof NativeError, String(error));
    assert.match(error.message, pattern);
    return true;
  };
}

/** Changes a property of the root window, which everybody is told who wants to know. */
function changeProperty(display: XDisplay, name: string): void {
  const [STRING, FORMAT_8, REPLACE] = [31, 8, 0];
  const atom = display.atom(name);
  display.x11.XChangeProperty(
    display.handle,
    display.root,
    atom,
    STRING,
    FORMAT_8,
    REPLACE,
    new Uint8Array([1]),
    1,
  );
}

Deno.test("XDisplay.open() connects, and disposing it gives everything back", async () => {
  await using xvfb = await Xvfb.start();
  const descriptors = () => [...Deno.readDirSync("/proc/self/fd")].length;
  let before = Infinity;
  for (let round = 0; round < 20; round++) {
    await using display = XDisplay.open({ display: xvfb.display });
    assert.equal(display.name, xvfb.display);
    assert.equal(display.depth, 24);
    assert.ok(display.root > 0);
    assert.match(display.vendor, /X\.Org/);
    if (round === 1) before = descriptors();
    assert.ok(descriptors() <= before);
  }
});

Deno.test("XDisplay.open() lets several displays be open, and closed in any order", async () => {
  await using xvfb = await Xvfb.start();
  const displays = [1, 2, 3].map(() => XDisplay.open({ display: xvfb.display }));
  for (const at of [1, 0, 2]) {
    displays[at]!.sync();
    await displays[at]![Symbol.asyncDispose]();
    await displays[at]![Symbol.asyncDispose]();
    assert.throws(() => displays[at]!.sync(), nativeError(/it is closed/));
  }
});

Deno.test("XDisplay.open() says what to do when nothing listens", () => {
  assert.throws(
    () => XDisplay.open({ display: ":4711" }),
    nativeError(/no X server listens at ":4711".*--virtual/),
  );
});

Deno.test("XDisplay.open() says what to do when a display's name is none", () => {
  assert.throws(() => XDisplay.open({ display: "nonsense" }), nativeError(/not the name of a display/));
});

Deno.test("XDisplay.open() says what to check when a display on another machine does not answer", () => {
  assert.throws(() => XDisplay.open({ display: "127.0.0.1:4711" }), nativeError(/TCP port 10711/));
});

Deno.test("XDisplay.open() says what to do when access is refused, and comes in with the key", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeFile(`${folder}/right`, xauthority(7));
    await Deno.writeFile(`${folder}/wrong`, xauthority(8));
    await using xvfb = await Xvfb.start({ args: ["-auth", `${folder}/right`] });
    const { display } = xvfb;
    assert.throws(
      () => XDisplay.open({ display, authority: `${folder}/wrong` }),
      nativeError(/refuses access.*--authority.*xhost/),
    );
    await using open = XDisplay.open({ display, authority: `${folder}/right` });
    open.sync();
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("noDisplayName() names the ways out, and wayvnc on Wayland", () => {
  const env = (values: Record<string, string>) => ({ get: (name: string) => values[name] });
  assert.match(noDisplayName(env({})).message, /DISPLAY is not set.*--display.*--virtual/);
  assert.match(noDisplayName(env({ WAYLAND_DISPLAY: "wayland-0" })).message, /Wayland.*wayvnc.*--virtual/);
});

Deno.test("SharedLibrary.open() names the package of a library that is missing", () => {
  const library = new SharedLibrary({ file: "libnone.so.9", debianPackage: "libnone9", symbols: {} });
  assert.throws(() => library.open(), nativeError(/libnone\.so\.9.*apt-get install libnone9/));
});

Deno.test("SharedLibrary.open() says at once that a function is missing, unless it is optional", () => {
  const nothing = { parameters: [], result: "i32" } as const;
  const libc = { file: "libc.so.6", debianPackage: "libc6" };
  const lacking = new SharedLibrary({ ...libc, symbols: { getpid: nothing, no_such_function: nothing } });
  assert.throws(() => lacking.open(), nativeError(/libc\.so\.6/));
  const symbols = { getpid: nothing, no_such_function: { ...nothing, optional: true } } as const;
  using library = new SharedLibrary({ ...libc, symbols }).open();
  assert.equal(library.symbols.no_such_function, null);
  assert.equal(library.symbols.getpid(), Deno.pid);
  assert.equal(library.symbols.getpid, library.symbols.getpid, "the same function each time");
});

Deno.test("XDisplay.on() gets an event of another client without polling", async () => {
  await using xvfb = await Xvfb.start();
  await using display = XDisplay.open({ display: xvfb.display });
  await using other = XDisplay.open({ display: xvfb.display });
  using _events = display.selectRootEvents(PROPERTY_CHANGE_MASK);
  const got = Promise.withResolvers<number>();
  using _handler = display.on(PROPERTY_NOTIFY, (event) => got.resolve(event.getUint32(40, true)));
  display.sync();
  changeProperty(other, "PORTHOLE_TEST");
  assert.equal(display.atomName(await got.promise), "PORTHOLE_TEST");
  assert.equal(display.atomName(0x7fffffff), undefined);
});

Deno.test("XDisplay dispatches events that a round trip has read already", async () => {
  await using xvfb = await Xvfb.start();
  await using display = XDisplay.open({ display: xvfb.display });
  using _events = display.selectRootEvents(PROPERTY_CHANGE_MASK);
  const got = Promise.withResolvers<void>();
  using _handler = display.on(PROPERTY_NOTIFY, () => got.resolve());
  // Let the wait for events begin: what comes before it is dispatched in any case.
  await new Promise((resolve) => setTimeout(resolve, 20));
  changeProperty(display, "PORTHOLE_TEST");
  display.sync();
  await got.promise;
});

Deno.test("XDisplay dispatches a flood of events in pieces, and all of it", async () => {
  await using xvfb = await Xvfb.start();
  await using display = XDisplay.open({ display: xvfb.display });
  using _events = display.selectRootEvents(PROPERTY_CHANGE_MASK);
  let count = 0;
  const all = Promise.withResolvers<void>();
  using _handler = display.on(PROPERTY_NOTIFY, () => ++count === 5000 && all.resolve());
  for (let i = 0; i < 5000; i++) changeProperty(display, "PORTHOLE_TEST");
  display.sync();
  display.dispatch();
  assert.ok(count < 5000, `${count} at a stretch`);
  await all.promise;
});

Deno.test("XDisplay.gathers lets many events come at once, and dispatches them at once when somebody asks", async () => {
  await using xvfb = await Xvfb.start();
  await using other = XDisplay.open({ display: xvfb.display });
  await using display = XDisplay.open({ display: xvfb.display });
  using _events = display.selectRootEvents(PROPERTY_CHANGE_MASK);
  display.sync();
  let count = 0;
  let batches = 0;
  let last = 0;
  let arrived = Promise.withResolvers<void>();
  using _handler = display.on(PROPERTY_NOTIFY, () => {
    if (turn !== last) batches++;
    last = turn;
    count++;
    arrived.resolve();
  });
  let turn = 1;
  const turns = setInterval(() => turn++, 1);
  display.gathers = true;
  const start = performance.now();
  for (let i = 0; i < 200; i++) {
    changeProperty(other, "PORTHOLE_TEST");
    other.flush();
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  clearInterval(turns);
  const elapsed = performance.now() - start;
  assert.ok(batches <= elapsed / 20 + 2, `${batches} batches in ${elapsed} ms`);
  other.sync();
  display.dispatch();
  assert.equal(count, 200);
  arrived = Promise.withResolvers();
  display.gathers = false;
  changeProperty(other, "PORTHOLE_TEST");
  await arrived.promise;
  assert.equal(count, 201);
});

Deno.test("XDisplay goes on when a handler throws, and lets handlers go", async () => {
  await using xvfb = await Xvfb.start();
  await using display = XDisplay.open({ display: xvfb.display });
  using _events = display.selectRootEvents(PROPERTY_CHANGE_MASK);
  const counts = [0, 0];
  using _throwing = display.on(PROPERTY_NOTIFY, () => {
    counts[0]!++;
    throw new Error("from a handler");
  });
  const second = display.on(PROPERTY_NOTIFY, () => counts[1]!++);
  const change = () => {
    changeProperty(display, "PORTHOLE_TEST");
    display.sync();
    display.dispatch();
  };
  change();
  change();
  second[Symbol.dispose]();
  change();
  assert.deepEqual(counts, [3, 2]);
});

Deno.test("XDisplay.selectRootEvents() adds up what several want, and takes away what nobody wants", async () => {
  await using xvfb = await Xvfb.start();
  await using display = XDisplay.open({ display: xvfb.display });
  let count = 0;
  using _handler = display.on(PROPERTY_NOTIFY, () => count++);
  const change = () => {
    changeProperty(display, "PORTHOLE_TEST");
    display.sync();
    display.dispatch();
    return count;
  };
  const first = display.selectRootEvents(PROPERTY_CHANGE_MASK);
  const second = display.selectRootEvents(PROPERTY_CHANGE_MASK | 1 << 17);
  assert.equal(change(), 1);
  first[Symbol.dispose]();
  assert.equal(change(), 2);
  second[Symbol.dispose]();
  assert.equal(change(), 2);
});

Deno.test("XDisplay.trap() reports an X error with the names of error and request", async () => {
  await using xvfb = await Xvfb.start();
  await using display = XDisplay.open({ display: xvfb.display });
  display.x11.XMapWindow(display.handle, 0x12345);
  const { value, error } = display.trap(() => {
    const inner = display.trap(() => display.x11.XMapWindow(display.handle, 0x777));
    assert.equal(inner.error?.resource, 0x777);
    display.x11.XMapWindow(display.handle, 0x12346);
    return "value";
  });
  assert.equal(value, "value");
  assert.ok(error instanceof XError);
  assert.equal(error.codeName, "BadWindow");
  assert.equal(error.symbol, "MapWindow");
  assert.equal(error.resource, 0x12346);
  assert.match(error.message, /MapWindow: BadWindow, resource 0x12346/);
  assert.equal(display.trap(() => 1).error, undefined);
});

Deno.test("XDisplay.extension() knows an extension's numbers, or that there is none", async () => {
  await using xvfb = await Xvfb.start();
  await using display = XDisplay.open({ display: xvfb.display });
  assert.ok(display.extension("RANDR")!.firstEvent >= 64);
  assert.equal(display.extension("NO-SUCH-EXTENSION"), undefined);
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
  await using elsewhere = await Xvfb.start();
  await using other = XDisplay.open({ display: elsewhere.display });
  await xvfb.kill();
  assert.throws(() => display.sync(), DisplayLostError);
  other.sync();
  assert.ok(!other.lost);
});

/** A key file of one key that is good for all displays (Xau(3)). */
function xauthority(key: number): Uint8Array {
  const FAMILY_WILD = 0xffff;
  const field = (bytes: Uint8Array) => [bytes.length >> 8, bytes.length & 0xff, ...bytes];
  const text = (value: string) => field(new TextEncoder().encode(value));
  return new Uint8Array([
    FAMILY_WILD >> 8,
    FAMILY_WILD & 0xff,
    ...text(""),
    ...text(""),
    ...text("MIT-MAGIC-COOKIE-1"),
    ...field(new Uint8Array(16).fill(key)),
  ]);
}
