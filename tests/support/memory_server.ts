/**
 * A server whose peers come without sockets, and everything that it says of each: for thousands of connections in a test.
 *
 * @module
 */
import { setImmediate } from "node:timers";
import type { ServerObserver, SessionClosed, SessionOpened } from "../../lib/core/observer.ts";
import { memoryTransports } from "../../lib/transport/memory.ts";
import type { Peer, Transport } from "../../lib/transport/transport.ts";
import { TestServer, type TestServerOptions } from "./test_server.ts";

/** Somebody elsewhere: what passes can be listened to. Each has an address of its own, and so its own failures. */
export function remotePeer(number: number): Peer {
  const address = `198.18.${number >> 8 & 255}.${number & 255}:${1024 + (number >> 16)}`;
  return { transport: "tcp", address, local: false, encrypted: false };
}

/** Somebody on this machine. */
export const LOCAL_PEER: Peer = { transport: "tcp", address: "127.0.0.1:4000", local: true, encrypted: true };

/** What a server's end of a connection has come to. */
export interface MemoryConnection {
  /** The client's end. */
  readonly transport: Transport;
  /** Resolves when the session is over and the server has let go of everything. */
  readonly closed: Promise<SessionClosed>;
  /** What the observers were told, in order. */
  readonly events: readonly string[];
  readonly opened: SessionOpened | undefined;
}

class Connection implements MemoryConnection {
  readonly transport: Transport;
  readonly ended = Promise.withResolvers<SessionClosed>();
  readonly events: string[] = [];
  readonly released = Promise.withResolvers<void>();
  opened: SessionOpened | undefined;
  readonly closed: Promise<SessionClosed>;

  constructor(transport: Transport) {
    this.transport = transport;
    this.closed = this.#over();
  }

  async #over(): Promise<SessionClosed> {
    const event = await this.ended.promise;
    await this.released.promise;
    await new Promise((resolve) => setImmediate(resolve)); // it is struck from the list now
    return event;
  }
}

/** Owns a server, which does not care for peers before `start()` has resolved. */
export class MemoryServer implements AsyncDisposable {
  readonly #base: TestServer;
  #entering: Connection | undefined;

  private constructor(base: TestServer) {
    this.#base = base;
  }

  /** Of a small screen; metrics are on. */
  static async start(options: TestServerOptions = {}): Promise<MemoryServer> {
    const connections = new Map<number, Connection>();
    const of = (session: number) => connections.get(session);
    const observer: ServerObserver = {
      connectionOpened: ({ session }) => {
        const entering = server.#entering;
        if (entering) connections.set(session, entering);
        of(session)?.events.push("connectionOpened");
      },
      sessionOpened: (event) => {
        const connection = of(event.session);
        if (!connection) return;
        connection.events.push("sessionOpened");
        connection.opened = event;
      },
      authenticationFailed: ({ session, security }) =>
        of(session)?.events.push(`authenticationFailed ${security}`),
      sessionClosed: (event) => {
        const connection = of(event.session);
        connections.delete(event.session);
        connection?.events.push("sessionClosed");
        connection?.ended.resolve(event);
      },
    };
    const limits = { pendingConnections: 100_000, pendingConnectionsPerAddress: 100_000, ...options.limits };
    const base = await TestServer.start({
      width: 16,
      height: 16,
      ...options,
      limits,
      metrics: {},
      observers: [observer, ...options.observers ?? []],
    });
    const server = new MemoryServer(base);
    return server;
  }

  get server(): TestServer["server"] {
    return this.#base.server;
  }

  get screen(): TestServer["screen"] {
    return this.#base.screen;
  }

  /** A new connection by a peer. */
  connect(peer: Peer = LOCAL_PEER): MemoryConnection {
    const [server, client] = memoryTransports(peer);
    return this.accept(server, client);
  }

  /** @param server Is given to the server. */
  accept(server: Transport, client: Transport): MemoryConnection {
    const connection = new Connection(client);
    this.#entering = connection;
    this.server.accept(released(server, connection.released.resolve));
    this.#entering = undefined;
    return connection;
  }

  /** The value of a metric with these labels, as the server shows it; 0 where there is none yet. */
  metric(name: string): number {
    const line = this.server.metrics!.text().split("\n").find((line) => line.startsWith(`${name} `));
    return line ? Number(line.slice(name.length + 1)) : 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#base[Symbol.asyncDispose]();
  }
}

/** Tells when a transport is disposed. */
function released(transport: Transport, tell: () => void): Transport {
  return {
    peer: transport.peer,
    read: (into) => transport.read(into),
    write: (bytes) => transport.write(bytes),
    close: (graceMs) => transport.close(graceMs),
    [Symbol.dispose]: () => {
      tell();
      transport[Symbol.dispose]();
    },
  };
}

/** What passes by a client's end of a connection, and how far it goes. */
export interface Tap {
  /** Bytes of what the client sends that arrive; then its side of the connection ends. All by default. */
  readonly cutAfter?: number;
  /** The byte of the client's that has one bit changed on its way. None by default. */
  readonly changeAt?: number;
}

/** A client's end of a connection that remembers what the client has sent. Owns the transport beneath. */
export class TappedTransport implements Transport {
  readonly peer: Peer;
  readonly #transport: Transport;
  readonly #tap: Tap;
  readonly #sent: number[] = [];

  constructor(transport: Transport, tap: Tap = {}) {
    this.peer = transport.peer;
    this.#transport = transport;
    this.#tap = tap;
  }

  /** All that has been sent. */
  get sent(): Uint8Array<ArrayBuffer> {
    return Uint8Array.from(this.#sent);
  }

  read(into: Uint8Array): Promise<number | null> {
    return this.#transport.read(into);
  }

  async write(bytes: Uint8Array): Promise<void> {
    const { cutAfter = Infinity, changeAt = -1 } = this.#tap;
    const begin = this.#sent.length;
    const whole = bytes.slice();
    if (changeAt >= begin && changeAt < begin + whole.length) whole[changeAt - begin]! ^= 1;
    const now = whole.subarray(0, Math.max(0, cutAfter - begin));
    this.#sent.push(...now);
    if (now.length > 0) await this.#transport.write(now);
    // The other side hears that no more comes, and may still answer.
    if (now.length < whole.length) await this.close();
  }

  close(): Promise<void> {
    return this.#transport.close();
  }

  [Symbol.dispose](): void {
    this.#transport[Symbol.dispose]();
  }
}
