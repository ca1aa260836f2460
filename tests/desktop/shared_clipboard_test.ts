/**
 * @module
 */
import assert from "node:assert/strict";
import type { Clipboard, ClipboardChange } from "../../lib/clipboard/clipboard.ts";
import { Latch } from "../../lib/core/latch.ts";
import { ClipboardSharing } from "../../lib/desktop/shared_clipboard.ts";
import { DesktopViews } from "../../lib/desktop/views.ts";

/** A clipboard on which applications put some texts, one after another, and then nothing more. */
class ScriptedClipboard implements Clipboard {
  readonly offered: string[] = [];
  readonly #texts: string[];

  constructor(...texts: string[]) {
    this.#texts = texts;
  }

  changed(signal: AbortSignal): Promise<ClipboardChange> {
    const text = this.#texts.shift();
    if (text !== undefined) return Promise.resolve({ serial: 7, text });
    return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  }

  offer(text: string): void {
    this.offered.push(text);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }
}

function setUp() {
  const views = new DesktopViews(() => {});
  const news = new Latch();
  const view = views.join(news, undefined);
  return { sharing: new ClipboardSharing(views), news, view };
}

const SOON = () => AbortSignal.timeout(5000);

Deno.test("ClipboardSharing hands a client's text to the desktop, and says whose it is", async () => {
  const { sharing, news, view } = setUp();
  await news.wait(SOON()); // that it has come in
  const clipboard = new ScriptedClipboard();
  assert.equal(sharing.latest, undefined);
  sharing.offer("from a client", view, clipboard);
  assert.deepEqual(clipboard.offered, ["from a client"]);
  assert.deepEqual(sharing.latest, { serial: 1, text: "from a client", origin: view });
  await news.wait(SOON());
});

Deno.test("ClipboardSharing shares a client's text where the desktop has no clipboard, too", () => {
  const { sharing, view } = setUp();
  sharing.offer("for the others", view, undefined);
  assert.equal(sharing.latest?.text, "for the others");
});

Deno.test("ClipboardSharing follows one desktop's clipboard after another, with serials of its own", async () => {
  const { sharing, news } = setUp();
  for (
    const [clipboard, serial] of [[new ScriptedClipboard("a", "b"), 2], [
      new ScriptedClipboard("c"),
      3,
    ]] as const
  ) {
    const ended = new AbortController();
    const following = sharing.follow(clipboard, ended.signal);
    while (sharing.latest?.serial !== serial) await news.wait(SOON());
    ended.abort(new Error("lost"));
    await assert.rejects(following, { message: "lost" });
  }
  assert.deepEqual(sharing.latest, { serial: 3, text: "c" }, "which nobody of the clients has put there");
});
