/**
 * One clipboard for the desktop and all its clients: the latest text, from wherever it came.
 *
 * @module
 */
import type { Clipboard, ClipboardChange } from "../clipboard/clipboard.ts";
import type { DesktopView } from "./desktop_view.ts";
import type { DesktopViews } from "./views.ts";

/** Text for the clients' clipboards, and who it came from. */
export interface SharedClipboard extends ClipboardChange {
  /** The client that put it there, which is not told of it again. */
  readonly origin?: DesktopView;
}

/** Keeps the latest text, and tells clients that there is one. Outlives displays, and counts across them. */
export class ClipboardSharing {
  readonly #views: DesktopViews;
  #latest: SharedClipboard | undefined;
  #serial = 0;

  constructor(views: DesktopViews) {
    this.#views = views;
  }

  /** What is on the clipboard, once something has been put there. */
  get latest(): SharedClipboard | undefined {
    return this.#latest;
  }

  /** A client's text: for the desktop's applications, if they have a clipboard, and for the other clients. */
  offer(text: string, origin: DesktopView, clipboard: Clipboard | undefined): void {
    clipboard?.offer(text);
    this.#share({ serial: ++this.#serial, text, origin });
  }

  /** Takes what the desktop's applications put there, until `signal` aborts. @throws As `Clipboard.changed()` does. */
  async follow(clipboard: Clipboard, signal: AbortSignal): Promise<never> {
    for (;;) {
      const { text } = await clipboard.changed(signal);
      this.#share({ serial: ++this.#serial, text });
    }
  }

  #share(clipboard: SharedClipboard): void {
    this.#latest = clipboard;
    this.#views.notify();
  }
}
