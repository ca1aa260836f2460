/**
 * What a desktop stands on: a screen, its input and its clipboard, opened together.
 *
 * @module
 */
import type { ScreenSource } from "../capture/screen_source.ts";
import type { Clipboard } from "../clipboard/clipboard.ts";
import type { Curtain } from "../core/curtain.ts";
import type { Questioner } from "../core/questioner.ts";
import type { InputBackend } from "../input/input_sink.ts";

/** Owns all three; disposing it closes them and the connection that they share. */
export interface DesktopBackend extends AsyncDisposable {
  /** The display's name, for logs: ":0", "pattern:". */
  readonly name: string;
  readonly screen: ScreenSource;
  readonly input: InputBackend;
  /** Absent where there is none, or where it is switched off. */
  readonly clipboard?: Clipboard;
  /** Asks whoever sits there; absent where nobody does. */
  readonly questioner?: Questioner;
  /** Hides the desktop from whoever sits there; absent where there is nothing to hide. */
  readonly curtain?: Curtain;
}
