/**
 * Who has connected: the first thing that is found out of each connection, before anybody talks with it. Users of this
 * machine at the Unix socket, peers behind proxies, and those that may not connect from where they are.
 *
 * @module
 */
import { getLogger } from "./core/log.ts";
import { keepSocketStats, openSocketStats } from "./ffi/socket_stats.ts";
import { UnixPeers } from "./ffi/unix_peers.ts";
import { AddressList, AddressRules } from "./security/address_rules.ts";
import { LocalUsers } from "./security/local_users.ts";
import type { ResolvedOptions } from "./server_options.ts";
import { forwardedPeer, takeProxyHeader } from "./transport/forwarded.ts";
import { peerOf, SocketTransport } from "./transport/tcp.ts";
import type { Peer, Transport } from "./transport/transport.ts";

/** By what a peer has come. */
export type Door = "viewers" | "web" | "unix";

/** Time for a proxy to send its header, in ms: it has it ready when it connects. */
const HEADER_MS = 3000;

/** Connections of proxies whose header has not come, at the same time. */
const MOST_WAITING = 128;

/** The settings that decide. */
type ArrivalOptions = Pick<
  ResolvedOptions,
  "allow" | "deny" | "trustedProxies" | "proxyProtocol" | "unixSocket" | "unixSocketMode" | "unixUsers"
>;

/** What follows from them. */
interface Rules {
  readonly options: ArrivalOptions;
  readonly addresses: AddressRules;
  readonly proxies: AddressList | undefined;
  readonly users: LocalUsers | undefined;
}

/** Owns connections until they are handed over. */
export class Arrivals implements Disposable {
  readonly #log = getLogger("server");
  readonly #turnedAway: (peer: Peer, reason: string) => void;
  readonly #waiting = new Set<Transport>();
  readonly #unixPeers = new UnixPeers();
  #kept: Disposable | undefined;
  #rules: Rules;

  /**
   * @param turnedAway Told of each that was not let near.
   * @throws {RangeError} A setting names nobody, or no network.
   */
  constructor(options: ArrivalOptions, turnedAway: (peer: Peer, reason: string) => void) {
    this.#rules = rulesOf(options);
    this.#turnedAway = turnedAway;
  }

  /** Other settings for those that come from now on. @throws {RangeError} As the constructor. */
  set options(options: ArrivalOptions) {
    this.#rules = rulesOf(options);
  }

  /**
   * Looks at a connection in the turn in which it was accepted.
   *
   * @param take Becomes its owner, now or when its proxy has said who it is; not called for one that may not come.
   */
  receive(conn: Deno.Conn, door: Door, take: (transport: Transport) => void): void {
    const { options, proxies } = this.#rules;
    if (door === "unix") return take(this.transportOf(conn, this.#unixPeer(conn)));
    const peer = peerOf(conn.remoteAddr);
    if (!proxies?.includes(peer.address)) {
      return this.#admit(this.transportOf(conn, peer), take);
    }
    // Whom it speaks for may be anywhere.
    const proxy = { ...peer, local: false, proxy: true };
    if (options.proxyProtocol === "all" || (options.proxyProtocol === "viewers" && door === "viewers")) {
      void this.#receiveForwarded(this.transportOf(conn, proxy), door, take);
    } else if (door === "web") {
      take(this.transportOf(conn, proxy)); // its requests tell who is there
    } else {
      this.#admit(this.transportOf(conn, { ...proxy, encrypted: false }), take);
    }
  }

  /** A connection in the form that sessions need. What it asks the system for is kept at hand from now on. */
  transportOf(conn: Deno.Conn, peer: Peer): Transport {
    this.#kept ??= keepSocketStats();
    return new SocketTransport(conn, openSocketStats, peer);
  }

  /** Whether a peer may connect from where it is; one that may not is closed, and is not even told so. */
  admits(transport: Transport): boolean {
    const { peer } = transport;
    if (this.admitsAddress(peer.address)) return true;
    this.#turnAway(transport, "it may not connect from there (allow, deny)");
    return false;
  }

  /** Whether a peer may come from an address: "192.0.2.7:51234". */
  admitsAddress(address: string): boolean {
    return this.#rules.addresses.admits(address);
  }

  /** Whether it is the address of a proxy that is believed. */
  isProxy(address: string): boolean {
    return this.#rules.proxies?.includes(address) ?? false;
  }

  /** Closes what has not been handed over. */
  [Symbol.dispose](): void {
    for (const transport of this.#waiting) transport[Symbol.dispose]();
    this.#kept?.[Symbol.dispose]();
    this.#kept = undefined;
  }

  #admit(transport: Transport, take: (transport: Transport) => void): void {
    if (this.admits(transport)) take(transport);
  }

  #unixPeer({ localAddr }: Deno.Conn): Peer {
    const { options, users } = this.#rules;
    const process = localAddr.transport === "unix" ? this.#unixPeers.newest(localAddr.path) : undefined;
    return users!.peer(process, options.unixSocketMode === "600");
  }

  async #receiveForwarded(
    transport: Transport,
    door: Door,
    take: (transport: Transport) => void,
  ): Promise<void> {
    if (this.#waiting.size >= MOST_WAITING) {
      return this.#turnAway(transport, "too many connections of proxies have not begun");
    }
    this.#waiting.add(transport);
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      transport[Symbol.dispose]();
    }, HEADER_MS);
    try {
      const forwarded = await takeProxyHeader(transport, (source) => {
        const peer = forwardedPeer(transport.peer, source);
        // Of one that does not tell, everybody has the same address; but what it says later is not the proxy's word.
        const isProxy = source ? this.isProxy(peer.address) : door === "viewers";
        return isProxy ? { ...peer, proxy: true } : peer;
      });
      this.#admit(forwarded, take);
    } catch (error) {
      const reason = late
        ? `its proxy's header did not come within ${HEADER_MS / 1000} s`
        : (error as Error).message;
      this.#turnAway(transport, reason);
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(transport);
    }
  }

  #turnAway(transport: Transport, reason: string): void {
    const { peer } = transport;
    this.#log.warning("{address} was turned away: {reason}", { address: peer.address, reason });
    this.#turnedAway(peer, reason);
    transport[Symbol.dispose]();
  }
}

function rulesOf(options: ArrivalOptions): Rules {
  const { allow, deny, trustedProxies, proxyProtocol, unixSocket, unixUsers } = options;
  if (proxyProtocol !== "off" && trustedProxies.length === 0) {
    getLogger("server").warning("proxy_protocol does nothing without trusted_proxies");
  }
  return {
    options,
    addresses: new AddressRules(allow, deny),
    proxies: trustedProxies.length > 0 ? new AddressList(trustedProxies) : undefined,
    users: unixSocket === "" ? undefined : new LocalUsers(unixUsers),
  };
}
