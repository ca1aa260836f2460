/**
 * What the system knows of a connection that the runtime has opened: how much of what was written has arrived
 * (SIOCOUTQ), round trip and rate (TCP_INFO); how much it takes ahead (TCP_NOTSENT_LOWAT), and how long it believes in a
 * peer that does not answer (TCP_USER_TIMEOUT and its like). See tcp(7).
 *
 * The runtime keeps file descriptors to itself, so the one of a connection is found by its two addresses.
 *
 * @module
 */
import type { Backlog, SocketProbe } from "../core/backlog.ts";
import { getLogger } from "../core/log.ts";
import { keepAliveOfFarSocket, type SocketEnds } from "./far_socket.ts";
import { addressBytes } from "./ip_address.ts";
import {
  AF_INET,
  AF_INET6,
  IPPROTO_TCP,
  LIBC_SOCKETS,
  type LibCSockets,
  SOL_SOCKET,
} from "./libc_sockets.ts";
import type { OpenLibrary } from "./library.ts";
import { sockaddr_in, sockaddr_in6, tcp_info } from "./structs.ts";

const SO_RCVBUF = 8;
const TCP_KEEPIDLE = 4;
const TCP_KEEPINTVL = 5;
const TCP_KEEPCNT = 6;
const TCP_INFO = 11;
const TCP_USER_TIMEOUT = 18;
const TCP_NOTSENT_LOWAT = 25;
const SIOCOUTQ = 0x5411n;

/** Descriptors are handed out from 0 up, so connections lie low; after so many that are no sockets nothing more comes. */
const LONGEST_GAP = 4096;
const MOST_DESCRIPTORS = 1 << 20;
/** A limit of Linux 6: enough for `tcp_info` of any kernel to come. */
const TCP_INFO_ROOM = 512;

/** When the system takes a peer for gone: Linux's own values are two hours and a quarter of an hour. */
export interface Absence {
  /** Its system is asked for a sign of life when nothing has come for so long, in s, and again a tenth of it later. */
  readonly askAfterSeconds: number;
  /**
   * It is gone when it has confirmed nothing for so long, in s: neither what was sent nor that it was asked. One that lives
   * and has not read for so long, so that nothing could be sent, is taken for gone, too.
   */
  readonly goneAfterSeconds: number;
}

/** A viewer may look at a still desktop for days: its system answers for it, unless it is off or out of reach. */
const ABSENCE: Absence = { askAfterSeconds: 60, goneAfterSeconds: 300 };
const MOST_KEEPALIVES = 127;

/** Bytes that may have come and not been read; the system allows twice as many. By itself it takes megabytes of each peer. */
const MOST_UNREAD_BYTES = 64 * 1024;

/**
 * Looks up a TCP connection. The connection must be open, and stay so while the probe is used. From now on its peer is
 * taken for gone, and reads and writes fail, as `absence` says; and it can send only a little ahead of what is read.
 *
 * @returns `undefined` for other connections, for those that are not found, and where native code may not be used:
 *   everything works without, only less well.
 */
export function openSocketStats(conn: SocketEnds, absence: Absence = ABSENCE): SocketProbe | undefined {
  // Asking for the permission by a prompt would be worse than going without.
  if (Deno.permissions.querySync({ name: "ffi" }).state !== "granted") return undefined;
  const remote = endOf(conn.remoteAddr);
  const local = endOf(conn.localAddr);
  if (!remote || !local) return undefined;
  let library: OpenLibrary<typeof LIBC_SOCKETS.definition.symbols> | undefined;
  try {
    library = LIBC_SOCKETS.open();
    const fd = findDescriptor(library.symbols, remote, local);
    if (fd !== undefined) {
      limitAbsence(library.symbols, fd, absence);
      library.symbols.setsockopt(fd, SOL_SOCKET, SO_RCVBUF, Uint32Array.of(MOST_UNREAD_BYTES), 4);
      return new SocketStats(library, fd, conn);
    }
  } catch (error) {
    getLogger("transport").debug("The system tells nothing of connections: {error}", { error });
  }
  library?.[Symbol.dispose]();
  return undefined;
}

/**
 * Keeps what the look-ups need at hand until it is disposed: else all of it is made anew whenever nothing is looked at, which
 * takes milliseconds. `undefined` where native code may not be used.
 */
export function keepSocketStats(): Disposable | undefined {
  if (Deno.permissions.querySync({ name: "ffi" }).state !== "granted") return undefined;
  try {
    return LIBC_SOCKETS.open();
  } catch {
    return undefined; // the look-up says why
  }
}

