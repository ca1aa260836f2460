/**
 * Waiting for a connection to become readable, at no cost, and being woken from it.
 *
 * @module
 */
import { NativeError } from "../core/errors.ts";
import { LIBC } from "./libc.ts";
import { pollfd } from "./structs.ts";

const POLLIN = 1;
const EFD_CLOEXEC_NONBLOCK = 0o2004000;

/** Waits for one file descriptor by `poll()` on another thread. Does not own the descriptor. */
export class ConnectionPoll implements Disposable {
  /** Held for as long as a wait is under way, which may be longer than the display is open. */
  readonly #library = LIBC.open();
  readonly #libc = this.#library.symbols;
  /** An eventfd whose only use is to end a `poll()` that nothing else would end. */
  readonly #waker: number;
  readonly #fds = new Uint8Array(2 * pollfd.size);
  readonly #counter = new BigUint64Array(1);
  readonly #end = Promise.withResolvers<void>();
  #waiting = false;
  #disposed = false;

  /** @throws {NativeError} The process has no file descriptors left. */
  constructor(fd: number) {
    this.#waker = this.#libc.eventfd(0, EFD_CLOEXEC_NONBLOCK);
    if (this.#waker < 0) {
      throw new NativeError("Cannot wait for the X server: no file descriptor left", "eventfd");
    }
    const view = new DataView(this.#fds.buffer);
    for (const [at, one] of [fd, this.#waker].entries()) {
      view.setInt32(at * pollfd.size + pollfd.fd, one, true);
      view.setInt16(at * pollfd.size + pollfd.events, POLLIN, true);
    }
  }

  /** Resolves when this is disposed and no wait is under way: the system holds nothing of it any more. */
  get ended(): Promise<void> {
    return this.#end.promise;
  }

  /**
   * Resolves when there is something to read, when the peer has gone, after a `wake()`, or after `timeoutMs`; -1 is
   * never. One wait at a time.
   */
  async wait(timeoutMs: number): Promise<void> {
    if (this.#disposed) return;
    this.#waiting = true;
    await this.#libc.poll(this.#fds, 2n, timeoutMs);
    this.#waiting = false;
    if (this.#disposed) this.#close();
    else this.#libc.eventfd_read(this.#waker, this.#counter);
  }

  /** Ends the wait that is under way, or the next one. */
  wake(): void {
    if (!this.#disposed) this.#libc.eventfd_write(this.#waker, 1n);
  }

  [Symbol.dispose](): void {
    if (this.#disposed) return;
    this.wake();
    this.#disposed = true;
    if (!this.#waiting) this.#close();
  }

  #close(): void {
    this.#libc.close(this.#waker);
    this.#library[Symbol.dispose]();
    this.#end.resolve();
  }
}
