/**
 * Codes that change each half minute, as authenticators show them (RFC 6238 with SHA-1, 30 s, 6 digits; RFC 4226).
 *
 * @module
 */
import { nodeBuffer, nodeCrypto } from "../core/node_builtins.ts";

/** What all authenticators take; many ignore what an otpauth URI says of these. */
const PERIOD_SECONDS = 30;
const DIGITS = 6;
/** Periods before and after the present one that are taken, since clocks differ (RFC 6238 §5.2). */
const WINDOW = 1;

/** Of new secrets: as long as SHA-1's output (RFC 4226 §4 R6). */
const SECRET_BYTES = 20;
/** Shorter ones are not believed (RFC 4226 §4 R6: 128 bits). */
const LEAST_SECRET_BYTES = 16;
const MOST_SECRET_BYTES = 64;

/** RFC 4648 §6. */
const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** A new secret, in base32. */
export function newTotpSecret(): string {
  return toBase32(nodeCrypto().randomBytes(SECRET_BYTES));
}

/** The secret behind its base32, without padding. @returns `undefined` for what is none, or too short. */
export function parseTotpSecret(text: string): Uint8Array | undefined {
  if (!/^[A-Z2-7]+$/.test(text)) return undefined;
  const bytes = new Uint8Array(Math.floor(text.length * 5 / 8));
  if (bytes.length < LEAST_SECRET_BYTES || bytes.length > MOST_SECRET_BYTES) return undefined;
  let bits = 0;
  let count = 0;
  let at = 0;
  for (const letter of text) {
    bits = (bits << 5 | BASE32.indexOf(letter)) & 0xfff;
    count += 5;
    if (count < 8) continue;
    count -= 8;
    bytes[at++] = bits >> count;
  }
  return bytes;
}

/** What authenticators read, mostly from a QR code: the key URI format. */
export function otpauthUri(secret: string, account: string, issuer: string): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(account)}`;
  const query = `secret=${secret}&issuer=${encodeURIComponent(issuer)}`;
  return `otpauth://totp/${label}?${query}&algorithm=SHA1&digits=${DIGITS}&period=${PERIOD_SECONDS}`;
}

/** The code for one value of a counter (RFC 4226 §5.3). */
export function hotp(secret: Uint8Array, counter: number, digits: number = DIGITS): string {
  const message = nodeBuffer().alloc(8);
  message.writeBigUInt64BE(BigInt(counter));
  const hash = nodeCrypto().createHmac("sha1", secret).update(message).digest();
  const number = hash.readUInt32BE(hash[19]! & 15) & 0x7fffffff;
  return String(number % 10 ** digits).padStart(digits, "0");
}

/** The counter at a time, in ms of Unix time (RFC 6238 §4.2). */
export function totpCounter(ms: number): number {
  return Math.floor(ms / 1000 / PERIOD_SECONDS);
}

/** A password with a code behind it, taken apart. @returns `undefined` if no code is there. */
export function splitCode(text: string): { readonly password: string; readonly code: string } | undefined {
  const at = text.length - DIGITS;
  const code = text.slice(at);
  return at >= 0 && /^\d+$/.test(code) ? { password: text.slice(0, at), code } : undefined;
}

/**
 * Codes that have been used: none lets in twice (RFC 6238 §5.2), and none from before one that has.
 *
 * Kept in memory: for a minute and a half after a restart, a code could be used once more.
 */
export class UsedCodes {
  readonly #now: () => number;
  /** By user: the counter of the last code that let in. */
  readonly #last = new Map<string, number>();

  /** @param now Unix time in ms. */
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Checks a code, and uses it up when it is right. All that might be right are compared, in constant time. */
  use(user: string, secret: Uint8Array, code: string): boolean {
    const present = totpCounter(this.#now());
    const { timingSafeEqual } = nodeCrypto();
    const given = nodeBuffer().from(code.padEnd(DIGITS).slice(0, DIGITS));
    let found: number | undefined;
    for (let counter = present - WINDOW; counter <= present + WINDOW; counter++) {
      if (timingSafeEqual(given, nodeBuffer().from(hotp(secret, counter)))) found ??= counter;
    }
    if (found === undefined || found <= (this.#last.get(user) ?? -1)) return false;
    this.#last.set(user, found);
    return true;
  }
}

function toBase32(bytes: Uint8Array): string {
  let text = "";
  let bits = 0;
  let count = 0;
  for (const byte of bytes) {
    bits = (bits << 8 | byte) & 0xfff;
    count += 8;
    while (count >= 5) {
      count -= 5;
      text += BASE32[bits >> count & 31];
    }
  }
  return count > 0 ? text + BASE32[bits << (5 - count) & 31] : text;
}
