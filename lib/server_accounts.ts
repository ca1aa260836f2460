/**
 * The accounts of this machine, as a server's options want them: PAM, opened when it is first needed.
 *
 * @module
 */
import { NativeError } from "./core/errors.ts";
import { getLogger } from "./core/log.ts";
import { Pam } from "./ffi/pam.ts";
import {
  AccountQueue,
  AccountRules,
  type Accounts,
  NO_ACCOUNTS,
  SystemAccounts,
} from "./security/accounts.ts";
import { LocalUsers, SELF } from "./security/local_users.ts";

/** Where PAM looks for services. */
const PLACES = ["/etc/pam.d", "/usr/lib/pam.d"];

/** What options say about them. */
export interface AccountOptions {
  readonly pamService: string;
  readonly pamUsers: readonly string[];
}

/** One for a server's life: owns PAM. */
export class ServerAccounts implements Disposable {
  readonly #queue = new AccountQueue();
  readonly #openPam: () => Pam;
  #pam: Pam | undefined;
  #accounts: Accounts | undefined;
  #of: AccountOptions | undefined;

  /** @param openPam For tests. */
  constructor(openPam: () => Pam = () => new Pam()) {
    this.#openPam = openPam;
  }

  /** The accounts; `undefined` when nobody is to be asked about. A system that cannot be asked is told in the log. */
  of({ pamService, pamUsers }: AccountOptions): Accounts | undefined {
    const before = this.#of;
    if (!before || before.pamService !== pamService || before.pamUsers !== pamUsers) {
      this.#of = { pamService, pamUsers };
      this.#accounts = pamService === "" ? undefined : this.#open(pamService, pamUsers);
    }
    return this.#accounts;
  }

  [Symbol.dispose](): void {
    this.#pam?.[Symbol.dispose]();
    this.#pam = undefined;
    this.#of = undefined;
  }

  #open(service: string, users: readonly string[]): Accounts {
    const log = getLogger("security");
    try {
      this.#pam ??= this.#openPam();
    } catch (error) {
      if (!(error instanceof NativeError)) throw error;
      log.error("Nobody can log in by an account of this machine: {reason}", { reason: error.message });
      return NO_ACCOUNTS;
    }
    if (!PLACES.some((place) => exists(`${place}/${service}`))) {
      log.warning(
        'There is no {place}/{service}: PAM asks its service "other" instead, which lets nobody in',
        {
          place: PLACES[0],
          service,
        },
      );
    }
    const pam = this.#pam;
    return new SystemAccounts(
      (question) => pam.ask({ ...question, service }),
      new AccountRules(users, ownName()),
      this.#queue,
    );
  }
}

/** Who runs this process, if the system's list of users says so. */
function ownName(): string | undefined {
  try {
    const uid = Deno.uid();
    if (uid === null) return undefined;
    return new LocalUsers([SELF]).peer({ pid: Deno.pid, uid, gid: 0 }, true).owner?.name;
  } catch {
    return undefined; // not permitted
  }
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
