/** RSA keys of peers. @module */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { getDiffieHellman } from "node:crypto";
import { ProtocolError } from "../../lib/core/errors.ts";
import { PEER_LIMITS } from "../../lib/core/limits.ts";
import { checkPeerBits, parsePublicKey } from "../../lib/security/rsa_key.ts";

const EXPONENT = 65537n;

/** Primes that take no time to find: those of Oakley groups (RFC 2409, RFC 3526). */
const primeOf = (group: string) => BigInt(`0x${getDiffieHellman(group).getPrime("hex")}`);

function bytesOf(number: bigint, length: number): Uint8Array {
  return new Uint8Array(Buffer.from(number.toString(16).padStart(2 * length, "0"), "hex"));
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  for (; exponent > 0n; exponent >>= 1n, base = base * base % modulus) {
    if (exponent & 1n) result = result * base % modulus;
  }
  return result;
}

function inverse(number: bigint, modulus: bigint): bigint {
  let [old, rest, x, y] = [number, modulus, 1n, 0n];
  while (rest !== 0n) [old, rest, x, y] = [rest, old % rest, y, x - (old / rest) * y];
  assert.equal(old, 1n);
  return (x + modulus) % modulus;
}

/** RFC 8017 §7.2.2, of a message whose padding is right. */
function decrypt(ciphertext: Uint8Array, exponent: bigint, modulus: bigint): Uint8Array {
  const number = BigInt(`0x${Buffer.from(ciphertext).toString("hex")}`);
  const message = bytesOf(power(number, exponent, modulus), ciphertext.length);
  assert.deepEqual([...message.subarray(0, 2)], [0, 2]);
  const end = message.indexOf(0, 2);
  assert.ok(end >= 10, "eight bytes of padding at the least");
  return message.slice(end + 1);
}

for (const [first, second] of [["modp1", "modp5"], ["modp2", "modp15"], ["modp14", "modp17"]] as const) {
  const [p, q] = [primeOf(first), primeOf(second)];
  const modulus = p * q;
  const bits = modulus.toString(2).length;
  Deno.test(`parsePublicKey() encrypts for a key of ${bits} bits, so that its owner can read it`, () => {
    const length = checkPeerBits(bits);
    const key = parsePublicKey(bits, bytesOf(modulus, length), bytesOf(EXPONENT, length));
    const secret = crypto.getRandomValues(new Uint8Array(32));
    const [once, again] = [key.encrypt(secret), key.encrypt(secret)];
    assert.deepEqual([once.length, key.length], [length, length]);
    assert.notDeepEqual(once, again, "padding is random");
    const privateExponent = inverse(EXPONENT, (p - 1n) * (q - 1n));
    assert.deepEqual(decrypt(once, privateExponent, modulus), secret);
  });
}

Deno.test("parsePublicKey() takes the longest key that is allowed", () => {
  const bits = (primeOf("modp14") * primeOf("modp17")).toString(2).length;
  assert.equal(bits, PEER_LIMITS.rsaBits.most);
});

Deno.test("parsePublicKey() refuses the rest as a broken rule, and not as a fault of the server", () => {
  for (const bits of [1024, 4096, 8192]) {
    const modulus = new Uint8Array(bits / 8).fill(255);
    const exponent = (value: number) => new Uint8Array(bits / 8).fill(value, bits / 8 - 1);
    for (const e of [0, 1, 2]) {
      assert.throws(() => parsePublicKey(bits, modulus, exponent(e)), ProtocolError);
    }
    assert.throws(() => parsePublicKey(bits, modulus.fill(254), exponent(3)), ProtocolError);
  }
});
