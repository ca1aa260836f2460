/**
 * The client's side of Apple's Diffie-Hellman login (rfbproto "Diffie-Hellman Authentication").
 *
 * @module
 */
import { createCipheriv, createHash, randomBytes } from "node:crypto";
import type { Inbox } from "../../../lib/transport/inbox.ts";
import type { Transport } from "../../../lib/transport/transport.ts";

/** What the server offers. */
export interface AppleDhOffer {
  readonly generator: bigint;
  readonly prime: bigint;
  readonly theirs: bigint;
  /** Of numbers, in bytes. */
  readonly length: number;
}

/** Reads the server's part. */
export async function takeAppleDhOffer(inbox: Inbox): Promise<AppleDhOffer> {
  const head = new DataView((await inbox.take(4)).slice().buffer);
  const length = head.getUint16(2);
  const [prime, theirs] = [numberOf(await inbox.take(length)), numberOf(await inbox.take(length))];
  return { generator: BigInt(head.getUint16(0)), prime, theirs, length };
}

/** Goes through it, with noise behind name and password as others have it. */
export async function appleDh(
  transport: Transport,
  inbox: Inbox,
  user: string,
  password: string,
): Promise<void> {
  const { generator, prime, theirs, length } = await takeAppleDhOffer(inbox);
  const secret = numberOf(randomBytes(32));
  const key = createHash("md5").update(bytesOf(power(theirs, secret, prime), length)).digest();
  const cipher = createCipheriv("aes-128-ecb", key, null).setAutoPadding(false);
  const encrypted = cipher.update(new Uint8Array([...fieldOf(user), ...fieldOf(password)]));
  await transport.write(
    new Uint8Array([...encrypted, ...bytesOf(power(generator, secret, prime), length)]),
  );
}

/** 64 bytes: UTF-8, a zero, noise. */
function fieldOf(text: string): Uint8Array {
  const field = new Uint8Array(randomBytes(64));
  const bytes = new TextEncoder().encode(text);
  field.set(bytes.subarray(0, 64));
  if (bytes.length < 64) field[bytes.length] = 0;
  return field;
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  for (let e = exponent, b = base % modulus; e > 0n; e >>= 1n, b = b * b % modulus) {
    if (e & 1n) result = result * b % modulus;
  }
  return result;
}

/** Big-endian. */
export function numberOf(bytes: Uint8Array): bigint {
  return BigInt(`0x${new Uint8Array(bytes).toHex() || "0"}`);
}

/** Big-endian, with zeros before it. */
export function bytesOf(value: bigint, length: number): Uint8Array {
  return Uint8Array.fromHex(value.toString(16).padStart(2 * length, "0"));
}
