/**
 * A slow link on this machine: a TCP proxy that passes bytes on at a rate, after a delay, out of a queue that holds so
 * much; or that stops for as long as a test wants.
 *
 * What it has taken and not passed on is in the network, as far as the server can tell, so that pacing has to keep it
 * small. It reads no more than its queue holds.
 *
 * @module
 */
import { closeConnection, LoopbackProxy } from "./loopback_proxy.ts";

/** What the link is like, in both directions. */
export interface LinkShape {
  /** Bytes per ms: 2500 is 20 Mbit/s. Default: no limit. */
  readonly bytesPerMs?: number;
  /** One way, in ms. Default 0. */
  readonly delayMs?: number;
  /** Bytes that wait to be passed on. Default 4 MiB. */
  readonly queueBytes?: number;
}

/** Owns a listener and what connects through it. */
export class ShapingProxy extends LoopbackProxy {
  readonly #shape: Required<LinkShape>;
  #stalled: PromiseWithResolvers<void> | undefined;
  #passed = 0;
  #taken = 0;

  /** In front of a port of this machine. */
  constructor(target: number, { bytesPerMs = Infinity, delayMs = 0, queueBytes = 4 << 20 }: LinkShape = {}) {
    super(target);
    this.#shape = { bytesPerMs, delayMs, queueBytes };
  }

  /** Bytes from the server that the proxy has taken, and that it has passed on. */
  get taken(): number {
    return this.#taken;
  }

  get passed(): number {
    return this.#passed;
  }

  /** Passes nothing on from the server any more; goes on reading as long as its queue has room. */
  stall(): void {
    this.#stalled ??= Promise.withResolvers();
  }

  resume(): void {
    this.#stalled?.resolve();
    this.#stalled = undefined;
  }

  override [Symbol.asyncDispose](): Promise<void> {
    this.resume();
    return super[Symbol.asyncDispose]();
  }

  protected async pass(from: Deno.TcpConn, to: Deno.TcpConn, isDown: boolean): Promise<void> {
    const { bytesPerMs, delayMs, queueBytes } = this.#shape;
    const queue: { readonly bytes: Uint8Array<ArrayBuffer>; readonly at: number }[] = [];
    let queued = 0;
    let freeAt = 0;
    let news = Promise.withResolvers<void>();
    let room = Promise.withResolvers<void>();
    let ended = false;
    const reading = (async () => {
      try {
        for (;;) {
          const bytes = new Uint8Array(Math.min(queueBytes, 16 * 1024));
          const count = await from.read(bytes);
          if (count === null) break;
          if (isDown) this.#taken += count;
          const now = performance.now();
          freeAt = Math.max(now, freeAt) + count / bytesPerMs;
          queue.push({ bytes: bytes.slice(0, count), at: freeAt + delayMs });
          queued += count;
          news.resolve();
          while (queued >= queueBytes) {
            room = Promise.withResolvers();
            await room.promise;
          }
        }
      } catch {
        /* gone */
      }
      ended = true;
      news.resolve();
    })();
    try {
      for (;;) {
        const next = queue.shift();
        if (!next) {
          if (ended) break;
          news = Promise.withResolvers();
          await news.promise;
          continue;
        }
        const wait = next.at - performance.now();
        if (wait > 0.5) await new Promise((resolve) => setTimeout(resolve, wait));
        if (isDown) await this.#stalled?.promise;
        for (let at = 0; at < next.bytes.length;) at += await to.write(next.bytes.subarray(at));
        if (isDown) this.#passed += next.bytes.length;
        queued -= next.bytes.length;
        room.resolve();
      }
    } catch {
      /* gone */
    }
    queued = -Infinity;
    room.resolve();
    closeConnection(to);
    closeConnection(from);
    await reading;
  }
}
