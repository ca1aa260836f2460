/**
 * A connection of the server to itself: a byte that goes round it arrives when the event loop has looked at its sockets,
 * all of them, and not before. Takes 0.1 ms where going round the loop as often as it needs takes 0.3 (core/next_turn.ts).
 *
 * @module
 */

const BYTE = Uint8Array.of(0);

/**
 * Connects to a listener, and closes that.
 *
 * @param listener Of this process, on this machine, for nobody else. Who else comes is turned away.
 * @returns Both ends.
 * @throws {Error} It cannot be connected to.
 */
export async function connectToItself(listener: Deno.TcpListener): Promise<[Deno.TcpConn, Deno.TcpConn]> {
  using ours = listener;
  const { hostname, port } = ours.addr;
  const near = await Deno.connect({ hostname, port });
  for (;;) {
    const far = await ours.accept();
    if (far.remoteAddr.port === near.localAddr.port) return [near, far];
    far.close();
  }
}

/** Both ends. Owns them. */
export class OwnConnection implements Disposable {
  readonly #near: Deno.TcpConn;
  readonly #far: Deno.TcpConn;
  #waiting: PromiseWithResolvers<void> | undefined;
  #closed = false;

  private constructor(near: Deno.TcpConn, far: Deno.TcpConn) {
    this.#near = near;
    this.#far = far;
    near.setNoDelay(true); // or the byte waits for the last one's acknowledgement
    void this.#hear();
  }

  /**
   * Connects, and closes the listener.
   *
   * @param listener Of this process, on this machine, for nobody else. Who else comes is turned away.
   * @throws {Error} It cannot be connected to.
   */
  static async open(listener: Deno.TcpListener): Promise<OwnConnection> {
    const [near, far] = await connectToItself(listener);
    return new OwnConnection(near, far);
  }

  /** Resolves when the event loop has looked at its sockets. One wait at a time. */
  readonly rest = (): Promise<void> => {
    if (this.#closed) return Promise.resolve();
    const waiting = this.#waiting = Promise.withResolvers<void>();
    this.#near.write(BYTE).catch(() => this[Symbol.dispose]());
    return waiting.promise;
  };

  [Symbol.dispose](): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#near.close();
    this.#far.close();
    this.#waiting?.resolve();
  }

  /** There is always a read under way, so that it is the loop that finds the byte. */
  async #hear(): Promise<void> {
    const into = new Uint8Array(16);
    try {
      while (await this.#far.read(into) !== null) this.#waiting?.resolve();
    } catch {
      // Closed, by whom else?
    }
    this[Symbol.dispose]();
  }
}
