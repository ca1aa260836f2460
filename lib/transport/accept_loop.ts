/**
 * Accepting connections, whatever the system says: a server that has no descriptors left goes on with the peers that it
 * has, and takes new ones when there are some again.
 *
 * @module
 */
import { type Clock, SYSTEM_CLOCK } from "../core/clock.ts";
import { getLogger } from "../core/log.ts";
import { turnUsedUp } from "../core/next_turn.ts";

/** Waits between attempts when the system cannot accept, in ms: twice as long each time. */
const BACKOFF_MS = { least: 50, most: 5000 };

/** That the system cannot accept is told so often at most, in ms: it may come and go with every connection. */
const TOLD_EACH_MS = 60_000;

/** A listening socket: a `Deno.Listener`. */
export interface ListeningSocket {
  accept(): Promise<Deno.Conn>;
}

/**
 * Accepts until the listener is closed or the signal aborts.
 *
 * @param take Owns the connection. When it throws, the connection is closed.
 */
export async function acceptLoop(
  listener: ListeningSocket,
  take: (connection: Deno.Conn) => void,
  signal: AbortSignal,
  clock: Clock = SYSTEM_CLOCK,
): Promise<void> {
  // Deno finds out how long the stack may be when it first writes one down, by opening a file; where no descriptors are left
  // that ends the process (2.9). So it is done before, and errors can be logged then.
  void new Error().stack;
  const troubles = new Troubles(clock);
  let backoffMs = BACKOFF_MS.least;
  while (!signal.aborted) {
    let connection: Deno.Conn;
    try {
      connection = await listener.accept();
    } catch (error) {
      if (signal.aborted || error instanceof Deno.errors.BadResource) return;
      if (error instanceof Deno.errors.ConnectionAborted) continue; // the peer has gone already
      troubles.tell(error);
      await clock.sleep(backoffMs, signal).catch(() => {});
      backoffMs = Math.min(backoffMs * 2, BACKOFF_MS.most);
      continue;
    }
    backoffMs = BACKOFF_MS.least;
    troubles.over();
    try {
      take(connection);
    } catch (error) {
      getLogger("server").debug("A peer has gone before anything was said: {error}", { error });
      connection.close();
    }
    await turnUsedUp(); // a crowd that connects does not keep the event loop from others
  }
}

/** Tells of failures, and of their end, once for many. */
class Troubles {
  readonly #log = getLogger("server");
  readonly #clock: Clock;
  #toldAt = -Infinity;
  #isTold = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  tell(error: unknown): void {
    if (this.#clock.now() - this.#toldAt < TOLD_EACH_MS) return;
    this.#toldAt = this.#clock.now();
    this.#isTold = true;
    this.#log.warning("Cannot accept connections, and tries again: {error}", { error });
  }

  over(): void {
    if (this.#isTold) this.#log.info("Accepts connections again");
    this.#isTold = false;
  }
}
