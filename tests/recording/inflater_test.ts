/** Inflating what may be damaged (RFC 1950, RFC 1951), compared with zlib. @module */
import assert from "node:assert/strict";
import * as zlib from "node:zlib";
import fc from "fast-check";
import { ByteWriter } from "../../lib/core/bytes.ts";
import { RecordingError } from "../../lib/core/errors.ts";
import { createRawDeflater } from "../../lib/encodings/raw_deflater.ts";
import { Inflater, type Wrapping } from "../../lib/recording/inflater.ts";
import { randomSource } from "../support/images.ts";

/** Bytes of a kind: noise, few values, long runs, text that repeats. */
function sample(kind: number, length: number, seed: number): Uint8Array {
  const random = randomSource(seed);
  if (kind === 3) {
    const words = Array.from({ length: 20 }, () => `word${random() % 1000} `);
    const text = new TextEncoder().encode(Array.from({ length }, () => words[random() % 20]).join(""));
    return text.slice(0, length);
  }
  let value = 0;
  return Uint8Array.from({ length }, () => {
    if (kind === 0) return random();
    if (kind === 1) return random() % 7;
    return value = random() % 50 === 0 ? random() & 255 : value;
  });
}

function compress(data: Uint8Array, wrapping: Wrapping, options: zlib.ZlibOptions): Uint8Array {
  return wrapping === "raw" ? zlib.deflateRawSync(data, options) : zlib.deflateSync(data, options);
}

/** Inflates in pieces of these lengths, in turn. */
function inflate(
  compressed: Uint8Array,
  wrapping: Wrapping,
  lengths: readonly number[],
  most = 1 << 24,
): Uint8Array {
  const inflater = new Inflater(wrapping);
  const out: number[] = [];
  for (let at = 0, i = 0; at < compressed.length; i++) {
    const length = lengths[i % lengths.length]!;
    for (const byte of inflater.inflate(compressed.subarray(at, at + length), most)) out.push(byte);
    at += length;
  }
  return Uint8Array.from(out);
}

Deno.test("Inflater gives what was deflated, however it was and in whatever pieces it comes", () => {
  const how = fc.record({
    kind: fc.integer({ min: 0, max: 3 }),
    length: fc.oneof(fc.nat(300), fc.nat(70_000)),
    seed: fc.nat(),
    wrapping: fc.constantFrom<Wrapping>("raw", "zlib"),
    level: fc.integer({ min: 0, max: 9 }),
    strategy: fc.constantFrom(
      zlib.constants.Z_DEFAULT_STRATEGY,
      zlib.constants.Z_HUFFMAN_ONLY,
      zlib.constants.Z_FIXED,
    ),
    pieces: fc.array(fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 5000 })), {
      minLength: 1,
      maxLength: 5,
    }),
  });
  fc.assert(
    fc.property(how, ({ kind, length, seed, wrapping, level, strategy, pieces }) => {
      const data = sample(kind, length, seed);
      assert.deepEqual(inflate(compress(data, wrapping, { level, strategy }), wrapping, pieces), data);
    }),
    { seed: 1951, numRuns: 150 },
  );
});

Deno.test("Inflater gives all that was flushed, and looks back over it later (RFC 1951 §2)", () => {
  using deflater = createRawDeflater(6);
  const data = sample(0, 20_000, 5);
  const out = new ByteWriter();
  const inflater = new Inflater("raw");
  for (let round = 0; round < 3; round++) {
    out.clear();
    deflater.deflate(data, 6, out);
    // After the first time it is nothing but distances.
    if (round > 0) assert.ok(out.length < 1000);
    assert.deepEqual(inflater.inflate(out.view(), 1 << 20), data);
  }
});

Deno.test("Inflater takes a zlib stream without its header, as it is behind a key frame (RFC 1950 §2.2)", () => {
  for (const level of [0, 1, 6]) {
    const data = sample(1, 5000, level);
    assert.deepEqual(inflate(zlib.deflateRawSync(data, { level }), "zlib", [100]), data);
  }
});

Deno.test("Inflater says where its stream ends, and what does not belong to it", () => {
  const data = sample(1, 3000, 1);
  const compressed = zlib.deflateRawSync(data);
  for (const extra of [0, 1, 8, 100]) {
    const inflater = new Inflater("raw");
    const input = new Uint8Array(compressed.length + extra).fill(0xaa);
    input.set(compressed);
    assert.deepEqual(inflater.inflate(input, 10_000), data);
    assert.ok(inflater.isAtEnd);
    assert.equal(inflater.surplus, extra);
  }
});

Deno.test("Inflater gives all that a stream has before it is cut off", () => {
  const data = sample(3, 50_000, 1);
  const compressed = zlib.deflateRawSync(data);
  let last = 0;
  for (let length = 0; length < compressed.length; length += 97) {
    const got = new Inflater("raw").inflate(compressed.subarray(0, length), 100_000);
    assert.deepEqual(got, data.subarray(0, got.length));
    assert.ok(got.length >= last);
    last = got.length;
  }
  assert.ok(last > 45_000);
});

Deno.test("Inflater never gives more than it may", () => {
  const bomb = zlib.deflateRawSync(new Uint8Array(1 << 20));
  assert.throws(() => new Inflater("raw").inflate(bomb, (1 << 20) - 1), RecordingError);
  assert.equal(new Inflater("raw").inflate(bomb, 1 << 20).length, 1 << 20);
  const stored = zlib.deflateRawSync(sample(0, 1000, 1), { level: 0 });
  assert.throws(() => new Inflater("raw").inflate(stored, 999), RecordingError);
});

Deno.test("Inflater tells damage by RecordingError, and by nothing else", () => {
  fc.assert(
    fc.property(
      fc.record({
        kind: fc.integer({ min: 0, max: 3 }),
        seed: fc.nat(),
        level: fc.constantFrom(0, 1, 6),
        changes: fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 6 }),
        wrapping: fc.constantFrom<Wrapping>("raw", "zlib"),
      }),
      ({ kind, seed, level, changes, wrapping }) => {
        const compressed = compress(sample(kind, 4000, seed), wrapping, { level }).slice();
        for (const [at, byte] of changes) compressed[at % compressed.length] = byte;
        try {
          inflate(compressed, wrapping, [500], 100_000);
        } catch (error) {
          if (!(error instanceof RecordingError)) throw error;
        }
      },
    ),
    { seed: 1951, numRuns: 500 },
  );
});

Deno.test("Inflater survives any bytes at all", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      try {
        new Inflater("raw").inflate(bytes, 1000);
      } catch (error) {
        if (!(error instanceof RecordingError)) throw error;
      }
    }),
    { seed: 1951, numRuns: 2000 },
  );
});
