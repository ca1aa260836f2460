/**
 * Two transports that are each other's peer, without any socket: for tests and for embedders.
 *
 * @module
 */
import { DisconnectedError } from "../core/errors.ts";
import type { Peer, Transport } from "./transport.ts";

/**
 * Makes a connected pair. A write waits until the other end has read all of it: full back-pressure.
 *
 * @param peer Who the first one says is at its other end; by default somebody on this machine.
 */
export function memoryTransports(peer: Peer = PEER): [Transport, Transport] {
  const there = new Pipe();
  const back = new Pipe();
  return [new MemoryTransport(back, there, peer), new MemoryTransport(there, back, PEER)];
}

const PEER: Peer = { transport: "memory", address: "memory", local: true, encrypted: true };

class MemoryTransport implements Transport {
  readonly peer: Peer;
  readonly #input: Pipe;
  readonly #output: Pipe;

  constructor(input: Pipe, output: Pipe, peer: Peer) {
    this.peer = peer;
    this.#input = input;
    this.#output = output;
  }

  read(into: Uint8Array): Promise<number | null> {
    return this.#input.read(into);
  }

  write(bytes: Uint8Array): Promise<void> {
    return this.#output.write(bytes);
  }

  close(): Promise<void> {
    this.#output.end();
    return Promise.resolve();
  }

  [Symbol.dispose](): void {
    this.#output.abandon();
    this.#input.break();
  }
}

/** One direction. */
class Pipe {
  #waiting: { bytes: Uint8Array; taken: () => void; failed: (error: Error) => void } | undefined;
  #reader: (() => void) | undefined;
  #ended = false;
  #broken = false;

  async read(into: Uint8Array): Promise<number | null> {
    while (!this.#waiting) {
      if (this.#broken) throw new DisconnectedError("Connection broke");
      if (this.#ended) return null;
      await new Promise<void>((resolve) => this.#reader = resolve);
    }
    const { bytes, taken } = this.#waiting;
    const count = Math.min(bytes.length, into.length);
    into.set(bytes.subarray(0, count));
    if (count === bytes.length) {
      this.#waiting = undefined;
      taken();
    } else {
      this.#waiting = { ...this.#waiting, bytes: bytes.subarray(count) };
    }
    return count;
  }

  write(bytes: Uint8Array): Promise<void> {
    if (this.#ended || this.#broken) return Promise.reject(new DisconnectedError("Connection broke"));
    if (bytes.length === 0) return Promise.resolve();
    if (this.#waiting) throw new RangeError("Cannot write while another write is under way");
    return new Promise((taken, failed) => {
      this.#waiting = { bytes: bytes.slice(), taken, failed };
      this.#wake();
    });
  }

  end(): void {
    this.#ended = true;
    this.#wake();
  }

  break(): void {
    this.#broken = true;
    this.#fail();
  }

  /** Ends it without waiting for the reader, as a socket that is closed while it writes. */
  abandon(): void {
    this.#ended = true;
    this.#fail();
  }

  #fail(): void {
    this.#waiting?.failed(new DisconnectedError("Connection broke"));
    this.#waiting = undefined;
    this.#wake();
  }

  #wake(): void {
    this.#reader?.();
    this.#reader = undefined;
  }
}
