/**
 * TCP and unix sockets as a {@linkcode Transport}: a thin coat over `Deno.Conn`.
 *
 * @module
 */
import type { SocketProbe } from "../core/backlog.ts";
import { DisconnectedError } from "../core/errors.ts";
import { PEER_LIMITS } from "../core/limits.ts";
import type { Backlog, Peer, Transport } from "./transport.ts";

/** What a peer that has gone shows itself as, from the system's point of view. */
const GONE = [
  Deno.errors.ConnectionReset,
  Deno.errors.ConnectionAborted,
  Deno.errors.BrokenPipe,
  Deno.errors.NotConnected,
  Deno.errors.BadResource,
  Deno.errors.Interrupted,
  Deno.errors.TimedOut,
];

/** Who sends so much more after the end, in bytes, does not read what it was told last. */
const MOST_DRAINED = 1024 * 1024;

/** A connected socket. Owns it. */
export class SocketTransport implements Transport {
  readonly peer: Peer;
  readonly #conn: Deno.Conn;
  readonly #openProbe: (conn: Deno.Conn) => SocketProbe | undefined;
  #probe: SocketProbe | undefined;
  #probed = false;
  #closed = false;

  /**
   * @param openProbe Lets the system be asked about the connection; called when that is first wanted.
   * @param peer Who is there, where more is known than the address.
   */
  constructor(
    conn: Deno.Conn,
    openProbe: (conn: Deno.Conn) => SocketProbe | undefined = () => undefined,
    peer: Peer = peerOf(conn.remoteAddr),
  ) {
    this.#conn = conn;
    this.#openProbe = openProbe;
    this.peer = peer;
    if (isTcp(conn)) {
      conn.setNoDelay(true);
      conn.setKeepAlive(true);
    }
  }

  async read(into: Uint8Array): Promise<number | null> {
    try {
      return await this.#conn.read(into);
    } catch (error) {
      throw disconnected(error);
    }
  }

  async write(bytes: Uint8Array): Promise<void> {
    try {
      // One write may take less than it is given when the system's buffer is full.
      for (let at = 0; at < bytes.length;) {
        at += await this.#conn.write(at === 0 ? bytes : bytes.subarray(at));
      }
    } catch (error) {
      throw disconnected(error);
    }
  }

  backlog(): Backlog | undefined {
    return this.#system?.backlog();
  }

  limitUnsent(bytes: number): void {
    this.#system?.limitUnsent(bytes);
  }

  peerKeepAliveMs(): number | undefined {
    return this.peer.local ? this.#system?.peerKeepAliveMs() : undefined;
  }

  /** A close with unread input makes the kernel send RST, which destroys what the peer has not read yet: so drain first. */
  async close(graceMs: number = PEER_LIMITS.closeGraceMs): Promise<void> {
    if (this.#closed) return;
    const timer = setTimeout(() => this[Symbol.dispose](), graceMs);
    try {
      if ("closeWrite" in this.#conn) await this.#conn.closeWrite();
      const sink = new Uint8Array(4096);
      for (let left = MOST_DRAINED; left > 0;) {
        const count = await this.#conn.read(sink);
        if (count === null) break;
        left -= count;
      }
    } catch {
      /* it has gone, which is what we want */
    } finally {
      clearTimeout(timer);
      this[Symbol.dispose]();
    }
  }

  [Symbol.dispose](): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#probe?.[Symbol.dispose]();
    this.#probe = undefined;
    try {
      this.#conn.close();
    } catch { /* closed by the other side of the runtime already */ }
  }

  /** The connection from the system's side; not any more when it is closed. */
  get #system(): SocketProbe | undefined {
    if (!this.#probed && !this.#closed) {
      this.#probed = true;
      this.#probe = this.#openProbe(this.#conn);
    }
    return this.#probe;
  }
}

/** Describes the other end of a socket. */
export function peerOf(address: Deno.Addr): Peer {
  if (address.transport === "tcp") {
    const local = isLoopback(address.hostname);
    const host = address.hostname.includes(":") ? `[${address.hostname}]` : address.hostname;
    return { transport: "tcp", address: `${host}:${address.port}`, local, encrypted: local };
  }
  return { transport: "unix", address: "unix", local: true, encrypted: true };
}

/** Whether an IP address, in text, is one of this machine's loopback addresses. */
export function isLoopback(hostname: string): boolean {
  const plain = hostname.toLowerCase().replace(/^::ffff:/, "");
  return plain === "::1" || /^127(\.\d{1,3}){3}$/.test(plain);
}

function isTcp(conn: Deno.Conn): conn is Deno.TcpConn {
  return conn.remoteAddr.transport === "tcp" && "setNoDelay" in conn;
}

function disconnected(error: unknown): unknown {
  if (GONE.some((kind) => error instanceof kind)) {
    return new DisconnectedError("Connection broke", { cause: error });
  }
  return error;
}
