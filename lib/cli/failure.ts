/**
 * Failures in words for the user.
 *
 * @module
 */
import { ConfigError, NativeError, RecordingError } from "../core/errors.ts";
import { ControlError } from "../observability/control_client.ts";
import { EXIT_FAILURE, EXIT_USAGE, type Terminal } from "./command.ts";

/** Says what went wrong, without a stack where the message says all that can be done about it. @returns The exit code. */
export function tellFailure(error: unknown, terminal: Terminal): number {
  if (error instanceof ConfigError) {
    for (const problem of error.problems) terminal.err(`porthole: ${problem}`);
    return EXIT_USAGE;
  }
  const known = error instanceof NativeError || error instanceof ControlError ||
    error instanceof RecordingError ||
    error instanceof Deno.errors.AddrInUse || error instanceof Deno.errors.AddrNotAvailable ||
    error instanceof Deno.errors.PermissionDenied;
  terminal.err(`porthole: ${known ? error.message : String((error as Error)?.stack ?? error)}`);
  return EXIT_FAILURE;
}
