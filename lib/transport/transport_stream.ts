/**
 * A transport as a Node.js stream, for what works on streams only: Node's TLS and its HTTP server. The way back is
 * `stream_transport.ts`.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { Duplex } from "node:stream";
import type { Peer, Transport } from "./transport.ts";

/** Bytes that are read at a time, where nothing else is said. */
const READ_SIZE = 16 * 1024;

/** Owns its transport. Reads only when its reader wants more, and takes more only when the transport has taken what it had. */
export class TransportStream extends Duplex {
  readonly peer: Peer;
  /** To be asked how the connection stands, not to be read or written. */
  readonly transport: Transport;
  #buffer: Uint8Array;

  /** @param readBytes Bytes that are read at a time: what its reader makes of them is made in one go. */
  constructor(transport: Transport, readBytes = READ_SIZE) {
    super({ readableHighWaterMark: readBytes, writableHighWaterMark: READ_SIZE });
    this.#buffer = new Uint8Array(readBytes);
    this.peer = transport.peer;
    this.transport = transport;
  }

  /** From now on as much is read at a time as is usual. */
  widen(): void {
    this.#buffer = new Uint8Array(READ_SIZE);
  }

  override _read(): void {
    const buffer = this.#buffer;
    this.transport.read(buffer).then(
      (count) => this.push(count === null ? null : Buffer.from(buffer.subarray(0, count))),
      (error) => this.destroy(error),
    );
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
