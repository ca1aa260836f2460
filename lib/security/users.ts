/**
 * People with names, passwords and roles, in a text file: one line for each, `name:role:hash` or `name:role:hash:totp=SECRET`.
 *
 * Hashes are `scrypt$N$r$p$salt$hash`, salt and hash in base64url (RFC 7914); secrets of authenticators are in base32 (RFC
 * 6238). `porthole passwd --user NAME` writes them.
 *
 * @module
 */
import type { Buffer } from "node:buffer";
import { PEER_LIMITS } from "../core/limits.ts";
import { nodeBuffer, nodeCrypto } from "../core/node_builtins.ts";
import { parseTotpSecret, splitCode, type UsedCodes } from "./totp.ts";

/** What begins the fourth part of a line. */
const TOTP = "totp=";

/** The owner decides about others; an operator may touch; a viewer may only look. */
export const ROLES = ["owner", "operator", "viewer"] as const;
/** One of {@linkcode ROLES}. */
export type Role = typeof ROLES[number];

/** One line of the file. */
export interface User {
  readonly name: string;
  readonly role: Role;
  /** As in the file. */
  readonly hash: string;
  /** The secret of the user's authenticator, in base32: its code is to follow the password. None by default. */
  readonly totp?: string;
}

/** Users by name. */
export type Users = ReadonlyMap<string, User>;

/** Longest name and password, in bytes: that of the RSA-AES types (rfbproto), where the length is one byte. */
export const LONGEST_NAME: number = PEER_LIMITS.shortTextBytes;

/** What one check costs: 16 MiB and some 50 ms (RFC 7914 §2). */
const COST = { N: 16384, r: 8, p: 1 };
/** A file that asks for more is not believed: 64 MiB. */
const MOST_MEMORY = 64 * 1024 * 1024;
const HASH_LENGTH = 32;

/** A file that breaks the rules; `line` is counted from 1. */
export class UsersFileError extends Error {
  override readonly name = "UsersFileError";
  readonly line: number;

  constructor(message: string, line: number) {
    super(`line ${line}: ${message}`);
    this.line = line;
  }
}

/** Parses the file. Empty lines and those that begin with # mean nothing. @throws {UsersFileError} */
export function parseUsers(text: string): Map<string, User> {
  const users = new Map<string, User>();
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.trim();
    if (line === "" || line.startsWith("#")) continue;
    const [name = "", role, hash = "", factor, ...more] = line.split(":");
    const number = index + 1;
    if (!isUserName(name)) throw new UsersFileError("the name is empty or too long", number);
    if (!isRole(role)) throw new UsersFileError(`the role must be one of ${ROLES.join(", ")}`, number);
    if (more.length > 0 || !parseHash(hash)) {
      throw new UsersFileError("the hash is none; porthole passwd --user makes them", number);
    }
    if (users.has(name)) throw new UsersFileError("the name occurs twice", number);
    const totp = factor?.startsWith(TOTP) ? factor.slice(TOTP.length) : undefined;
    if (factor !== undefined && (totp === undefined || !parseTotpSecret(totp))) {
      throw new UsersFileError(`the fourth part is not ${TOTP} and a secret in base32`, number);
    }
    users.set(name, { name, role, hash, ...(totp !== undefined && { totp }) });
  }
  return users;
}

/** A user's line, without its end. */
export function formatUser({ name, role, hash, totp }: User): string {
  return `${name}:${role}:${hash}${totp === undefined ? "" : `:${TOTP}${totp}`}`;
}

/** The text of a file with one more user, or with this one in the place of the one of that name. All else stays as it is. */
export function withUser(text: string, user: User): string {
  const line = formatUser(user);
  const lines = text.split(/(?<=\n)/);
  const place = lines.findIndex((old) => old.trim().split(":")[0] === user.name);
  if (place < 0) return `${text}${text === "" || text.endsWith("\n") ? "" : "\n"}${line}\n`;
  const [end] = /\r?\n$/.exec(lines[place]!) ?? ["\n"];
  return lines.with(place, `${line}${end}`).join("");
}

/** Whether it can stand in the file. */
export function isUserName(name: string): boolean {
  return name !== "" && nodeBuffer().byteLength(name) <= LONGEST_NAME && !/[:#\s\p{Cc}]/u.test(name);
}

/** Whether a text is one of {@linkcode ROLES}. */
export function isRole(text: string | undefined): text is Role {
  return ROLES.some((role) => role === text);
}

/** A new hash of a password. */
export async function hashPassword(password: string): Promise<string> {
  const salt = nodeCrypto().randomBytes(16);
  const hash = await derive(password, { ...COST, salt, length: HASH_LENGTH });
  return `scrypt$${COST.N}$${COST.r}$${COST.p}$${salt.toString("base64url")}$${hash.toString("base64url")}`;
}

/**
 * Looks a user up and checks the password, behind which a code is to stand for those who have an authenticator. Takes as
 * long for names that there are not. Checks wait for each other: each takes a processor and the memory that its hash was
 * made with, and anybody can ask for them.
 *
 * @param codes Those that were used before. Without, nobody comes in who needs one.
 */
export async function verifyUser(
  users: Users,
  name: string,
  given: string,
  codes?: UsedCodes,
): Promise<User | undefined> {
  const user = users.get(name);
  const secret = user?.totp === undefined ? undefined : parseTotpSecret(user.totp);
  const { password, code } = secret && splitCode(given) || { password: given, code: undefined };
  const parsed = parseHash(user?.hash ?? NOBODY)!;
  const derived = await oneByOne(() => derive(password, { ...parsed, length: parsed.hash.length }));
  if (!nodeCrypto().timingSafeEqual(derived, parsed.hash) || !user) return undefined;
  if (user.totp === undefined) return user;
  // Only behind the right password: nobody else can use up somebody's code.
  return secret && code !== undefined && codes?.use(name, secret, code) ? user : undefined;
}

/** The hash of no password. */
const NOBODY = `scrypt$${COST.N}$${COST.r}$${COST.p}$${"A".repeat(22)}$${"A".repeat(43)}`;

interface Cost {
  readonly N: number;
  readonly r: number;
  readonly p: number;
  readonly salt: Buffer;
}

function parseHash(text: string): (Cost & { readonly hash: Buffer }) | undefined {
  const match = /^scrypt\$(\d{1,8})\$(\d{1,3})\$(\d{1,2})\$([\w-]{16,})\$([\w-]{43})$/.exec(text);
  if (!match) return undefined;
  const [N, r, p] = [match[1], match[2], match[3]].map(Number) as [number, number, number];
  const powerOfTwo = N > 1 && (N & (N - 1)) === 0;
  if (!powerOfTwo || r === 0 || p === 0 || 128 * N * r > MOST_MEMORY) return undefined;
  const [salt, hash] = [match[4]!, match[5]!].map((text) => nodeBuffer().from(text, "base64url"));
  return { N, r, p, salt: salt!, hash: hash! };
}

/** The one that was begun last, or waits. */
let last: Promise<unknown> = Promise.resolve();

/** Does it when what was to be done before is over. */
function oneByOne<T>(task: () => Promise<T>): Promise<T> {
  const done = last.then(task);
  last = done.catch(() => {});
  return done;
}

function derive(password: string, { N, r, p, salt, length }: Cost & { length: number }): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const options = { N, r, p, maxmem: 2 * MOST_MEMORY };
    nodeCrypto().scrypt(
      password,
      salt,
      length,
      options,
      (error, key) => error ? reject(error) : resolve(key),
    );
  });
}
