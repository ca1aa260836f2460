/**
 * A peer that says what is written down, in pieces, and hears nothing.
 *
 * @module
 */
import { setImmediate } from "node:timers";
import { DisconnectedError } from "../../lib/core/errors.ts";
import type { Peer, Transport } from "../../lib/transport/transport.ts";

/** More than any case can ask for is a fault. */
const MOST_OUTPUT = 64 * 1024 * 1024;

/** How it speaks. */
export interface Script {
  readonly bytes: Uint8Array;
  /** Bytes at a time. */
  readonly piece: number;
  /** Turns of the event loop that it waits at the end for answers before it goes. */
  readonly patience: number;
  /** Keep what is said to it. */
  readonly listens?: boolean;
}

/** Its connection, as the server has it. */
export class ScriptedTransport implements Transport {
  readonly peer: Peer;
  /** Resolves when the server lets go of it. */
  readonly released: Promise<void>;
  readonly heard: Uint8Array[] = [];
  readonly #script: Script;
  readonly #release: () => void;
  #at = 0;
  #output = 0;
  #open = true;
  #reading = false;

  constructor(peer: Peer, script: Script) {
    this.peer = peer;
    this.#script = script;
    const released = Promise.withResolvers<void>();
    this.released = released.promise;
    this.#release = released.resolve;
  }

  async read(into: Uint8Array): Promise<number | null> {
    if (this.#reading) throw new TypeError("Two read at the same time");
    this.#reading = true;
    try {
      const { bytes, piece, patience } = this.#script;
      if (!this.#open) throw new DisconnectedError("Connection broke");
      const count = Math.min(into.length, piece, bytes.length - this.#at);
      if (count === 0) {
        for (let turn = 0; turn < patience; turn++) await new Promise((resolve) => setImmediate(resolve));
        return null;
      }
      into.set(bytes.subarray(this.#at, this.#at + count));
      this.#at += count;
      return count;
    } finally {
      this.#reading = false;
    }
  }

  write(bytes: Uint8Array): Promise<void> {
    if (!this.#open) return Promise.reject(new DisconnectedError("Connection broke"));
    this.#output += bytes.length;
    if (this.#output > MOST_OUTPUT) return Promise.reject(new RangeError(`${this.#output} bytes were sent`));
    if (this.#script.listens) this.heard.push(bytes.slice());
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  [Symbol.dispose](): void {
    this.#open = false;
    this.#release();
  }
}

/** How a case's first byte makes it speak. */
export function scriptOf(control: number, bytes: Uint8Array): Script {
  return { bytes, piece: [65536, 65536, 1, 13][control & 3]!, patience: control >> 2 & 7 };
}
