/**
 * RSA keys of the RSA-AES security types: the server's own, which is kept, and those that peers send.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import {
  constants,
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  type KeyObject,
  privateDecrypt,
  publicEncrypt,
  randomBytes,
  randomInt,
} from "node:crypto";
import { ProtocolError } from "../core/errors.ts";
import { PEER_LIMITS } from "../core/limits.ts";
import { getLogger } from "../core/log.ts";
import { writePrivately } from "./private_file.ts";

const SECTION = "rfbproto RSA-AES Security Type";

const KEY_NAME = "rsa_key.pem";
/** All viewers take it. Longer ones take seconds to make, during which the first peer waits. */
const KEY_BITS = 2048;

/** The runtime takes no longer ones. */
const MOST_RUNTIME_BITS = 4096;

/** The server's key. */
export interface RsaKey {
  /** As it is sent: u32 length in bits, modulus, public exponent. */
  readonly publicMessage: Uint8Array;
  /** Bytes of the modulus, and of what is encrypted for it. */
  readonly length: number;
  /** RSAES-PKCS1-v1_5. @returns `undefined` when it was not encrypted for this key. */
  decrypt(ciphertext: Uint8Array): Uint8Array | undefined;
}

/** A peer's public key. */
export interface RsaPublicKey {
  readonly length: number;
  /** RSAES-PKCS1-v1_5. */
  encrypt(plaintext: Uint8Array): Uint8Array;
}

/** Reads the kept key, or makes one and keeps it. @param folder "" to keep nothing. */
export async function openRsaKey(folder: string): Promise<RsaKey> {
  const path = `${folder}/${KEY_NAME}`;
  if (folder) {
    try {
      return rsaKeyOf(createPrivateKey(await Deno.readTextFile(path)));
    } catch { /* there is none that can be used */ }
  }
  const key = await new Promise<KeyObject>((resolve, reject) =>
    generateKeyPair(
      "rsa",
      { modulusLength: KEY_BITS },
      (error, _public, made) => error ? reject(error) : resolve(made),
    )
  );
  if (folder) {
    try {
      writePrivately(path, key.export({ type: "pkcs8", format: "pem" }) as string);
    } catch (error) {
      getLogger("security").warning("RSA key cannot be kept in {folder}, the next start will make another", {
        folder,
        error,
      });
    }
  }
  return rsaKeyOf(key);
}

/** Of a private key. */
export function rsaKeyOf(key: KeyObject): RsaKey {
  const { n, e } = createPublicKey(key).export({ format: "jwk" });
  const modulus = Buffer.from(n!, "base64url");
  const pem = key.export({ type: "pkcs8", format: "pem" });
  return {
    publicMessage: publicMessageOf(modulus, Buffer.from(e!, "base64url")),
    length: modulus.length,
    decrypt(ciphertext) {
      try {
        return privateDecrypt({ key: pem, padding: constants.RSA_PKCS1_PADDING }, ciphertext);
      } catch {
        return undefined; // how it is wrong must not be told
      }
    },
  };
}

/**
 * Takes a peer's public key.
 *
 * @param bits Length of the modulus, as {@linkcode checkPeerBits} has allowed it.
 * @throws {ProtocolError} It cannot be a good one.
 */
export function parsePublicKey(bits: number, modulus: Uint8Array, exponent: Uint8Array): RsaPublicKey {
  const [n, e] = [modulus, exponent].map((bytes) => BigInt(`0x${Buffer.from(bytes).toString("hex")}`)) as [
    bigint,
    bigint,
  ];
  if (n.toString(2).length !== bits) throw new ProtocolError("RSA key is not as long as it says", SECTION);
  if ((n & 1n) === 0n || (e & 1n) === 0n || e <= 1n || e >= n) {
    throw new ProtocolError("RSA key is none", SECTION);
  }
  // Longer exponents are never needed, and cost as much time as a peer likes.
  if (e >= 1n << 33n) throw new ProtocolError("RSA exponent is longer than 33 bits", SECTION);
  if (bits > MOST_RUNTIME_BITS) {
    return {
      length: modulus.length,
      encrypt: (plaintext) => encrypt(plaintext, n, e),
    };
  }
  const jwk = {
    kty: "RSA",
    n: Buffer.from(modulus).toString("base64url"),
    e: Buffer.from(exponent.subarray(exponent.findIndex((byte) => byte !== 0))).toString("base64url"),
  };
  const pem = createPublicKey({ key: jwk, format: "jwk" }).export({ type: "spki", format: "pem" });
  return {
    length: modulus.length,
    encrypt: (plaintext) => publicEncrypt({ key: pem, padding: constants.RSA_PKCS1_PADDING }, plaintext),
  };
}

/** RSAES-PKCS1-v1_5 (RFC 8017 §7.2.1). @param plaintext At least 11 bytes shorter than the modulus. */
function encrypt(plaintext: Uint8Array, modulus: bigint, exponent: bigint): Uint8Array {
  const length = Math.ceil(modulus.toString(2).length / 8);
  // 00 02, bytes that are not 0, 00, and the message.
  const padding = randomBytes(length - plaintext.length - 3).map((byte) =>
    byte === 0 ? randomInt(1, 256) : byte
  );
  const message = Buffer.concat([Uint8Array.of(0, 2), padding, Uint8Array.of(0), plaintext]);
  let power = BigInt(`0x${message.toString("hex")}`);
  let result = 1n;
  for (let left = exponent; left > 0n; left >>= 1n) {
    if ((left & 1n) === 1n) result = result * power % modulus;
    power = power * power % modulus;
  }
  return new Uint8Array(Buffer.from(result.toString(16).padStart(2 * length, "0"), "hex"));
}

/** Before memory is taken for a key. @returns Bytes of the modulus. @throws {ProtocolError} */
export function checkPeerBits(bits: number): number {
  const { least, most } = PEER_LIMITS.rsaBits;
  if (bits < least || bits > most) {
    throw new ProtocolError(
      `RSA key has ${bits} bits, allowed are ${least} to ${most}`,
      SECTION,
    );
  }
  return Math.ceil(bits / 8);
}

/** u32 bits, modulus, exponent as long as the modulus. */
export function publicMessageOf(modulus: Uint8Array, exponent: Uint8Array): Uint8Array {
  const message = new Uint8Array(4 + 2 * modulus.length);
  const leadingZeros = Math.clz32(modulus[0]!) - 24;
  new DataView(message.buffer).setUint32(0, modulus.length * 8 - leadingZeros);
  message.set(modulus, 4);
  message.set(exponent, message.length - exponent.length);
  return message;
}
