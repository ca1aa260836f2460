/**
 * What types that are given a password in full, with a name or without, do with it.
 *
 * @module
 */
import { createHash, timingSafeEqual } from "node:crypto";
import type { Peer } from "../transport/transport.ts";
import { failLogin } from "./login_guard.ts";
import { type Credentials, type Principal, usersAreAsked } from "./security_type.ts";
import { verifyUser } from "./users.ts";

const WRONG_OR_OVER =
  "Authentication failed: the password is wrong, or a one-time password that has been used up or has expired";

/**
 * Checks a name and a password, or a password alone.
 *
 * @param user Names nobody where there are only passwords.
 * @throws {RefusedError} Too many logins have failed.
 * @throws {AuthenticationError} It is wrong.
 */
export function logIn(
  peer: Peer,
  credentials: Credentials,
  user: string,
  password: string,
): Promise<Principal> {
  const byName = usersAreAsked(credentials) && user !== "";
  return guarded(peer, credentials, byName ? user : "", async () => {
    const fits = (expected: string) => equal(password, expected);
    if (!byName) return principalOf(credentials, fits);
    const invited = credentials.invitations?.redeem(fits);
    if (invited) return invited;
    return await byUsersFile(credentials, user, password) ??
      await byAccount(peer, credentials, user, password);
  });
}

async function byUsersFile(
  { users, codes }: Credentials,
  user: string,
  password: string,
): Promise<Principal | undefined> {
  if (!users || users.size === 0) return undefined;
  const found = await verifyUser(users, user, password, codes);
  return found && { user: found.name, viewOnly: found.role === "viewer", role: found.role };
}

/** The system is not asked about those whom the users' file knows: there is one password for each name. */
async function byAccount(
  peer: Peer,
  { users, accounts }: Credentials,
  user: string,
  password: string,
): Promise<Principal | undefined> {
  return users?.has(user) ? undefined : await accounts?.verify(user, password, peer);
}

/**
 * Which of the two passwords fits, or which invitation's, one login of which is taken then. All are compared, so that the
 * time taken does not tell which are set.
 */
export function principalOf(
  { password, viewOnlyPassword, invitations }: Credentials,
  fits: (expected: string) => boolean,
): Principal | undefined {
  const full = fits(password) && password !== "";
  const viewOnly = fits(viewOnlyPassword) && viewOnlyPassword !== "";
  if (full) return { user: "", viewOnly: false };
  return viewOnly ? { user: "", viewOnly: true } : invitations?.redeem(fits);
}

/** Lets a login count. */
export async function guarded(
  peer: Peer,
  { guard, invitations }: Credentials,
  user: string,
  verify: () => Promise<Principal | undefined> | Principal | undefined,
): Promise<Principal> {
  // Whoever comes too late with an invitation should know; but not which of these it was.
  const reason = invitations?.anyMade ? WRONG_OR_OVER : undefined;
  if (guard) return await guard.attempt(peer, user, verify, reason);
  return await verify() ?? await failLogin(reason);
}

/** In a time that tells nothing, not even lengths. */
function equal(a: string, b: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
