/**
 * Slows guessing down: whoever fails too often from one address as one user has to wait, longer each time.
 *
 * What is counted are failed logins, not connections; what is locked is one user from one address, so that nobody can
 * lock out somebody else elsewhere. Addresses from which many people come are never locked, since one of them could lock
 * out all the others: this machine's own, which all its users, tunnels and local proxies have in common, and those that
 * are named as proxies. What is left there is that every failure takes its time.
 *
 * @module
 */
import type { Clock } from "../core/clock.ts";
import { AuthenticationError, RefusedError } from "../core/errors.ts";
import { PEER_LIMITS } from "../core/limits.ts";
import { getLogger } from "../core/log.ts";
import type { LoginLocked } from "../core/observer.ts";
import type { Peer } from "../transport/transport.ts";
import { hostOf, isLoopback } from "./peer_host.ts";

/** When to lock, and for how long. */
export interface LockRules {
  /** Failed logins that cost nothing but time. */
  readonly failures: number;
  /** The first lock, in ms; each one after it is twice as long. */
  readonly firstMs: number;
  readonly longestMs: number;
  /** Failures are forgotten so long after the last one, or after the lock that it brought, in ms. */
  readonly memoryMs: number;
}

/** Five mistakes are free; then 10 s, 20 s, and so on up to 15 minutes. */
export const DEFAULT_LOCK_RULES: LockRules = {
  failures: 5,
  firstMs: 10_000,
  longestMs: 15 * 60_000,
  memoryMs: 15 * 60_000,
};

/** Pairs of address and user that are remembered; of more, those that failed longest ago are forgotten. */
const MOST_ENTRIES = 4096;

/** One pair that is locked, for operators. */
export interface Lock {
  readonly address: string;
  readonly user: string;
  readonly failures: number;
  /** How much longer, in ms. */
  readonly leftMs: number;
}

interface Entry {
  readonly address: string;
  readonly user: string;
  failures: number;
  lockedUntil: number;
  forgetAt: number;
}

/** What a guard can be given. */
export interface LoginGuardOptions {
  readonly rules?: LockRules;
  /** Told of each lock. */
  readonly locked?: (event: LoginLocked) => void;
}

/** Written by every login of a server. */
export class LoginGuard {
  /** In the order of the last failure. */
  readonly #entries = new Map<string, Entry>();
  readonly #clock: Pick<Clock, "now">;
  readonly #rules: LockRules;
  readonly #options: LoginGuardOptions;

  constructor(clock: Pick<Clock, "now">, options: LoginGuardOptions = {}) {
    this.#clock = clock;
    this.#rules = options.rules ?? DEFAULT_LOCK_RULES;
    this.#options = options;
  }

  /**
   * Checks one login. It counts as failed from its beginning, so that several at once are no way around; but not if nobody
   * could say whether it was right.
   *
   * @param user "" where only a password is asked for.
   * @param verify `undefined` when it is wrong.
   * @param reason What the peer is told then, if not the usual.
   * @throws {RefusedError} Not now: too many have failed; says for how long.
   * @throws {AuthenticationError} It is wrong. @throws What `verify` throws.
   */
  async attempt<T>(
    peer: Peer,
    user: string,
    verify: () => Promise<T | undefined> | T | undefined,
    reason?: string,
  ): Promise<T> {
    const entry = isShared(peer) ? undefined : this.#entryOf(hostOf(peer.address), user);
    const lock = entry && this.#begin(entry);
    let verified: T | undefined;
    try {
      verified = await verify();
    } catch (error) {
      if (entry) this.#takeBack(entry, lock);
      throw error;
    }
    if (verified === undefined) return await failLogin(reason);
    if (entry) this.#entries.delete(keyOf(entry));
    return verified;
  }

  /** Who has to wait at the moment. */
  get locks(): readonly Lock[] {
    const now = this.#clock.now();
    return [...this.#entries.values()].filter((entry) => entry.lockedUntil > now)
      .map(({ address, user, failures, lockedUntil }) => ({
        address,
        user,
        failures,
        leftMs: lockedUntil - now,
      }));
  }

  /**
   * Forgets what failed from an address, or everything.
   *
   * @param address As `locks` has it, or as peers have it: with a port or without.
   * @returns How many entries that were.
   */
  clear(address?: string): number {
    const host = address === undefined ? undefined : hostOf(address);
    let cleared = 0;
    for (const [key, entry] of this.#entries) {
      if (host !== undefined && entry.address !== host) continue;
      this.#entries.delete(key);
      cleared++;
    }
    return cleared;
  }

  /** @returns Until when it locks, if it does. @throws {RefusedError} */
  #begin(entry: Entry): number | undefined {
    const { failures, firstMs, longestMs, memoryMs } = this.#rules;
    const now = this.#clock.now();
    const leftMs = entry.lockedUntil - now;
    if (leftMs > 0) {
      throw new RefusedError(
        `Too many failed logins: try again in ${Math.ceil(leftMs / 1000)} s, or ask the server's operator`,
      );
    }
    entry.failures++;
    if (entry.failures >= failures) {
      const lockMs = Math.min(longestMs, firstMs * 2 ** (entry.failures - failures));
      entry.lockedUntil = now + lockMs;
      const { address, user, failures: failed } = entry;
      const event = { address, user, failures: failed, seconds: lockMs / 1000 };
      const text = "{address} has failed to log in {failures} times and waits {seconds} s";
      getLogger("security").warning(text, event);
      this.#options.locked?.(event);
    }
    entry.forgetAt = Math.max(now, entry.lockedUntil) + memoryMs;
    const key = keyOf(entry);
    this.#entries.delete(key); // the last one to fail is the last one to be forgotten
    this.#entries.set(key, entry);
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= MOST_ENTRIES) break;
      this.#entries.delete(oldest);
    }
    return entry.lockedUntil > now ? entry.lockedUntil : undefined;
  }

  /** A login was neither right nor wrong: what it brought is as if it had not been. */
  #takeBack(entry: Entry, lock: number | undefined): void {
    entry.failures--;
    if (entry.lockedUntil === lock || entry.failures < this.#rules.failures) entry.lockedUntil = 0;
    if (entry.failures === 0) this.#entries.delete(keyOf(entry));
  }

  #entryOf(address: string, user: string): Entry {
    const fresh = { address, user, failures: 0, lockedUntil: 0, forgetAt: 0 };
    const known = this.#entries.get(keyOf(fresh));
    return known && known.forgetAt > this.#clock.now() ? known : fresh;
  }
}

/** What every wrong login comes to. @throws {AuthenticationError} Always, after a while. */
export async function failLogin(reason = "Authentication failed"): Promise<never> {
  await new Promise((resolve) => setTimeout(resolve, PEER_LIMITS.failedLoginMs));
  throw new AuthenticationError(reason);
}

/**
 * Whether many people may have the peer's address. At a Unix socket where the system tells who is there, addresses have
 * the user's name. Peers that a proxy on this machine brings have its address, although they are elsewhere.
 */
function isShared(
  { address, local, trusted, proxy }: Peer & { readonly trusted?: boolean; readonly proxy?: boolean },
): boolean {
  return trusted === undefined && (local || proxy === true || isLoopback(hostOf(address)));
}

function keyOf({ address, user }: Pick<Entry, "address" | "user">): string {
  return `${address} ${user}`;
}
