/**
 * Browser access, put together: connections of the web port, and of the RFB port when all protocols share it, become
 * HTTP, TLS or sessions.
 *
 * @module
 */
import type { Arrivals } from "./arrivals.ts";
import { DisconnectedError } from "./core/errors.ts";
import { getLogger } from "./core/log.ts";
import { hostNames } from "./security/host_names.ts";
import type { ServerKeys } from "./security/server_keys.ts";
import type { ResolvedOptions } from "./server_options.ts";
import { MeteredTransport } from "./transport/metered.ts";
import { type Patience, PeekableTransport } from "./transport/peekable.ts";
import type { TlsTransport } from "./transport/tls.ts";
import { memoryTransports } from "./transport/memory.ts";
import type { Peer, Transport } from "./transport/transport.ts";
import type { WebSocketTransport } from "./transport/websocket.ts";
import { ProtocolFinder } from "./web/first_bytes.ts";
import type { Route } from "./web/pages.ts";
import type { Page } from "./web/pages.ts";
import type { WebServer } from "./web/web_server.ts";

/** Time for a peer to say its first word on the web port. */
const FIRST_WORD: Patience = { waitMs: 5000, mostMs: 5000 };
/** Time for the rest of a record of TLS, in ms: nothing can be read of it before all of it is there. */
const RECORD_MS = 5000;

/** Connections without a session at the same time: in all, and from one address. */
const MOST_CONNECTIONS = 128;
const MOST_CONNECTIONS_PER_ADDRESS = 32;

/** Who practises. */
const NOBODY: Peer = { transport: "practice", address: "nobody", local: true, encrypted: false };

/** Begins sessions. */
export interface SessionStarters {
  open(transport: Transport): void;
  /** Whatever the password allows. */
  viewOnly(transport: Transport): void;
}

/** What is loaded when it is first needed: Node's HTTP and TLS take their time. */
interface Loaded {
  readonly server: WebServer;
  readonly secured: (transport: Transport) => Promise<TlsTransport>;
}

/** Owns the connections given to it until they become sessions. */
export class WebAccess implements AsyncDisposable {
  readonly #log = getLogger("web");
  readonly #options: () => ResolvedOptions;
  readonly #keys: ServerKeys;
  readonly #arrivals: Arrivals;
  readonly #routes: ReadonlyMap<string, Route>;
  /** Connections whose protocol is not known yet, or that are in a TLS handshake. */
  readonly #entering = new Set<Transport>();
  readonly #sessions = new Set<WebSocketTransport>();
  #loaded: Promise<Loaded> | undefined;
  #server: WebServer | undefined;
  readonly #finder = new ProtocolFinder();
  #starters: SessionStarters | undefined;
  #disposed = false;

  /**
   * @param options Read at the moment of use.
   * @param routes What is served besides the page.
   */
  constructor(
    options: () => ResolvedOptions,
    keys: ServerKeys,
    arrivals: Arrivals,
    routes: ReadonlyMap<string, Route> = new Map(),
  ) {
    this.#options = options;
    this.#keys = keys;
    this.#arrivals = arrivals;
    this.#routes = routes;
  }

  /** Call once, before connections are given. */
  start(starters: SessionStarters): void {
    this.#starters = starters;
  }

  /** A connection to the web port. */
  acceptWeb(transport: Transport): void {
    this.#enter(transport, (peekable) => this.#sort(peekable, FIRST_WORD, { rfb: false }));
  }

  /** A connection to the port that all share. */
  acceptAny(transport: Transport): void {
    this.#enter(transport, (peekable) => this.#sort(peekable, undefined, { rfb: true }));
  }

