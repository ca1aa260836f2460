/**
 * What every clipboard keeps to.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Clipboard } from "../../lib/clipboard/clipboard.ts";
import { MemoryClipboard } from "../../lib/clipboard/memory.ts";
import { X11Selections } from "../../lib/clipboard/x11_selections.ts";
import { XDisplay } from "../../lib/ffi/x_display.ts";
import { Xvfb } from "../support/xvfb.ts";

const LIMIT = 1000;

/** A clipboard, and somebody else who copies; resolves when the clipboard can have heard of it. */
interface Subject {
  readonly clipboard: Clipboard;
  copy(text: string): Promise<void>;
  /** Resolves when an offer is there for all. */
  settled(): Promise<void>;
}

const SUBJECTS: Readonly<Record<string, (stack: AsyncDisposableStack) => Promise<Subject>>> = {
  MemoryClipboard(stack) {
    const clipboard = stack.use(new MemoryClipboard(LIMIT));
    return Promise.resolve({
      clipboard,
      copy: (text) => Promise.resolve(clipboard.copy(text)),
      settled: () => Promise.resolve(),
    });
  },
  async X11Selections(stack) {
    const server = stack.use(await Xvfb.start());
    const display = stack.use(XDisplay.open({ display: server.display }));
    const clipboard = stack.use(new X11Selections(display, { limit: LIMIT }));
    const elsewhere = stack.use(XDisplay.open({ display: server.display }));
    const other = stack.use(new X11Selections(elsewhere));
    return {
      clipboard,
      async copy(text) {
        other.offer(text);
        // PRIMARY is read when it has been still for a moment.
        await new Promise((resolve) => setTimeout(resolve, 150));
      },
      settled: () => new Promise((resolve) => setTimeout(resolve, 50)),
    };
  },
};

for (const [name, open] of Object.entries(SUBJECTS)) {
  const test = (title: string, body: (subject: Subject) => Promise<void>) =>
    Deno.test(`Clipboard contract, ${name}: ${title}`, async () => {
      await using stack = new AsyncDisposableStack();
      await body(await open(stack));
    });
  const next = (clipboard: Clipboard) => clipboard.changed(AbortSignal.timeout(5000));

  test("changed() brings new texts, each with another serial", async ({ clipboard, copy }) => {
    await copy("one\nж😀");
    const first = await next(clipboard);
    assert.equal(first.text, "one\nж😀");
    const waiting = next(clipboard);
    await copy("two");
    const second = await waiting;
    assert.equal(second.text, "two");
    assert.notEqual(second.serial, first.serial);
  });

  test("changed() brings the last of several that nobody waited for", async ({ clipboard, copy }) => {
    await copy("one");
    await copy("two");
    assert.equal((await next(clipboard)).text, "two");
  });

  test("empty texts, too long ones and the same again are not brought", async ({ clipboard, copy }) => {
    await copy("");
    await copy("x".repeat(LIMIT + 1));
    await copy("one");
    assert.equal((await next(clipboard)).text, "one");
    await copy("one");
    await copy("x".repeat(LIMIT));
    assert.equal((await next(clipboard)).text.length, LIMIT);
  });

  test("what is offered does not come back", async ({ clipboard, copy, settled }) => {
    clipboard.offer("ours");
    await settled();
    await copy("ours");
    await copy("theirs");
    assert.equal((await next(clipboard)).text, "theirs");
    clipboard.offer("ours");
    await settled();
    await copy("theirs");
    assert.equal((await next(clipboard)).text, "theirs");
  });

  test("changed() throws its signal's reason", async ({ clipboard }) => {
    const reason = new Error("enough");
    await assert.rejects(clipboard.changed(AbortSignal.abort(reason)), reason);
    const controller = new AbortController();
    const rejection = assert.rejects(clipboard.changed(controller.signal), reason);
    controller.abort(reason);
    await rejection;
  });
}
