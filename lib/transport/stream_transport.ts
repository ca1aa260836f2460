/**
 * A Node.js stream as a {@linkcode Transport}: what TLS and HTTP's upgrade leave behind.
 *
 * @module
 */
import type { Duplex } from "node:stream";
import { DisconnectedError } from "../core/errors.ts";
import { PEER_LIMITS } from "../core/limits.ts";
import type { Backlog, Peer, Transport } from "./transport.ts";

/** Owns its stream, and through it what that lies on. */
export class StreamTransport implements Transport {
  readonly peer: Peer;
  readonly #stream: Duplex;
  readonly #transport: Transport | undefined;
  #failure: unknown;

  /**
   * @param peer Who is there, as far as the stream's maker knows.
   * @param transport What the stream lies on, to be asked how the connection stands.
   */
  constructor(stream: Duplex, peer: Peer, transport?: Transport) {
    this.peer = peer;
    this.#stream = stream;
    this.#transport = transport;
    stream.on("error", (error) => this.#failure ??= error);
  }

  async read(into: Uint8Array): Promise<number | null> {
    const stream = this.#stream;
    for (;;) {
      const size = Math.min(into.length, stream.readableLength);
      const chunk: Uint8Array | null = stream.read(size);
      if (chunk && size > 0) {
        into.set(chunk);
        return chunk.length;
      }
      if (this.#failure) throw broken(this.#failure);
      if (stream.readableEnded) return null;
      if (stream.destroyed) throw broken();
      await anyOf(stream, ["readable", "end", "error", "close"]);
    }
  }

  write(bytes: Uint8Array): Promise<void> {
    if (bytes.length === 0) return Promise.resolve();
    const stream = this.#stream;
    return new Promise((resolve, reject) => {
      if (stream.destroyed || stream.writableEnded) return reject(broken(this.#failure));
      // A stream that is destroyed need not call back.
      const closed = () => reject(broken(this.#failure));
      stream.once("close", closed);
      // Called when what is beneath has taken all: nothing piles up.
      stream.write(bytes, (error) => {
        stream.off("close", closed);
        if (error) reject(broken(error));
        else resolve();
      });
    });
  }

  backlog(): Backlog | undefined {
    return this.#transport?.backlog?.();
  }

  limitUnsent(bytes: number): void {
    this.#transport?.limitUnsent?.(bytes);
  }

  async close(graceMs: number = PEER_LIMITS.closeGraceMs): Promise<void> {
    const stream = this.#stream;
    if (stream.destroyed) return;
    const timer = setTimeout(() => stream.destroy(), graceMs);
    try {
      stream.end();
      const sink = new Uint8Array(4096);
      while (await this.read(sink) !== null);
    } catch {
      /* it has gone, which is what we want */
    } finally {
      clearTimeout(timer);
      stream.destroy();
    }
  }

  [Symbol.dispose](): void {
    this.#stream.destroy();
  }
}

/** Waits for the first of some events. */
function anyOf(stream: Duplex, events: readonly string[]): Promise<void> {
  return new Promise((resolve) => {
    const happened = () => {
      for (const event of events) stream.off(event, happened);
      resolve();
    };
    for (const event of events) stream.on(event, happened);
  });
}

function broken(cause?: unknown): DisconnectedError {
  return cause instanceof DisconnectedError ? cause : new DisconnectedError("Connection broke", { cause });
}
