/**
 * All input backends.
 *
 * @module
 */
import type { XDisplay } from "../ffi/x_display.ts";
import { DiscardedInput } from "./discard.ts";
import type { InputBackend } from "./input_sink.ts";
import { XTestInput } from "./xtest.ts";

/** How to get an {@linkcode InputBackend}. */
export interface InputBackendDefinition {
  /** As in `InputBackend.name`. */
  readonly name: string;
  /** Whether it needs an X display. */
  readonly needsDisplay: boolean;
  /**
   * @param display Stays the caller's; given if it is needed.
   * @throws {NativeError} The display cannot do it.
   */
  open(display: XDisplay | undefined): InputBackend;
}

/** Backends, the better ones first. */
export const INPUT_BACKENDS: readonly InputBackendDefinition[] = [
  {
    name: "XTest",
    needsDisplay: true,
    open(display) {
      if (!display) throw new TypeError("Cannot open XTest input without a display");
      return new XTestInput(display);
    },
  },
  { name: "discard", needsDisplay: false, open: () => new DiscardedInput() },
];