/** What cannot be set stays as the system has it. */
function limitAbsence(libc: LibCSockets, fd: number, { askAfterSeconds, goneAfterSeconds }: Absence): void {
  const set = (option: number, value: number) =>
    libc.setsockopt(fd, IPPROTO_TCP, option, Uint32Array.of(Math.max(1, Math.ceil(value))), 4);
  set(TCP_KEEPIDLE, askAfterSeconds);
  set(TCP_KEEPINTVL, askAfterSeconds / 10);
  set(TCP_KEEPCNT, MOST_KEEPALIVES);
  set(TCP_USER_TIMEOUT, goneAfterSeconds * 1000); // it rules over the number of keep-alives
}

/** Owns its hold on the library, borrows the descriptor. */
class SocketStats implements SocketProbe {
  readonly #library: OpenLibrary<typeof LIBC_SOCKETS.definition.symbols>;
  readonly #libc: LibCSockets;
  readonly #fd: number;
  readonly #ends: SocketEnds;
  readonly #queued = new Int32Array(1);
  readonly #info = new DataView(new ArrayBuffer(TCP_INFO_ROOM));
  readonly #length = new Uint32Array(1);

  constructor(library: OpenLibrary<typeof LIBC_SOCKETS.definition.symbols>, fd: number, ends: SocketEnds) {
    this.#library = library;
    this.#libc = library.symbols;
    this.#fd = fd;
    this.#ends = ends;
  }

  limitUnsent(bytes: number): void {
    this.#libc.setsockopt(this.#fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, Uint32Array.of(bytes), 4);
  }

  backlog(): Backlog | undefined {
    const info = this.#info;
    this.#length[0] = TCP_INFO_ROOM;
    const told = this.#libc.getsockopt(
      this.#fd,
      IPPROTO_TCP,
      TCP_INFO,
      new Uint8Array(info.buffer),
      this.#length,
    );
    if (told !== 0 || this.#length[0]! < tcp_info.tcpi_delivery_rate + 8) return undefined;
    if (this.#libc.ioctl(this.#fd, SIOCOUTQ, this.#queued) !== 0) return undefined;
    const unsent = info.getUint32(tcp_info.tcpi_notsent_bytes, true);
    return {
      unsent,
      unacknowledged: Math.max(0, this.#queued[0]! - unsent),
      roundTripMs: info.getUint32(tcp_info.tcpi_rtt, true) / 1000,
      leastRoundTripMs: info.getUint32(tcp_info.tcpi_min_rtt, true) / 1000,
      rate: Number(info.getBigUint64(tcp_info.tcpi_delivery_rate, true)) / 1000,
    };
  }

  peerKeepAliveMs(): number | undefined {
    return keepAliveOfFarSocket(this.#libc, this.#ends);
  }

  [Symbol.dispose](): void {
    this.#library[Symbol.dispose]();
  }
}

/** One end of a connection in a form that can be compared. */
interface End {
  readonly port: number;
  readonly address: Uint8Array;
}

function endOf(address: Deno.Addr): End | undefined {
  if (address.transport !== "tcp") return undefined;
  const bytes = addressBytes(address.hostname);
  return bytes && { port: address.port, address: bytes };
}

function findDescriptor(libc: LibCSockets, remote: End, local: End): number | undefined {
  const name = new DataView(new ArrayBuffer(sockaddr_in6.size));
  const length = new Uint32Array(1);
  const bytes = new Uint8Array(name.buffer);
  const is = (end: End, told: number): boolean =>
    told === 0 && sameEnd(end, name.getUint16(0, true), name, length[0]!);
  let gap = 0;
  for (let fd = 0; fd < MOST_DESCRIPTORS && gap < LONGEST_GAP; fd++) {
    length[0] = sockaddr_in6.size;
    const told = libc.getpeername(fd, bytes, length);
    gap = told === 0 ? 0 : gap + 1;
    if (!is(remote, told)) continue;
    length[0] = sockaddr_in6.size;
    if (is(local, libc.getsockname(fd, bytes, length))) return fd;
  }
  return undefined;
}

function sameEnd(end: End, family: number, name: DataView, length: number): boolean {
  if (family === AF_INET && length >= sockaddr_in.size) {
    return name.getUint16(sockaddr_in.sin_port) === end.port &&
      [0, 1, 2, 3].every((i) => name.getUint8(sockaddr_in.sin_addr + i) === end.address[12 + i]) &&
      end.address[10] === 0xff && end.address[11] === 0xff;
  }
  if (family === AF_INET6 && length >= sockaddr_in6.size) {
    return name.getUint16(sockaddr_in6.sin6_port) === end.port &&
      end.address.every((byte, i) => name.getUint8(sockaddr_in6.sin6_addr + i) === byte);
  }
  return false;
}
