/**
 * What proxies of tests have in common: a port of this machine that leads to another one.
 *
 * @module
 */

/** Owns a listener and what connects through it. */
export abstract class LoopbackProxy implements AsyncDisposable {
  readonly #listener: Deno.TcpListener;
  readonly #target: number;
  readonly #open = new Set<Deno.TcpConn>();
  readonly #tasks: Promise<void>[] = [];

  /** @param target A port of this machine. */
  constructor(target: number) {
    this.#target = target;
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.#tasks.push(this.#accept());
  }

  /** Where to connect instead. */
  get port(): number {
    return this.#listener.addr.port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const conn of this.#open) closeConnection(conn);
    await Promise.all(this.#tasks);
  }

  /** Passes on what comes from one of the two, and closes both in the end. Called for both directions at once. */
  protected abstract pass(from: Deno.TcpConn, to: Deno.TcpConn, isDown: boolean): Promise<void>;

  async #accept(): Promise<void> {
    try {
      for (;;) {
        const client = await this.#listener.accept();
        const server = await Deno.connect({ hostname: "127.0.0.1", port: this.#target });
        for (const conn of [client, server]) {
          conn.setNoDelay(true);
          this.#open.add(conn);
        }
        this.#tasks.push(this.pass(client, server, false), this.pass(server, client, true));
      }
    } catch { /* it was closed */ }
  }
}

/** Closes a connection, which may be closed already. */
export function closeConnection(conn: Deno.TcpConn): void {
  try {
    conn.close();
  } catch { /* closed already */ }
}
