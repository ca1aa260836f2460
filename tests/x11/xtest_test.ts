import assert from "node:assert/strict";
import { XDisplay } from "../../lib/ffi/x_display.ts";
import type { InputSink } from "../../lib/input/input_sink.ts";
import { canonicalKeysym, codePointToKeysym, XK } from "../../lib/input/keysyms.ts";
import { XTestInput } from "../../lib/input/xtest.ts";
import { Terminal } from "../support/input_observer.ts";
import { Xev } from "../support/xev.ts";
import { Xvfb } from "../support/xvfb.ts";

/** Server, recorder, backend and one client. */
async function desk(layout?: readonly string[]) {
  const stack = new AsyncDisposableStack();
  const server = stack.use(await Xvfb.start());
  if (layout) await server.run("setxkbmap", ...layout);
  const display = stack.use(XDisplay.open({ display: server.display }));
  const xev = stack.use(await Xev.start(server));
  const input = stack.use(new XTestInput(display));
  const sink = input.open();
  sink.pointer({ x: 500, y: 400 }, 0);
  await sink.flushed();
  return { server, display, xev, input, sink, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

const F12 = 0xffc9;

/** Presses and lets go of one key after the other. */
function tap(sink: InputSink, ...keysyms: readonly number[]): void {
  for (const keysym of keysyms) {
    sink.key(keysym, true);
    sink.key(keysym, false);
  }
}

/** Taps with others held. */
function chord(sink: InputSink, ...keysyms: readonly number[]): void {
  for (const keysym of keysyms) sink.key(keysym, true);
  for (const keysym of keysyms.toReversed()) sink.key(keysym, false);
}

const keysymsOf = (text: string) =>
  [...text].map((character) => codePointToKeysym(character.codePointAt(0)!));

const MODIFIERS = new Set<number>([
  XK.Shift_L,
  XK.Shift_R,
  XK.Control_L,
  XK.Alt_L,
  XK.ISO_Level3_Shift,
  0,
]);

/** The keysyms that came, as one canonical list without modifiers and without the F12 that ends it. */
async function typed(xev: Xev, sink: InputSink): Promise<number[]> {
  tap(sink, F12);
  await xev.waitFor((event) => event.type === "KeyRelease" && event.keysym === F12);
  const keysyms = xev.presses.map(({ keysym }) => canonicalKeysym(keysym)).filter((keysym) =>
    !MODIFIERS.has(keysym)
  );
  xev.clear();
  return keysyms.slice(0, -1);
}

Deno.test("XTestInput types all printable ASCII characters without the client's modifiers (RFC 6143 §7.5.4)", async () => {
  await using d = await desk();
  const text = Array.from({ length: 0x7f - 0x20 }, (_, at) => String.fromCharCode(0x20 + at)).join("");
  tap(d.sink, ...keysymsOf(text));
  assert.deepEqual(await typed(d.xev, d.sink), keysymsOf(text));
});

Deno.test("XTestInput types characters that the layout lacks (RFC 6143 §7.5.4)", async () => {
  await using d = await desk();
  const keysyms = keysymsOf("é€ß日本Жя Ωλ😀ç¡");
  tap(d.sink, ...keysyms, 0x06d1, 0x07c1, XK.Multi_key, 0xfe51, 0x1008ff13);
  assert.deepEqual(await typed(d.xev, d.sink), [
    ...keysyms,
    ...keysymsOf("яΑ"),
    XK.Multi_key,
    0xfe51,
    0x1008ff13,
  ]);
});

Deno.test("XTestInput types 500 mixed characters in their order and gives the keyboard back as it was", async () => {
  const server = await Xvfb.start();
  await using _server = server;
  const before = await server.run("xmodmap", "-pke");
  const mapBefore = await server.run("xkbcomp", server.display, "-");
  {
    await using display = XDisplay.open({ display: server.display });
    await using xev = await Xev.start(server);
    await using input = new XTestInput(display);
    const sink = input.open();
    sink.pointer({ x: 500, y: 400 }, 0);
    const keysyms = Array.from(
      { length: 500 },
      (_, at) => codePointToKeysym(at % 5 === 0 ? 0x61 + at % 26 : at % 2 ? 0x4e00 + at : 0x1f600 + at % 70),
    );
    tap(sink, ...keysyms);
    assert.deepEqual(await typed(xev, sink), keysyms);
    assert.notEqual(await server.run("xmodmap", "-pke"), before);
  }
  assert.equal(await server.run("xmodmap", "-pke"), before);
  assert.equal(await server.run("xkbcomp", server.display, "-"), mapBefore);
});

Deno.test("XTestInput keeps modifiers of shortcuts, left and right ones apart", async () => {
  await using d = await desk();
  const states = async () => {
    tap(d.sink, F12);
    await d.xev.waitFor((event) => event.type === "KeyRelease" && event.keysym === F12);
    const events = d.xev.presses.slice(0, -1).map(({ keysym, state }) => [keysym, state]);
    d.xev.clear();
    return events;
  };
  chord(d.sink, XK.Control_L, 0x63);
  assert.deepEqual(await states(), [[XK.Control_L, 0], [0x63, 4]]);
  chord(d.sink, XK.Control_R, XK.Shift_R, 0x54);
  assert.deepEqual(await states(), [[XK.Control_R, 0], [XK.Shift_R, 4], [0x54, 5]]);
  chord(d.sink, XK.Control_L, XK.Shift_L, 0x74); // sent as a small letter by some
  assert.deepEqual(await states(), [[XK.Control_L, 0], [XK.Shift_L, 4], [0x54, 5]]);
  chord(d.sink, XK.Alt_L, 0xffc1);
  assert.deepEqual(await states(), [[XK.Alt_L, 0], [0xffc1, 8]]);
  chord(d.sink, XK.Shift_L, XK.Tab);
  assert.deepEqual(await states(), [[XK.Shift_L, 0], [XK.ISO_Left_Tab, 1]]);
  tap(d.sink, XK.ISO_Left_Tab);
  assert.deepEqual((await states()).at(-1), [XK.ISO_Left_Tab, 1]);
  chord(d.sink, XK.Super_L, 0x6c);
  assert.deepEqual(await states(), [[XK.Super_L, 0], [0x6c, 0x40]]);
  chord(d.sink, XK.Shift_L, XK.Left);
  assert.deepEqual(await states(), [[XK.Shift_L, 0], [XK.Left, 1]]);
});

Deno.test("XTestInput types what AltGr makes on a German layout, AltGr held or not", async () => {
  await using d = await desk(["de"]);
  const text = "@€{[]}\\~|µäöüßÄÖÜ°§";
  tap(d.sink, ...keysymsOf(text));
  assert.deepEqual(await typed(d.xev, d.sink), keysymsOf(text));
  for (const altGr of [XK.ISO_Level3_Shift, XK.Mode_switch, XK.Alt_R]) {
    d.sink.key(altGr, true);
    tap(d.sink, ...keysymsOf("@€\\"));
    d.sink.key(altGr, false);
    assert.deepEqual((await typed(d.xev, d.sink)).filter((keysym) => keysym !== altGr), keysymsOf("@€\\"));
  }
});

Deno.test("XTestInput types letters as they are asked for while Caps Lock is on", async () => {
  await using d = await desk();
  tap(d.sink, XK.Caps_Lock);
  await d.xev.waitFor((event) => event.type === "KeyRelease" && event.keysym === XK.Caps_Lock);
  d.xev.clear();
  assert.equal(d.input.leds, 4);
  const text = "aBc1!éÉжЖß中";
  tap(d.sink, ...keysymsOf(text));
  assert.deepEqual(await typed(d.xev, d.sink), keysymsOf(text));
  d.sink.key(XK.Shift_L, true);
  tap(d.sink, ...keysymsOf(text));
  d.sink.key(XK.Shift_L, false);
  assert.deepEqual(await typed(d.xev, d.sink), keysymsOf(text));
  tap(d.sink, XK.Caps_Lock);
  await d.xev.waitFor((event) => event.type === "KeyRelease" && event.keysym === XK.Caps_Lock);
  assert.equal(d.input.leds, 0);
});

Deno.test("XTestInput types digits and arrows of the keypad with Num Lock on and off", async () => {
  await using d = await desk();
  const keypad = [XK.KP_0, XK.KP_9, XK.KP_Home, XK.KP_Decimal, XK.KP_Enter, 0xffab, 0xff96];
  tap(d.sink, ...keypad);
  assert.deepEqual(await typed(d.xev, d.sink), keypad);
  tap(d.sink, XK.Num_Lock);
  tap(d.sink, ...keypad);
  assert.deepEqual(await typed(d.xev, d.sink), [XK.Num_Lock, ...keypad]);
  assert.equal(d.input.leds, 2);
});

Deno.test("XTestInput types in another layout of the keyboard without leaving the present one", async () => {
  await using d = await desk(["us,ru"]);
  const text = "Привет, hello я!";
  tap(d.sink, ...keysymsOf(text));
  assert.deepEqual(await typed(d.xev, d.sink), keysymsOf(text));
  assert.match(await d.server.run("xmodmap", "-pke"), /keycode {2}97 =\s*(\n|$|keycode)/m); // nothing was lent for it
});

Deno.test("XTestInput follows a change of the layout", async () => {
  await using d = await desk();
  const text = "zyé€@";
  tap(d.sink, ...keysymsOf(text));
  assert.deepEqual(await typed(d.xev, d.sink), keysymsOf(text));
  for (const layout of ["fr", "de", "us"]) {
    await d.server.run("setxkbmap", layout);
    await d.sink.flushed(); // and what the server has told is heard
    tap(d.sink, ...keysymsOf(text));
    assert.deepEqual(await typed(d.xev, d.sink), keysymsOf(text), layout);
  }
});

Deno.test("XTestInput passes repeats on, and keeps the server from making its own", async () => {
  await using d = await desk();
  await d.server.run("xset", "r", "rate", "250", "50");
  const presses = () => d.xev.presses.filter(({ keysym }) => keysym === 0x61).length;
  d.sink.key(0x61, true);
  await d.sink.flushed();
  // Time has to pass for the server not to repeat.
  await new Promise((resolve) => setTimeout(resolve, 700));
  assert.equal(presses(), 1);
  for (let repeat = 0; repeat < 5; repeat++) d.sink.key(0x61, true);
  d.sink.key(0x61, false);
  assert.deepEqual((await typed(d.xev, d.sink)).filter((keysym) => keysym === 0x61).length, 6);
});

Deno.test("InputSink.keyByPosition types by the server's layout (rfbproto QEMU Extended Key Event)", async () => {
  await using d = await desk(["de"]);
  const at = (scancode: number, keysym: number) => {
    d.sink.keyByPosition(scancode, keysym, true);
    d.sink.keyByPosition(scancode, keysym, false);
  };
  at(0x15, 0); // Y of a US keyboard
  at(0x15, 0x79);
  at(0xc8, XK.Up);
  at(0x54, XK.Print);
  at(0xb7, XK.Print);
  at(0xc6, XK.Pause);
  at(0, 0x71);
  at(0xff, 0x71);
  at(0x56, 0x3c);
  assert.deepEqual(await typed(d.xev, d.sink), [
    0x7a,
    0x79,
    XK.Up,
    XK.Print,
    XK.Print,
    XK.Pause,
    0x71,
    0x71,
    0x3c,
  ]);
});

/** A French keyboard's keys: scancode, and the character that is printed there; with Shift, and with AltGr. */
const FRENCH = {
  plain: [[0x10, "a"], [0x11, "z"], [0x1e, "q"], [0x27, "m"], [0x03, "é"], [0x32, ","], [0x2d, "x"]],
  shifted: [[0x10, "A"], [0x03, "2"], [0x33, "."], [0x28, "%"]],
  altGr: [[0x0b, "@"], [0x04, "#"], [0x12, "€"]],
} as const;

for (const layout of [["us"], ["de"], ["fr"], ["us,ru", "-option", "grp:alt_shift_toggle"]]) {
  Deno.test(`InputSink.keyByPosition types what a French keyboard has printed on it, on a desktop with ${layout[0]}`, async () => {
    await using d = await desk(layout);
    await using terminal = await Terminal.start(d.server.display);
    const press = ([scancode, character]: readonly [number, string]) => {
      const keysym = keysymsOf(character)[0]!;
      d.sink.keyByPosition(scancode, keysym, true);
      d.sink.keyByPosition(scancode, keysym, false);
    };
    const held = (scancode: number, keysym: number, keys: readonly (readonly [number, string])[]) => {
      d.sink.keyByPosition(scancode, keysym, true);
      keys.forEach(press);
      d.sink.keyByPosition(scancode, keysym, false);
    };
    FRENCH.plain.forEach(press);
    held(0x2a, XK.Shift_L, FRENCH.shifted);
    held(0xb8, XK.ISO_Level3_Shift, FRENCH.altGr);
    await terminal.typed("azqmé,xA2.%@#€");
  });
}

Deno.test("InputSink releases keys and buttons when it is disposed, and not those that another client holds", async () => {
  await using d = await desk();
  const other = d.input.open();
  d.sink.key(XK.Control_L, true);
  d.sink.key(0x61, true);
  other.key(0x61, true);
  d.sink.pointer({ x: 10, y: 10 }, 0b101);
  other.pointer({ x: 20, y: 10 }, 0b100);
  await d.sink[Symbol.asyncDispose]();
  await d.xev.waitFor((event) => event.type === "ButtonRelease" && event.button === 1);
  d.xev.clear();
  await other[Symbol.asyncDispose]();
  await d.xev.waitFor((event) => event.type === "ButtonRelease");
  assert.deepEqual(
    d.xev.events.map((event) => [event.type, event.keysym || event.button, event.state & 0xff]),
    [
      ["KeyRelease", 0x61, 0],
      ["ButtonRelease", 3, 0],
    ],
  );
});

Deno.test("InputSink lets go of the key that was pressed whatever the up is called", async () => {
  await using d = await desk();
  d.sink.key(XK.Shift_L, true);
  d.sink.key(0x41, true);
  d.sink.key(XK.Shift_L, false);
  d.sink.key(0x61, false);
  d.sink.key(0x62, false); // never pressed
  d.sink.key(0, true);
  d.sink.key(0xffff_ffff, true);
  assert.deepEqual(await typed(d.xev, d.sink), [0x41]);
  const keys = await d.server.run("xdotool", "getmouselocation"); // the server is still well
  assert.match(keys, /x:500/);
});

Deno.test("InputSink.pointer moves, clicks, drags, scrolls and stays on the screen (RFC 6143 §7.5.5)", async () => {
  await using d = await desk();
  const { sink, xev } = d;
  const at = { x: 300, y: 200 };
  for (let click = 0; click < 2; click++) {
    sink.pointer(at, 1);
    sink.pointer(at, 0);
  }
  sink.pointer(at, 1);
  sink.pointer({ x: 350, y: 240 }, 1);
  sink.pointer({ x: 350, y: 240 }, 0);
  for (const bit of [3, 4, 5, 6, 7, 8]) {
    sink.pointer(at, 1 << bit);
    sink.pointer(at, 0);
  }
  await xev.waitFor((event) => event.type === "ButtonRelease" && event.button === 9);
  const buttons = xev.events.filter(({ type }) => type.startsWith("Button"));
  assert.deepEqual(
    buttons.map(({ type, button, x, y }) => `${type.slice(6, 7)}${button} ${x},${y}`),
    [
      ..."P1 300,200|R1 300,200|P1 300,200|R1 300,200|P1 300,200|R1 350,240".split("|"),
      ...[4, 5, 6, 7, 8, 9].flatMap((button) => [`P${button} 300,200`, `R${button} 300,200`]),
    ],
  );
  assert.ok(buttons[2]!.time - buttons[1]!.time < 250); // a double click
  assert.ok(xev.events.some(({ type, x, state }) => type === "MotionNotify" && x === 350 && state === 0x100));
  for (
    const [x, y, inX, inY] of [[0, 0, 0, 0], [1023, 0, 1023, 0], [0, 767, 0, 767], [65535, 65535, 1023, 767]]
  ) {
    xev.clear();
    sink.pointer({ x: x!, y: y! }, 1);
    sink.pointer({ x: x!, y: y! }, 0);
    const event = await xev.waitFor(({ type }) => type === "ButtonPress");
    assert.deepEqual([event.x, event.y], [inX, inY]);
  }
});

Deno.test("InputSink.pointer presses the button that the client names, on a left-handed desktop too", async () => {
  await using d = await desk();
  await d.server.run("xmodmap", "-e", "pointer = 3 2 1 5 4");
  for (const bit of [0, 2, 3]) {
    d.sink.pointer({ x: 100, y: 100 }, 1 << bit);
    d.sink.pointer({ x: 100, y: 100 }, 0);
  }
  await d.xev.waitFor((event) => event.type === "ButtonRelease" && event.button === 4);
  const buttons = d.xev.events.filter(({ type }) => type.startsWith("Button")).map(({ button }) => button);
  assert.deepEqual(buttons, [1, 1, 3, 3, 4, 4]);
});

Deno.test("InputSink does nothing and throws nothing when the X server has gone", async () => {
  await using server = await Xvfb.start();
  await using display = XDisplay.open({ display: server.display });
  const input = new XTestInput(display);
  const sink = input.open();
  tap(sink, 0x20ac, codePointToKeysym(0x4e00));
  await server.kill();
  if (!display.lost) await new Promise((resolve) => display.lostSignal.addEventListener("abort", resolve));
  tap(sink, 0x61);
  sink.pointer({ x: 1, y: 1 }, 1);
  await sink.flushed();
  await sink[Symbol.asyncDispose]();
  assert.equal(input.leds, undefined);
  await input[Symbol.asyncDispose]();
});