  /**
   * Does once what it will do for the first browser.
   *
   * @param isIdle Whether there is nothing better to do.
   */
  async practise(isIdle: () => boolean, signal: AbortSignal): Promise<void> {
    if (!isIdle()) return;
    const { visit }: typeof import("./web/practice.ts") = await import(
      import.meta.resolve("./web/practice.ts")
    );
    await this.#load();
    if (!isIdle()) return;
    const [server, browser] = memoryTransports(NOBODY);
    const end = () => browser[Symbol.dispose]();
    signal.addEventListener("abort", end, { once: true });
    this.acceptWeb(server);
    try {
      await visit(browser, this.#options().webTls !== "off" && this.#keys.secureWeb !== undefined);
    } catch (error) {
      this.#log.debug("Practice has failed: {error}", { error });
    } finally {
      signal.removeEventListener("abort", end);
    }
  }

  /** Cuts what has no session, and waits until WebSockets of sessions that are over have been closed. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true;
    for (const transport of this.#entering) transport[Symbol.dispose]();
    await this.#loaded?.catch(() => {});
    this.#server?.[Symbol.dispose]();
    await Promise.all(Array.from(this.#sessions, (session) => session.closed));
  }

  #enter(transport: Transport, sort: (peekable: PeekableTransport) => Promise<void>): void {
    if (!this.#hasRoomFor(transport)) {
      this.#log.warning("Too many connections: {address} is turned away", {
        address: transport.peer.address,
      });
      transport[Symbol.dispose]();
      return;
    }
    this.#entering.add(transport);
    sort(new PeekableTransport(transport))
      .catch((error) => {
        this.#log.debug("{address} has gone: {error}", { address: transport.peer.address, error });
        transport[Symbol.dispose]();
      })
      .finally(() => this.#entering.delete(transport));
  }

  async #sort(
    transport: PeekableTransport,
    patience: Patience | undefined,
    { rfb, encrypted = false }: { readonly rfb: boolean; readonly encrypted?: boolean },
  ): Promise<void> {
    const protocol = await this.#finder.protocolOf(transport, patience);
    if (this.#disposed || protocol === undefined) return transport[Symbol.dispose]();
    if (protocol === "rfb") return rfb ? this.#starters!.open(transport) : transport[Symbol.dispose]();
    const { webTls: tls } = this.#options();
    const { server, secured } = await this.#load();
    if (protocol === "tls" && tls !== "off" && !encrypted) {
      return await this.#sortSecured(transport, secured, { rfb });
    }
    if (this.#disposed) return transport[Symbol.dispose]();
    server.serve(transport, { httpsOnly: tls === "only" && !encrypted });
  }

  /** What a browser has agreed to speak decides; viewers in TLS agree on nothing, and others need not. */
  async #sortSecured(
    transport: Transport,
    secured: Loaded["secured"],
    { rfb }: { readonly rfb: boolean },
  ): Promise<void> {
    let received = 0;
    const beneath = new MeteredTransport(transport, {
      received: (bytes) => received += bytes,
      sent: () => {},
    });
    const inner = await secured(beneath);
    const handshake = received;
    const peekable = new PeekableTransport(inner);
    const isHttp = !rfb || inner.protocol !== undefined;
    const patience = isHttp
      ? FIRST_WORD
      : { ...this.#finder.patienceWith(inner), more: () => received > handshake ? RECORD_MS : 0 };
    await this.#sort(peekable, patience, { rfb: !isHttp, encrypted: true });
  }

  #load(): Promise<Loaded> {
    return this.#loaded ??= this.#loadNow();
  }

  async #loadNow(): Promise<Loaded> {
    const { WebServer }: typeof import("./web/web_server.ts") = await import(
      import.meta.resolve("./web/web_server.ts")
    );
    const { ASSET_ROUTES }: typeof import("./web/assets.ts") = await import(
      import.meta.resolve("./web/assets.ts")
    );
    const names = hostNames();
    const server = this.#server = new WebServer({
      routes: new Map([...ASSET_ROUTES, ["/about.json", () => this.#about()], ...this.#routes]),
      rules: () => ({
        allowedOrigins: this.#options().allowedOrigins,
        ownNames: names,
        isProxy: (address) => this.#arrivals.isProxy(address),
        admits: (address) => this.#arrivals.admitsAddress(address),
      }),
      receive: (transport, wishes) => {
        this.#sessions.add(transport);
        void transport.closed.then(() => this.#sessions.delete(transport));
        if (wishes.viewOnly) this.#starters!.viewOnly(transport);
        else this.#starters!.open(transport);
      },
    });
    const secured = (transport: Transport) => {
      const { secureWeb: secure } = this.#keys;
      if (!secure) throw new DisconnectedError("This runtime cannot speak TLS");
      return secure(transport);
    };
    return { server, secured };
  }

  /** What the page cannot know by itself. */
  #about(): Page {
    const { webTls, users } = this.#options();
    const https = webTls !== "off";
    const codes = [...users.values()].some(({ totp }) => totp !== undefined);
    return { type: "application/json", body: JSON.stringify({ https, codes }) };
  }

  #hasRoomFor({ peer }: Transport): boolean {
    const hosts = [...this.#entering].map((transport) => transport.peer).concat(this.#server?.peers ?? [])
      .map(({ address }) => hostOf(address));
    // A proxy is many, and one of them must not keep the others out.
    const same = peer.proxy ? 0 : hosts.filter((host) => host === hostOf(peer.address)).length;
    return hosts.length < MOST_CONNECTIONS && same < MOST_CONNECTIONS_PER_ADDRESS;
  }
}

/** Without the port. */
function hostOf(address: string): string {
  return address.replace(/:\d+$/, "");
}
