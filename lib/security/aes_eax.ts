/**
 * AES in EAX mode (Bellare, Rogaway, Wagner: "The EAX Mode of Operation"): encrypts and tells whether anything was
 * changed on the way.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { createCipheriv, timingSafeEqual } from "node:crypto";

/** AES's block, and the tag's length, in bytes. */
export const BLOCK = 16;

/** Which of the three sums of EAX (OMAC's tweak). */
const Tweak = { Nonce: 0, Header: 1, Ciphertext: 2 } as const;

/** A key, with what is computed once for it. */
export class AesEax {
  readonly #key: Uint8Array;
  readonly #bits: number;
  /** Masks of the last block, whole or padded (RFC 4493 §2.3). */
  readonly #whole: Uint8Array;
  readonly #padded: Uint8Array;

  /** @param key 16 or 32 bytes. */
  constructor(key: Uint8Array) {
    if (key.length !== 16 && key.length !== 32) {
      throw new RangeError(`Cannot use a key of ${key.length} bytes: must be 16 or 32`);
    }
    this.#key = key;
    this.#bits = key.length * 8;
    const cipher = createCipheriv(`aes-${this.#bits}-ecb`, key, Buffer.alloc(0)).setAutoPadding(false);
    this.#whole = doubled(cipher.update(new Uint8Array(BLOCK)));
    this.#padded = doubled(this.#whole);
  }

  /**
   * Encrypts into `out`, the tag behind the ciphertext.
   *
   * @param nonce 16 bytes, never twice with the same key.
   * @param header What is sent in clear and must not be changed.
   * @param out As long as the plaintext, and {@linkcode BLOCK}.
   */
  seal(nonce: Uint8Array, header: Uint8Array, plaintext: Uint8Array, out: Uint8Array): void {
    const counter = this.#mac(Tweak.Nonce, nonce);
    const ciphertext = this.#crypt(counter, plaintext);
    out.set(ciphertext);
    out.set(this.#tag(counter, header, ciphertext), ciphertext.length);
  }

  /** Decrypts. @returns `undefined` when it is not what was sealed. */
  open(
    nonce: Uint8Array,
    header: Uint8Array,
    ciphertext: Uint8Array,
    tag: Uint8Array,
  ): Uint8Array | undefined {
    const counter = this.#mac(Tweak.Nonce, nonce);
    if (!timingSafeEqual(tag, this.#tag(counter, header, ciphertext))) return undefined;
    return this.#crypt(counter, ciphertext);
  }

  #crypt(counter: Uint8Array, bytes: Uint8Array): Uint8Array {
    return createCipheriv(`aes-${this.#bits}-ctr`, this.#key, counter).update(bytes);
  }

  #tag(nonceSum: Uint8Array, header: Uint8Array, ciphertext: Uint8Array): Uint8Array {
    const headerSum = this.#mac(Tweak.Header, header);
    const ciphertextSum = this.#mac(Tweak.Ciphertext, ciphertext);
    return nonceSum.map((byte, i) => byte ^ headerSum[i]! ^ ciphertextSum[i]!);
  }

  /** OMAC (CMAC, RFC 4493) of a block that holds the tweak, and the message. */
  #mac(tweak: number, message: Uint8Array): Uint8Array {
    const length = BLOCK + message.length;
    const padded = Math.ceil(length / BLOCK) * BLOCK;
    const blocks = new Uint8Array(padded);
    blocks[BLOCK - 1] = tweak;
    blocks.set(message, BLOCK);
    if (padded !== length) blocks[length] = 0x80;
    const mask = padded === length ? this.#whole : this.#padded;
    for (let i = 0; i < BLOCK; i++) blocks[padded - BLOCK + i]! ^= mask[i]!;
    const cipher = createCipheriv(`aes-${this.#bits}-cbc`, this.#key, new Uint8Array(BLOCK));
    return new Uint8Array(cipher.setAutoPadding(false).update(blocks).subarray(padded - BLOCK));
  }
}

/** Times x in GF(2^128) (RFC 4493 §2.3). */
function doubled(block: Uint8Array): Uint8Array {
  const out = block.map((byte, i) => byte << 1 | (i + 1 < BLOCK ? block[i + 1]! >> 7 : 0));
  if (block[0]! & 0x80) out[BLOCK - 1]! ^= 0x87;
  return new Uint8Array(out);
}
