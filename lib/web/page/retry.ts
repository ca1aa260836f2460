/**
 * Whether and when to try again after a connection has ended.
 *
 * @module
 */

/** Waits between attempts, in seconds; the last one goes on for ever. */
const WAITS = [1, 2, 4, 8, 15, 30] as const;

/** Seconds to wait before attempt number `attempt`, from 0. */
export function secondsBefore(attempt: number): number {
  return WAITS[Math.min(Math.max(0, attempt), WAITS.length - 1)]!;
}

/** How a WebSocket was closed (RFC 6455 §7.4). */
export interface Ending {
  readonly code: number;
  readonly reason: string;
}

/** What to tell the user, and whether it makes sense to come back by ourselves. */
export interface Verdict {
  readonly reason: string;
  readonly again: boolean;
}

/** @param wasConnected The desktop had been seen. */
export function judge({ code, reason }: Ending, wasConnected: boolean): Verdict {
  // The server has ended this session and no other: to come back at once would be to quarrel.
  if (code === 1000) return { reason: reason || "The server has closed the connection", again: false };
  if (code >= 1002 && code <= 1010 && code !== 1005 && code !== 1006) return { reason, again: false };
  const lost = wasConnected ? "The connection was lost" : "The server does not answer";
  return { reason: reason || lost, again: true };
}
