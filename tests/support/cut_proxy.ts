/**
 * A way to a server that breaks after so many bytes of the client's.
 *
 * @module
 */

/** Listens on a port of its own; each connection breaks by the rule at that moment. Owns its connections. */
export class CutProxy implements AsyncDisposable {
  /** Bytes of the client's that still pass on connections that begin now. */
  cutAfter = Infinity;
  /** Bytes that clients have sent on the last connection. */
  passed = 0;
  readonly #listener: Deno.TcpListener;
  readonly #target: number;
  readonly #open = new Set<Deno.Conn>();
  readonly #tasks: Promise<void>[] = [];

  private constructor(target: number) {
    this.#target = target;
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.#tasks.push(this.#accept());
  }

  static to(port: number): CutProxy {
    return new CutProxy(port);
  }

  get port(): number {
    return this.#listener.addr.port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const conn of this.#open) close(conn);
    await Promise.all(this.#tasks);
  }

  async #accept(): Promise<void> {
    try {
      for (;;) {
        const client = await this.#listener.accept();
        const server = await Deno.connect({ hostname: "127.0.0.1", port: this.#target });
        this.#open.add(client).add(server);
        this.passed = 0;
        this.#tasks.push(this.#pass(client, server, this.cutAfter), this.#pass(server, client, Infinity));
      }
    } catch { /* it was closed */ }
  }

  async #pass(from: Deno.Conn, to: Deno.Conn, most: number): Promise<void> {
    const buffer = new Uint8Array(16384);
    let left = most;
    try {
      while (left > 0) {
        const count = await from.read(buffer);
        if (count === null) break;
        const part = buffer.subarray(0, Math.min(count, left));
        for (let at = 0; at < part.length;) at += await to.write(part.subarray(at));
        left -= part.length;
        if (most !== Infinity || this.cutAfter === Infinity) this.passed += part.length;
      }
    } catch { /* one of the two has gone */ }
    close(from);
    close(to);
  }
}

function close(conn: Deno.Conn): void {
  try {
    conn.close();
  } catch { /* closed already */ }
}
