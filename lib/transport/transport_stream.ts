/**
 * A transport as a Node.js stream, for what works on streams only: Node's TLS and its HTTP server. The way back is
 * `stream_transport.ts`.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { Duplex } from "node:stream";
import { turnUsedUp } from "../core/next_turn.ts";
import type { Peer, Transport } from "./transport.ts";

/** Bytes that are read at a time, where nothing else is said. */
const READ_SIZE = 16 * 1024;

/** Owns its transport. Reads only when its reader wants more, and takes more only when the transport has taken what it had. */
export class TransportStream extends Duplex {
  readonly peer: Peer;
  /** To be asked how the connection stands, not to be read or written. */
  readonly transport: Transport;
  #buffer: Uint8Array;
  /** What is read goes on when others have had their turn. */
  #inTurns: boolean;

  /**
   * @param readBytes Bytes that are read at a time: what its reader makes of them is made in one go, and of a crowd of such
   *   readers no more in a turn of the event loop than there is time for. By default, as much as is usual, at once.
   */
  constructor(transport: Transport, readBytes?: number) {
    super({ readableHighWaterMark: readBytes ?? READ_SIZE, writableHighWaterMark: READ_SIZE });
    this.#buffer = new Uint8Array(readBytes ?? READ_SIZE);
    this.#inTurns = readBytes !== undefined;
    this.peer = transport.peer;
    this.transport = transport;
  }

  /** From now on as much is read at a time as is usual, and goes on at once. */
  widen(): void {
    this.#inTurns = false;
    this.#buffer = new Uint8Array(READ_SIZE);
  }

  override _read(): void {
    const buffer = this.#buffer;
    this.transport.read(buffer).then(
      (count) => this.#take(count === null ? null : Buffer.from(buffer.subarray(0, count))),
      (error) => this.destroy(error),
    );
  }

  #take(bytes: Buffer | null): void {
    const pause = this.#inTurns ? turnUsedUp("new") : undefined;
    if (pause) void pause.then(() => this.push(bytes));
    else this.push(bytes);
  }

  override _write(bytes: Uint8Array, _encoding: string, done: (error?: Error | null) => void): void {
    this.transport.write(bytes).then(() => done(), done);
  }

  override _final(done: (error?: Error | null) => void): void {
    // The transport's close waits for the peer, and reads what it still sends: so must not we.
    done();
    void this.transport.close().finally(() => this.destroy());
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.transport[Symbol.dispose]();
    done(error);
  }

  // What code that was written for sockets calls.

  /** Deadlines are those of the server that owns the connection. */
  setTimeout(): this {
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }
}
