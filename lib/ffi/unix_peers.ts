/**
 * Whose program is at the other end of a Unix socket (SO_PEERCRED, unix(7)).
 *
 * The runtime keeps file descriptors to itself, and all connections to one socket have the same name: the descriptor
 * of a connection that was just accepted is the one with that name which was not there before. Sockets are told apart
 * by their cookies (SO_COOKIE), which the kernel never gives out twice.
 *
 * @module
 */
import { getLogger } from "../core/log.ts";
import { AF_UNIX, LIBC_SOCKETS, type LibCSockets, SOL_SOCKET } from "./libc_sockets.ts";

const SO_PEERCRED = 17;
const SO_ACCEPTCONN = 30;
const SO_COOKIE = 57;

/** Descriptors are handed out from 0 up; after so many that are no sockets nothing more comes. */
const LONGEST_GAP = 4096;
const MOST_DESCRIPTORS = 1 << 20;
/** `sockaddr_un`: family and 108 bytes of path. */
const SOCKADDR_UN_SIZE = 110;

/** The process that connected, as it was at that moment. */
export interface ProcessCredentials {
  readonly pid: number;
  readonly uid: number;
  readonly gid: number;
}

/** Follows the connections of one listening socket. */
export class UnixPeers {
  /** Cookies of the connections that were there at the last look. */
  #known = new Set<bigint>();
  readonly #name = new Uint8Array(SOCKADDR_UN_SIZE);
  readonly #value = new Uint32Array(4);
  readonly #length = new Uint32Array(1);

  /**
   * Who has made the connection that was accepted last. To be called in the turn in which it was accepted, for each one.
   *
   * @param path Of the socket, as the connection has it.
   * @returns `undefined` where native code may not be used, and where the system does not tell.
   */
  newest(path: string): ProcessCredentials | undefined {
    // Asking for the permission by a prompt would be worse than not knowing.
    if (Deno.permissions.querySync({ name: "ffi" }).state !== "granted") return undefined;
    try {
      using library = LIBC_SOCKETS.open();
      return this.#look(library.symbols, new TextEncoder().encode(path));
    } catch (error) {
      getLogger("transport").debug("The system does not tell who is at a Unix socket: {error}", { error });
      return undefined;
    }
  }

  #look(libc: LibCSockets, path: Uint8Array): ProcessCredentials | undefined {
    const present = new Set<bigint>();
    const fresh: number[] = [];
    let gap = 0;
    for (let fd = 0; fd < MOST_DESCRIPTORS && gap < LONGEST_GAP; fd++) {
      this.#length[0] = SOCKADDR_UN_SIZE;
      const isSocket = libc.getsockname(fd, this.#name, this.#length) === 0;
      gap = isSocket ? 0 : gap + 1;
      if (!isSocket || !this.#isOurs(path, this.#length[0]!)) continue;
      if (this.#option(libc, fd, SO_ACCEPTCONN, 1) !== 1) continue;
      if (this.#value[0] !== 0 || this.#option(libc, fd, SO_COOKIE, 2) !== 2) continue;
      const cookie = (BigInt(this.#value[1]!) << 32n) | BigInt(this.#value[0]!);
      present.add(cookie);
      if (!this.#known.has(cookie)) fresh.push(fd);
    }
    this.#known = present;
    // Of two nobody knows which one is meant: better none than the wrong one.
    if (fresh.length !== 1 || this.#option(libc, fresh[0]!, SO_PEERCRED, 3) !== 3) return undefined;
    const [pid, uid, gid] = this.#value;
    return { pid: pid!, uid: uid!, gid: gid! };
  }

  #isOurs(path: Uint8Array, length: number): boolean {
    const name = this.#name;
    if ((name[0]! | (name[1]! << 8)) !== AF_UNIX || length < 2 + path.length) return false;
    if (!path.every((byte, at) => name[2 + at] === byte)) return false;
    return length === 2 + path.length || name[2 + path.length] === 0;
  }

  /** Asks for `words` words into `#value`. @returns How many there are; 0 when it fails. */
  #option(libc: LibCSockets, fd: number, option: number, words: number): number {
    this.#length[0] = words * 4;
    return libc.getsockopt(fd, SOL_SOCKET, option, this.#value, this.#length) === 0
      ? this.#length[0]! / 4
      : 0;
  }
}
