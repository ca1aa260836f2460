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
 * The 16 bytes that answer a challenge of 16 bytes.
 *
 * @param password Its first eight bytes count, shorter ones are padded with zeros.
 */
export function vncAuthResponse(challenge: Uint8Array, password: string): Uint8Array<ArrayBuffer> {
  const key = new Uint8Array(8);
  key.set(new TextEncoder().encode(password).subarray(0, 8));
  const reversed = key.map(reverseBits);
  const triple = Buffer.concat([reversed, reversed, reversed]); // three times the same key is single DES
  const response = new Uint8Array(16);
  for (const at of [0, 8]) {
    const des = createCipheriv("des-ede3-cbc", triple, Buffer.alloc(8)).setAutoPadding(false);
    response.set(des.update(challenge.subarray(at, at + 8)), at);
  }
  return response;
}
