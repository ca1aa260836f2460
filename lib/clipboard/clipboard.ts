/**
 * The port of clipboards: the desktop's cut and paste, as text.
 *
 * @module
 */

/** What is new on the desktop's clipboard. */
export interface ClipboardChange {
  /** Changes with every new content. */
  readonly serial: number;
  /** Line ends are LF. At most the limit in UTF-16 units that the clipboard was opened with; longer texts are not offered. */
  readonly text: string;
}

/** The desktop's clipboard. One reader: the desktop. Content is never logged. */
export interface Clipboard extends AsyncDisposable {
  /**
   * Waits for a new content that somebody else than us has put there, and takes it.
   *
   * @throws The signal's reason when it aborts; `DisplayLostError` when the display has gone.
   */
  changed(signal: AbortSignal): Promise<ClipboardChange>;

  /** Puts `text` there for the desktop's applications to paste. Line ends are LF. Does not come back by `changed()`. */
  offer(text: string): void;
}
