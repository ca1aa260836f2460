/**
 * Accounts of this machine: who of them may come in, as what, and how many are asked about at the same time.
 *
 * @module
 */
import { AuthenticationError, RefusedError } from "../core/errors.ts";
import { getLogger } from "../core/log.ts";
import type { Peer } from "../transport/transport.ts";
import type { Principal } from "./security_type.ts";
import { isRole, isUserName, type Role } from "./users.ts";

/** What a security type that is given a name and a password can do with it. */
export interface Accounts {
  /** Whether the system can be asked. If not, nobody comes in this way, and nobody without having been asked. */
  readonly available: boolean;
  /**
   * Asks the system.
   *
   * @returns `undefined` when name or password are wrong, or the user may not come in.
   * @throws {AuthenticationError} The system did not answer in time, or too many are asking; the message may be told.
   */
  verify(user: string, password: string, peer: Peer): Promise<Principal | undefined>;
}

/** Asks the system; see lib/ffi/pam.ts. */
export type AskSystem = (
  question: { readonly user: string; readonly password: string; readonly host: string },
) => Promise<{ readonly refusal: string | undefined; readonly delayMs: number }>;

/** Asked at the same time; each takes a thread while the system thinks. */
const MOST_ASKED = 4;
/** More that wait are sent away. */
const MOST_WAITING = 32;
/** Nobody waits longer, in ms: less than peers have for logging in. */
const PATIENCE_MS = 20_000;
/** The longest that a refusal is held back because the system wants it, in ms. */
const MOST_DELAY_MS = 5000;

/** What is asked about those who may not come in anyway, so that it takes as long: nobody's password. */
const IMPOSSIBLE = "\b\n\r\x7f";

/** Everybody, in lists of who may come in. */
const EVERYBODY = "*";

/** Who may come in, besides the one who runs the server. */
export class AccountRules {
  readonly #roles = new Map<string, Role>();

  /**
   * @param entries "anna", "anna:viewer", "*", "*:viewer": operators, if no role is said.
   * @param owner Who runs the server, and may always come in as its owner; `undefined` if nobody knows.
   * @throws {RangeError} An entry is none; says which.
   */
  constructor(entries: readonly string[], owner: string | undefined) {
    for (const entry of entries) {
      const [name = "", role = "operator", ...more] = entry.split(":");
      if (!isUserName(name) || !isRole(role) || more.length > 0) {
        throw new RangeError(`Cannot use "${entry}" as an account: must be NAME, NAME:ROLE, * or *:ROLE`);
      }
      this.#roles.set(name, role);
    }
    if (owner !== undefined && !this.#roles.has(owner)) this.#roles.set(owner, "owner");
  }

  /** What a user may do; `undefined` if not even come in. */
  roleOf(user: string): Role | undefined {
    return this.#roles.get(user) ?? this.#roles.get(EVERYBODY);
  }
}

/**
 * Whether a service of PAM may be called so: a file's name, and nothing that leads elsewhere.
 *
 * @throws {RangeError} It may not.
 */
export function checkPamService(name: string): void {
  if (name === "" || /^[a-z0-9][\w.-]{0,63}$/i.test(name)) return;
  throw new RangeError(`Cannot use "${name}" as a service of PAM: must be the name of a file in /etc/pam.d`);
}

/** Sees to it that not too many are asked about at a time. One for all of a server's logins. */
export class AccountQueue {
  readonly #patienceMs: number;
  #asked = 0;
  readonly #waiting: (() => void)[] = [];

  /** @param patienceMs For tests. */
  constructor(patienceMs: number = PATIENCE_MS) {
    this.#patienceMs = patienceMs;
  }

  /**
   * Does it when its turn comes. It keeps its place until it is really over, also when nobody waits for it any more.
   *
   * @throws {RefusedError} Too many wait.
   * @throws {AuthenticationError} It took too long.
   */
  async ask<T>(question: () => Promise<T>): Promise<T> {
    if (this.#waiting.length >= MOST_WAITING) {
      throw new RefusedError("Too many are logging in at the moment: try again later");
    }
    let given = false;
    const answer = this.#turn(() => given).then((mine) => {
      if (!mine) return undefined as T; // nobody waits for it
      return question().finally(() => this.#next());
    });
    answer.catch(() => {}); // whoever waits for it hears of it
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        given = true;
        reject(new AuthenticationError("The system did not say in time who may come in: try again later"));
      }, this.#patienceMs);
    });
    try {
      return await Promise.race([answer, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** @returns Whether it is needed still. */
  async #turn(givenUp: () => boolean): Promise<boolean> {
    if (this.#asked >= MOST_ASKED) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else this.#asked++;
    if (!givenUp()) return true;
    this.#next();
    return false;
  }

  #next(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#asked--;
  }
}

/** Accounts that the system can be asked about. */
export class SystemAccounts implements Accounts {
  readonly available = true;
  readonly #ask: AskSystem;
  readonly #rules: AccountRules;
  readonly #queue: AccountQueue;

  constructor(ask: AskSystem, rules: AccountRules, queue: AccountQueue) {
    this.#ask = ask;
    this.#rules = rules;
    this.#queue = queue;
  }

  async verify(user: string, password: string, { address }: Peer): Promise<Principal | undefined> {
    const log = getLogger("security");
    if (!isUserName(user) || user === EVERYBODY) return undefined;
    const role = this.#rules.roleOf(user);
    const host = address.replace(/:\d+$/, "").replace(/^\[(.*)\]$/, "$1");
    const question = { user, password: role ? password : IMPOSSIBLE, host };
    const { refusal, delayMs } = await this.#queue.ask(() =>
      this.#ask(question).catch((error) => {
        log.error("The system cannot be asked who may come in: {error}", { error });
        return { refusal: "it cannot be asked", delayMs: 0 };
      })
    );
    if (refusal === undefined && role) return { user, viewOnly: role === "viewer", role };
    const reason = role ? refusal : "pam_users does not name this user";
    log.info("The system does not let {user} in from {address}: {reason}", { user, address, reason });
    await new Promise((resolve) => setTimeout(resolve, Math.min(delayMs, MOST_DELAY_MS)));
    return undefined;
  }
}

/** In place of accounts that the system cannot be asked about. */
export const NO_ACCOUNTS: Accounts = {
  available: false,
  verify: () => Promise.resolve(undefined),
};
