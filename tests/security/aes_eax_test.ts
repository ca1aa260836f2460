/**
 * AES-EAX against the vectors of its paper, and against changes.
 *
 * @module
 */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { AesEax, BLOCK } from "../../lib/security/aes_eax.ts";

const hex = (text: string) => new Uint8Array(Buffer.from(text, "hex"));

/** Appendix G of "The EAX Mode of Operation": message, key, nonce, header, ciphertext with tag. */
const VECTORS = [
  [
    "",
    "233952DEE4D5ED5F9B9C6D6FF80FF478",
    "62EC67F9C3A4A407FCB2A8C49031A8B3",
    "6BFB914FD07EAE6B",
    "E037830E8389F27B025A2D6527E79D01",
  ],
  [
    "F7FB",
    "91945D3F4DCBEE0BF45EF52255F095A4",
    "BECAF043B0A23D843194BA972C66DEBD",
    "FA3BFD4806EB53FA",
    "19DD5C4C9331049D0BDAB0277408F67967E5",
  ],
  [
    "1A47CB4933",
    "01F74AD64077F2E704C0F60ADA3DD523",
    "70C3DB4F0D26368400A10ED05D2BFF5E",
    "234A3463C1264AC6",
    "D851D5BAE03A59F238A23E39199DC9266626C40F80",
  ],
  [
    "8B0A79306C9CE7ED99DAE4F87F8DD61636",
    "7C77D6E813BED5AC98BAA417477A2E7D",
    "1A8C98DCD73D38393B2BF1569DEEFC19",
    "65D2017990D62528",
    "02083E3979DA014812F59F11D52630DA30137327D10649B0AA6E1C181DB617D7F2",
  ],
] as const;

for (const [message, key, nonce, header, sealed] of VECTORS) {
  Deno.test(`AesEax seals and opens the vector of ${message.length / 2} bytes`, () => {
    const eax = new AesEax(hex(key));
    const out = new Uint8Array(hex(message).length + BLOCK);
    eax.seal(hex(nonce), hex(header), hex(message), out);
    assert.equal(Buffer.from(out).toString("hex").toUpperCase(), sealed);
    const length = out.length - BLOCK;
    const opened = eax.open(hex(nonce), hex(header), out.subarray(0, length), out.subarray(length));
    assert.deepEqual([...opened!], [...hex(message)]);
  });
}

Deno.test("AesEax.open() refuses what differs in a single bit, wherever it is", () => {
  for (const keyLength of [16, 32]) {
    const eax = new AesEax(new Uint8Array(keyLength).fill(7));
    const parts = [new Uint8Array(16).fill(1), Uint8Array.of(0, 20), new Uint8Array(20).fill(2)] as const;
    const out = new Uint8Array(20 + BLOCK);
    eax.seal(...parts, out);
    const sealed = [parts[0], parts[1], out.slice(0, 20), out.slice(20)] as const;
    assert.ok(eax.open(...sealed));
    for (const part of sealed) {
      for (let bit = 0; bit < part.length * 8; bit++) {
        part[bit >> 3]! ^= 1 << (bit & 7);
        assert.equal(eax.open(...sealed), undefined);
        part[bit >> 3]! ^= 1 << (bit & 7);
      }
    }
  }
});

Deno.test("AesEax refuses keys of other lengths", () => {
  assert.throws(() => new AesEax(new Uint8Array(24)), RangeError);
});
