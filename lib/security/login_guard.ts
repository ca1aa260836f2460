/**
 * Slows guessing down: whoever fails too often from one address as one user has to wait, longer each time.
 *
 * What is counted are failed logins, not connections; what is locked is one user from one address, so that nobody can
 * lock out somebody else elsewhere; and this machine is never locked, since all tunnels and proxies come from there.
 *
 * @module
 */
import type { Clock } from "../core/clock.ts";
import { AuthenticationError, RefusedError } from "../core/errors.ts";
import { getLogger } from "../core/log.ts";
import type { Peer } from "../transport/transport.ts";

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

/** Every failed login is answered so late, in ms, however it failed: timing tells nothing. */
export const FAILURE_DELAY_MS = 200;

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

/** Written by every login of a server. */
export class LoginGuard {
  /** In the order of the last failure. */
  readonly #entries = new Map<string, Entry>();
  readonly #clock: Pick<Clock, "now">;
  readonly #rules: LockRules;

  constructor(clock: Pick<Clock, "now">, rules: LockRules = DEFAULT_LOCK_RULES) {
    this.#clock = clock;
    this.#rules = rules;
  }

  /**
   * Checks one login. It counts as failed from its beginning, so that several at once are no way around.
   *
   * @param user "" where only a password is asked for.
   * @param verify `undefined` when it is wrong.
   * @throws {RefusedError} Not now: too many have failed; says for how long.
   * @throws {AuthenticationError} It is wrong.
   */
  async attempt<T>(
    peer: Peer,
    user: string,
    verify: () => Promise<T | undefined> | T | undefined,
  ): Promise<T> {
    const entry = peer.local ? undefined : this.#entryOf(hostOf(peer.address), user);
    if (entry) this.#begin(entry);
    const verified = await verify();
    if (verified === undefined) return await failLogin();
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

  /** Forgets what failed from an address, or everything. @returns How many entries that were. */
  clear(address?: string): number {
    let cleared = 0;
    for (const [key, entry] of this.#entries) {
      if (address !== undefined && entry.address !== address) continue;
      this.#entries.delete(key);
      cleared++;
    }
    return cleared;
  }

  #begin(entry: Entry): void {
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
      const { address, user } = entry;
      getLogger("security").warning("{address} has failed to log in {failures} times and waits {seconds} s", {
        address,
        user,
        failures: entry.failures,
        seconds: lockMs / 1000,
      });
    }
    entry.forgetAt = Math.max(now, entry.lockedUntil) + memoryMs;
    const key = keyOf(entry);
    this.#entries.delete(key); // the last one to fail is the last one to be forgotten
    this.#entries.set(key, entry);
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= MOST_ENTRIES) break;
      this.#entries.delete(oldest);
    }
  }

  #entryOf(address: string, user: string): Entry {
    const fresh = { address, user, failures: 0, lockedUntil: 0, forgetAt: 0 };
    const known = this.#entries.get(keyOf(fresh));
    return known && known.forgetAt > this.#clock.now() ? known : fresh;
  }
}

/** What every wrong login comes to. @throws {AuthenticationError} Always, after a while. */
export async function failLogin(): Promise<never> {
  await new Promise((resolve) => setTimeout(resolve, FAILURE_DELAY_MS));
  throw new AuthenticationError("Authentication failed");
}

function keyOf({ address, user }: Pick<Entry, "address" | "user">): string {
  return `${address} ${user}`;
}

/** An address without its port. Of IPv6, the network: one machine has as many addresses there as it likes. */
function hostOf(address: string): string {
  const host = address.replace(/:\d+$/, "");
  if (!host.startsWith("[") || host.startsWith("[::")) return host;
  return `${host.slice(1, -1).split(":").slice(0, 4).join(":")}::/64`;
}
