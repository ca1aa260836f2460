/**
 * `porthole restore`: puts back what a server that was killed has changed of a display.
 *
 * @module
 */
import type { RestoreCommand, Terminal } from "./command.ts";
import { tellFailure } from "./failure.ts";

/** The X server may take a moment to see that a process has gone. */
const TRIES = 10;
const BETWEEN_TRIES_MS = 200;

/** Puts back what was changed. @returns For how many processes. @throws {NativeError} The display cannot be opened. */
export type RestoreDisplay = (address: { readonly display: string; readonly authority: string }) => number;

/** Does it. @returns The exit code. */
export async function restore(
  { display = "", authority = "" }: RestoreCommand,
  restoreDisplay: RestoreDisplay,
  terminal: Terminal,
): Promise<number> {
  try {
    for (let left = TRIES; left > 0; left--) {
      if (restoreDisplay({ display, authority }) > 0) {
        terminal.out("Monitors, devices and keys are as they were before.");
        return 0;
      }
      if (left > 1) await new Promise((resolve) => setTimeout(resolve, BETWEEN_TRIES_MS));
    }
    terminal.out("There was nothing to put back.");
    return 0;
  } catch (error) {
    return tellFailure(error, terminal);
  }
}
