/**
 * Users of this machine at its Unix socket: their names, and who of them needs no password.
 *
 * @module
 */
import type { Peer, PeerOwner } from "../transport/transport.ts";

/** Stands for who runs the server in lists of users. */
export const SELF = "@self";

/** Greatest user id: the one above means "nobody" to the system's calls. */
const MOST_UID = 0xffff_fffe;

/** No process has it. */
const NOBODY = -1;

/** What the system's list of users says: "name:password:uid:gid:…" a line (passwd(5)). */
const PASSWD = "/etc/passwd";

/** Who the process at a socket belongs to. */
export interface ProcessIds {
  readonly pid: number;
  readonly uid: number;
  readonly gid: number;
}

/** Who may come in without a password. */
export class LocalUsers {
  readonly #trusted: ReadonlySet<number>;
  readonly #names: ReadonlyMap<number, string>;

  /**
   * @param users Names, numbers, and {@linkcode SELF}.
   * @param passwd Text of the list of users; by default the system's.
   * @param self The id of who runs the server; by default what the system says.
   * @throws {RangeError} A name is nobody's; says which.
   */
  constructor(users: readonly string[], passwd = readPasswd(), self = ownUid()) {
    const ids = new Map([["root", 0]]);
    const names = new Map<number, string>();
    for (const line of passwd.split("\n")) {
      const [name = "", , uid = ""] = line.split(":");
      if (name === "" || !/^\d+$/.test(uid)) continue;
      // Of several names for one id the first counts, as for the system.
      if (!names.has(Number(uid))) names.set(Number(uid), name);
      if (!ids.has(name)) ids.set(name, Number(uid));
    }
    this.#names = names;
    this.#trusted = new Set(users.map((user) => user === SELF ? self ?? NOBODY : idOf(user, ids)));
  }

  /**
   * Describes who is at a Unix socket.
   *
   * @param process As the system tells; `undefined` when it does not.
   * @param isPrivate The socket's mode lets nobody but its owner and root connect.
   */
  peer(process: ProcessIds | undefined, isPrivate: boolean): Peer {
    const common = { transport: "unix", local: true, encrypted: true };
    if (!process) return { ...common, address: "unix", ...(!isPrivate && { trusted: false }) };
    const name = this.#names.get(process.uid);
    const owner: PeerOwner = { ...process, ...(name !== undefined && { name }) };
    const address = `unix:${name ?? `uid-${process.uid}`}`;
    return { ...common, address, owner, trusted: this.#trusted.has(process.uid) };
  }
}

/** @throws {RangeError} It is nobody. */
function idOf(user: string, ids: ReadonlyMap<string, number>): number {
  const uid = /^\d{1,10}$/.test(user) ? Number(user) : ids.get(user);
  if (uid !== undefined && uid <= MOST_UID) return uid;
  throw new RangeError(
    `Cannot use "${user}" as a user: must be the name or number of a user of this machine, or ${SELF}`,
  );
}

function ownUid(): number | undefined {
  const { state } = Deno.permissions.querySync({ name: "sys", kind: "uid" });
  return state === "granted" ? Deno.uid() ?? undefined : undefined;
}

function readPasswd(): string {
  try {
    const { state } = Deno.permissions.querySync({ name: "read", path: PASSWD });
    return state === "granted" ? Deno.readTextFileSync(PASSWD) : "";
  } catch {
    return ""; // everybody is a number then
  }
}
