/**
 * What every input backend keeps to.
 *
 * @module
 */
import assert from "node:assert/strict";
import { XDisplay } from "../../lib/ffi/x_display.ts";
import { DiscardedInput, type InputRecord } from "../../lib/input/discard.ts";
import type { InputBackend } from "../../lib/input/input_sink.ts";
import { XK } from "../../lib/input/keysyms.ts";
import { INPUT_BACKENDS } from "../../lib/input/registry.ts";
import { Xvfb } from "../support/xvfb.ts";

for (const { name, needsDisplay, open } of INPUT_BACKENDS) {
  /** Runs a test on a backend; `down` says what the machine holds: keycodes and buttons. */
  const test = (
    title: string,
    body: (backend: InputBackend, down: () => Promise<readonly string[]>) => Promise<void>,
  ) =>
    Deno.test(`InputSink contract, ${name}: ${title}`, async () => {
      await using stack = new AsyncDisposableStack();
      if (!needsDisplay) {
        const records: InputRecord[] = [];
        const backend = stack.use(name === "discard" ? new DiscardedInput(records) : open(undefined));
        return await body(backend, () => Promise.resolve(heldIn(records)));
      }
      const server = stack.use(await Xvfb.start());
      const display = stack.use(XDisplay.open({ display: server.display }));
      const backend = stack.use(open(display));
      await body(backend, () => heldOn(display));
    });

  test("has its name", (backend) => {
    assert.equal(backend.name, name);
    return Promise.resolve();
  });

  test("every key and button that went down goes up when the sink is disposed", async (backend, down) => {
    const sink = backend.open();
    for (const keysym of [XK.Control_L, XK.Shift_R, 0x61, 0x41, 0x20ac, 0x0100_65e5, 0x1008ff13]) {
      sink.key(keysym, true);
    }
    sink.keyByPosition(0x10, 0x71, true);
    sink.pointer({ x: 5, y: 5 }, 0b1_0000_0111);
    await sink.flushed();
    assert.ok((await down()).length >= 6);
    await sink[Symbol.asyncDispose]();
    assert.deepEqual(await down(), []);
  });

  test("releaseAll() lets go at once, and the sink can be used again", async (backend, down) => {
    const sink = backend.open();
    sink.key(0x61, true);
    sink.pointer({ x: 5, y: 5 }, 1);
    sink.releaseAll();
    await sink.flushed();
    assert.deepEqual(await down(), []);
    sink.key(0x61, true);
    await sink.flushed();
    assert.equal((await down()).length, 1);
    sink.key(0x61, false);
    await sink.flushed();
    assert.deepEqual(await down(), []);
    await sink[Symbol.asyncDispose]();
  });

  test("an up without a down, keysym 0 and keysym 0xffffffff are nothing", async (backend, down) => {
    const sink = backend.open();
    sink.key(0x61, false);
    sink.keyByPosition(0x10, 0, false);
    sink.key(0, true);
    sink.key(0xffff_ffff, true);
    sink.keyByPosition(0, 0, true);
    await sink.flushed();
    assert.deepEqual(await down(), []);
    await sink[Symbol.asyncDispose]();
  });

  test("prepare() presses nothing, and what comes then works", async (backend, down) => {
    const sink = backend.open();
    backend.prepare?.();
    await sink.flushed();
    assert.deepEqual(await down(), []);
    sink.key(0x61, true);
    backend.prepare?.();
    await sink.flushed();
    assert.equal((await down()).length, 1);
    await sink[Symbol.asyncDispose]();
  });

  test("any keysym and scancode that a client may send is survived", async (backend, down) => {
    const sink = backend.open();
    for (const value of [1, 0x7f, 0x80, 0xdead_beef, 0xffff_fffe, 0x0111_0000, 0x00ff_ffff, 0xfed5]) {
      sink.key(value, true);
      sink.key(value, false);
      sink.keyByPosition(value, value, true);
      sink.keyByPosition(value, value, false);
    }
    sink.pointer({ x: 65535, y: 65535 }, 0xffff);
    sink.pointer({ x: 0, y: 0 }, 0);
    await sink.flushed();
    assert.deepEqual(await down(), []);
    await sink[Symbol.asyncDispose]();
  });

  test("what two clients hold is held until the last one lets go", async (backend, down) => {
    const [first, second] = [backend.open(), backend.open()];
    for (const sink of [first, second]) sink.key(XK.Shift_L, true);
    await first[Symbol.asyncDispose]();
    await second.flushed();
    assert.equal((await down()).length, 1);
    await second[Symbol.asyncDispose]();
    assert.deepEqual(await down(), []);
  });

  test(
    "disposing the backend releases what its sinks hold; later calls are nothing",
    async (backend, down) => {
      const sink = backend.open();
      sink.key(0x61, true);
      if (needsDisplay) {
        await backend[Symbol.asyncDispose]();
        assert.deepEqual(await down(), []);
      }
      await sink[Symbol.asyncDispose]();
      sink.releaseAll();
      await sink.flushed();
      assert.deepEqual(await down(), []);
    },
  );
}

/** What clients of {@linkcode DiscardedInput} hold; one that two hold counts once. */
function heldIn(records: readonly InputRecord[]): string[] {
  const counts = new Map<string, number>();
  let buttons = 0;
  for (const record of records) {
    if (record.type === "pointer") buttons = record.buttons;
    else {
      const key = `${record.keysym} at ${record.scancode}`;
      counts.set(key, (counts.get(key) ?? 0) + (record.down ? 1 : -1));
    }
  }
  return [
    ...[...counts].filter(([, count]) => count > 0).map(([key]) => key),
    ...(buttons ? [`${buttons}`] : []),
  ];
}

/** Keycodes that are down on a display, and its buttons. */
function heldOn(display: XDisplay): Promise<string[]> {
  const keys = new Uint8Array(32);
  display.x11.XQueryKeymap(display.handle, keys);
  const held: string[] = [];
  for (let keycode = 0; keycode < 256; keycode++) {
    if (keys[keycode >> 3]! >> (keycode & 7) & 1) held.push(`key ${keycode}`);
  }
  const [root, child, rootX, rootY, x, y, mask] = Array.from({ length: 7 }, () => new Uint32Array(2));
  display.x11.XQueryPointer(display.handle, display.root, root!, child!, rootX!, rootY!, x!, y!, mask!);
  if (mask![0]! & 0x1f00) held.push(`buttons ${mask![0]! >> 8 & 0x1f}`);
  return Promise.resolve(held);
}
