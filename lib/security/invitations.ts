/**
 * Passwords that somebody is lent: they let in for a short while, and a few times only. Operators make them while the
 * server runs; they are kept in memory alone.
 *
 * They are of eight characters, which is all that VNC Authentication carries (RFC 6143 §7.2.2), so that every viewer can
 * send them; links for the page carry the same.
 *
 * @module
 */
import type { Clock } from "../core/clock.ts";
import { nodeCrypto } from "../core/node_builtins.ts";
import type { InvitationEvent } from "../core/observer.ts";
import type { Principal } from "./security_type.ts";
import type { Role } from "./users.ts";

/** What cannot be mistaken for another when it is read aloud or copied by hand: 8 of them are 39.6 bits. */
const ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789";
const PASSWORD_LENGTH = 8;

/** Bounds of what can be asked for: how long, in ms, and how many logins. */
export const INVITATION_LIMITS = { leastMs: 1000, mostMs: 30 * 24 * 3600_000, mostUses: 1000 } as const;

/** Invitations that can be open at the same time. */
const MOST_OPEN = 100;

/** What is to be lent. */
export interface InvitationWishes {
  readonly role: Role;
  /** From now on, in ms; see {@linkcode INVITATION_LIMITS}. */
  readonly validMs: number;
  /** Logins. */
  readonly uses: number;
}

/** One that is open, without its secret. */
export interface Invitation {
  /** Unique within a server's life, from 1 upwards. */
  readonly id: number;
  readonly role: Role;
  readonly usesLeft: number;
  /** How much longer, in ms. */
  readonly leftMs: number;
}

/** One that was just made. */
export interface NewInvitation extends Invitation {
  /** Told once, and never again. */
  readonly password: string;
}

interface Entry {
  readonly id: number;
  readonly role: Role;
  readonly password: string;
  readonly until: number;
  usesLeft: number;
}

/** Written by operators and by logins. */
export class Invitations {
  readonly #clock: Pick<Clock, "now">;
  readonly #notify: (event: InvitationEvent) => void;
  readonly #open = new Map<number, Entry>();
  #nextId = 1;

  /** @param notify Told of what becomes of each, never of its secret. */
  constructor(clock: Pick<Clock, "now">, notify: (event: InvitationEvent) => void = () => {}) {
    this.#clock = clock;
    this.#notify = notify;
  }

  /** @throws {RangeError} It is asked for more than there can be; says what there can be. */
  make({ role, validMs, uses }: InvitationWishes): NewInvitation {
    const { leastMs, mostMs, mostUses } = INVITATION_LIMITS;
    if (!(validMs >= leastMs && validMs <= mostMs)) {
      throw new RangeError(`An invitation holds for ${leastMs / 1000} to ${mostMs / 1000} seconds`);
    }
    if (!Number.isInteger(uses) || uses < 1 || uses > mostUses) {
      throw new RangeError(`An invitation is for 1 to ${mostUses} logins`);
    }
    this.#expire();
    if (this.#open.size >= MOST_OPEN) throw new RangeError(`There can be ${MOST_OPEN} open invitations`);
    const entry: Entry = {
      id: this.#nextId++,
      role,
      password: makePassword(),
      until: this.#clock.now() + validMs,
      usesLeft: uses,
    };
    this.#open.set(entry.id, entry);
    this.#notify({ invitation: entry.id, what: "made" });
    return { ...this.#shown(entry), password: entry.password };
  }

  /** Those that still let in, oldest first. */
  get open(): readonly Invitation[] {
    this.#expire();
    return [...this.#open.values()].map((entry) => this.#shown(entry));
  }

  /** Whether one still lets in. */
  get anyOpen(): boolean {
    this.#expire();
    return this.#open.size > 0;
  }

  /** Whether there has ever been one. */
  get anyMade(): boolean {
    return this.#nextId > 1;
  }

  /** From now on it lets nobody in. @returns Whether it was open. */
  revoke(id: number): boolean {
    this.#expire();
    if (!this.#open.delete(id)) return false;
    this.#notify({ invitation: id, what: "revoked" });
    return true;
  }

  /**
   * Takes one login from the invitation whose password fits.
   *
   * @param fits Compares in constant time. Called for all that are open, so that the time taken does not tell which.
   */
  redeem(fits: (password: string) => boolean): Principal | undefined {
    this.#expire();
    let found: Entry | undefined;
    for (const entry of this.#open.values()) {
      if (fits(entry.password)) found = entry;
    }
    if (!found) return undefined;
    found.usesLeft--;
    if (found.usesLeft === 0) this.#open.delete(found.id);
    this.#notify({ invitation: found.id, what: "used" });
    const { id, role } = found;
    return { user: invitedUser(id), viewOnly: role === "viewer", role };
  }

  #expire(): void {
    const now = this.#clock.now();
    for (const { id, until } of this.#open.values()) {
      if (until > now) continue;
      this.#open.delete(id);
      this.#notify({ invitation: id, what: "expired" });
    }
  }

  #shown({ id, role, usesLeft, until }: Entry): Invitation {
    return { id, role, usesLeft, leftMs: until - this.#clock.now() };
  }
}

/** What those are called who came in by an invitation. No user of a users' file can be: a name has no colon. */
export function invitedUser(id: number): string {
  return `invite:${id}`;
}

function makePassword(): string {
  const { randomInt } = nodeCrypto();
  return Array.from({ length: PASSWORD_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join("");
}
