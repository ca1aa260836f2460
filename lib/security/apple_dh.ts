/**
 * Apple's Diffie-Hellman login, which macOS and others know (rfbproto "Diffie-Hellman Authentication"): name and password
 * under AES-128-ECB, with MD5 of a shared secret as its key.
 *
 * Weak, and for those who ask for it: nobody knows whom the secret is shared with, so that someone in between reads the
 * password; and the session goes on in clear.
 *
 * @module
 */
import {
  createDecipheriv,
  createDiffieHellman,
  createHash,
  getDiffieHellman,
  randomBytes,
} from "node:crypto";
import { Buffer } from "node:buffer";
import { AuthenticationError } from "../core/errors.ts";
import { SecurityTypeNumber } from "../protocol/constants.ts";
import { logIn } from "./login.ts";
import { loginIsAsked, type SecurityChannel, type SecurityTypeDefinition } from "./security_type.ts";

/** Bits of the prime; Apple's own servers have 1024. */
export type AppleDhBits = 1024 | 2048;

/** How each size is done: Oakley groups 2 (RFC 2409 §6.2) and 14 (RFC 3526 §3), whose primes are safe; both generate by 2. */
const GROUPS = {
  // Exponents of twice the strength suffice (RFC 3526 §8), and longer ones would hold up other viewers.
  1024: { name: "modp2", exponentBytes: 32 },
  2048: { name: "modp14", exponentBytes: 40 },
} as const;
const GENERATOR = 2;

/** Of the name, and of the password, each with a zero byte at its end, or as long as this. */
const TEXT_BYTES = 64;

/** Security type 30. */
export const APPLE_DH: SecurityTypeDefinition = {
  name: "Apple Diffie-Hellman",
  number: SecurityTypeNumber.AppleDiffieHellman,
  version33: false,
  offeredTo: (peer, credentials) => !!credentials.appleDh && loginIsAsked(peer, credentials),
  async authenticate(channel, credentials) {
    const { user, password } = await exchange(channel, credentials.appleDh || 2048);
    return { principal: await logIn(channel.transport.peer, credentials, user, password) };
  },
};

/** u16 generator, u16 length, prime, our public key; back come the two texts, encrypted, and the peer's public key. */
async function exchange(
  { inbox, transport }: SecurityChannel,
  bits: AppleDhBits,
): Promise<{ readonly user: string; readonly password: string }> {
  const { name, exponentBytes } = GROUPS[bits];
  const prime = getDiffieHellman(name).getPrime();
  const { length } = prime;
  const ours = createDiffieHellman(prime, GENERATOR);
  ours.setPrivateKey(randomBytes(exponentBytes));
  const head = Uint8Array.of(0, GENERATOR, length >> 8, length & 0xff);
  await transport.write(Uint8Array.from([...head, ...prime, ...padded(ours.generateKeys(), length)]));
  const encrypted = await inbox.take(2 * TEXT_BYTES);
  const theirs = Buffer.from(await inbox.take(length));
  checkPublicKey(theirs, prime);
  const secret = padded(ours.computeSecret(theirs), length);
  const key = createHash("md5").update(secret).digest();
  const decipher = createDecipheriv("aes-128-ecb", key, null).setAutoPadding(false);
  const texts = Buffer.concat([decipher.update(encrypted), decipher.final()]);
  return { user: textAt(texts, 0), password: textAt(texts, TEXT_BYTES) };
}

/**
 * 0, 1, -1 and what is no remainder would make a secret that everybody knows.
 *
 * @throws {AuthenticationError} It is one of them.
 */
function checkPublicKey(key: Buffer, prime: Buffer): void {
  const value = BigInt(`0x${key.toString("hex")}`);
  if (value <= 1n || value >= BigInt(`0x${prime.toString("hex")}`) - 1n) {
    throw new AuthenticationError("Key exchange failed");
  }
}

/** With zeros before it. */
function padded(bytes: Uint8Array, length: number): Uint8Array {
  const all = new Uint8Array(length);
  all.set(bytes, length - bytes.length);
  return all;
}

/** Up to the zero byte; what is behind it is noise. */
function textAt(bytes: Buffer, at: number): string {
  const field = bytes.subarray(at, at + TEXT_BYTES);
  const end = field.indexOf(0);
  return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end));
}
