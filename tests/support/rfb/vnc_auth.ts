/**
 * The client's side of VNC Authentication (RFC 6143 §7.2.2).
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { createCipheriv } from "node:crypto";

/** DES takes the bits of each key byte in the other order: a peculiarity of VNC. */
function reverseBits(byte: number): number {
  let reversed = 0;
  for (let i = 0; i < 8; i++) reversed |= ((byte >> i) & 1) << (7 - i);
  return reversed;
}

/**
 * Encrypts blocks of eight bytes, each by itself.
 *
 * @param key Eight bytes, in VNC's bit order.
 */
export function vncDes(key: Uint8Array, blocks: Uint8Array): Uint8Array<ArrayBuffer> {
  const reversed = key.map(reverseBits);
  const triple = Buffer.concat([reversed, reversed, reversed]); // three times the same key is single DES
  const out = new Uint8Array(blocks.length);
  for (let at = 0; at < blocks.length; at += 8) {
    const des = createCipheriv("des-ede3-cbc", triple, Buffer.alloc(8)).setAutoPadding(false);
    out.set(des.update(blocks.subarray(at, at + 8)), at);
  }
  return out;
}

/** The first eight bytes of a password, padded with zeros. */
export function passwordKey(password: string): Uint8Array<ArrayBuffer> {
  const key = new Uint8Array(8);
  key.set(new TextEncoder().encode(password).subarray(0, 8));
  return key;
}

/** The 16 bytes that answer a challenge of 16 bytes. */
export function vncAuthResponse(challenge: Uint8Array, password: string): Uint8Array<ArrayBuffer> {
  return vncDes(passwordKey(password), challenge);
}
