/**
 * A peer whose first bytes come one at a time: a TCP proxy that takes its time with them.
 *
 * @module
 */
import { closeConnection, LoopbackProxy } from "./loopback_proxy.ts";

/** How it dribbles. */
export interface Dribble {
  /** So many bytes of the client go one at a time, the others as they come. */
  readonly bytes: number;
  /** Between two of them, in ms. Default 1. */
  readonly pauseMs?: number;
  /** Before the second one, in ms. Default that of all. */
  readonly firstPauseMs?: number;
}

/** In front of a port of this machine. Owns a listener and what connects through it. */
export class DribblingProxy extends LoopbackProxy {
  readonly #dribble: Required<Dribble>;

  constructor(target: number, { bytes, pauseMs = 1, firstPauseMs = pauseMs }: Dribble) {
    super(target);
    this.#dribble = { bytes, pauseMs, firstPauseMs };
  }

  protected async pass(from: Deno.TcpConn, to: Deno.TcpConn, isDown: boolean): Promise<void> {
    const { bytes, pauseMs, firstPauseMs } = this.#dribble;
    let single = isDown ? 0 : bytes;
    const buffer = new Uint8Array(16 * 1024);
    try {
      for (;;) {
        const count = await from.read(buffer);
        if (count === null) break;
        for (let at = 0; at < count;) {
          at += await to.write(buffer.subarray(at, single > 0 ? at + 1 : count));
          if (single <= 0) continue;
          const pause = single-- === bytes ? firstPauseMs : pauseMs;
          await new Promise((resolve) => setTimeout(resolve, pause));
        }
      }
    } catch { /* gone */ }
    closeConnection(to);
    closeConnection(from);
  }
}
