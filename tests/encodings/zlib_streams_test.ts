import assert from "node:assert/strict";
import { ByteReader, ByteWriter } from "../../lib/core/bytes.ts";
import { EncodedRect, LengthPrefix } from "../../lib/encodings/encoded_rect.ts";
import { compactLengthSize, patchCompactLength } from "../../lib/encodings/length_prefix.ts";
import { ZlibStreams } from "../../lib/encodings/zlib_streams.ts";
import { randomSource } from "../support/images.ts";
import { InflateStream } from "../support/inflate.ts";
import { hex } from "./_encode.ts";

const ZLIB = 6;
const TIGHT = 7;
const ZRLE = 16;

/** Reads a compact length as rfbproto "Tight Encoding" says. */
function readCompactLength(reader: ByteReader): number {
  let length = 0;
  for (let shift = 0;; shift += 7) {
    const byte = reader.u8();
    if (shift === 14) return length | byte << 14;
    length |= (byte & 0x7f) << shift;
    if (byte < 0x80) return length;
  }
}

/** `count` bytes that do not compress. */
function noise(count: number, seed = 1): Uint8Array<ArrayBuffer> {
  const random = randomSource(seed);
  return Uint8Array.from({ length: count }, () => random());
}

/** A rectangle that is all data of one stream. */
function marked(data: Uint8Array, stream: number, prefix: LengthPrefix): EncodedRect {
  const encoded = new EncodedRect();
  encoded.bytes(data);
  encoded.deflate(0, stream, prefix);
  return encoded;
}

Deno.test("ZlibStreams.write() passes on what is not marked, byte for byte", () => {
  using streams = new ZlibStreams();
  const encoded = new EncodedRect();
  encoded.u32(0x01020304);
  const out = new ByteWriter().u8(0xaa);
  streams.write(encoded, TIGHT, 6, out);
  assert.equal(hex(out.view()), "aa 01 02 03 04");
});

Deno.test("ZlibStreams.write() keeps the order of plain and compressed bytes", () => {
  using streams = new ZlibStreams();
  const encoded = new EncodedRect();
  encoded.u8(0x11);
  encoded.bytes(noise(50));
  encoded.deflate(1, 0, LengthPrefix.Compact);
  encoded.u8(0x22);
  encoded.bytes(noise(60, 2));
  encoded.deflate(52, 1, LengthPrefix.U32);
  encoded.u8(0x33);
  const before = encoded.copy();
  const out = new ByteWriter();
  streams.write(encoded, TIGHT, 6, out);
  assert.deepEqual(encoded.copy(), before);
  const reader = new ByteReader(out.view());
  assert.equal(reader.u8(), 0x11);
  assert.deepEqual(new InflateStream().push(reader.bytes(readCompactLength(reader))), noise(50));
  assert.equal(reader.u8(), 0x22);
  assert.deepEqual(new InflateStream().push(reader.bytes(reader.u32())), noise(60, 2));
  assert.equal(reader.u8(), 0x33);
  assert.equal(reader.remaining, 0);
});

Deno.test("ZlibStreams keeps a stream per encoding and index from rectangle to rectangle", () => {
  using streams = new ZlibStreams();
  const inflates = new Map<string, InflateStream>();
  const keys: readonly [number, number][] = [[ZLIB, 0], [ZRLE, 0], [TIGHT, 0], [TIGHT, 1], [TIGHT, 2], [
    TIGHT,
    3,
  ]];
  for (let round = 0; round < 4; round++) {
    for (const [encoding, index] of keys) {
      const data = noise(300, round >> 1);
      const out = new ByteWriter();
      // The level changes on the way, as a client's SetEncodings may.
      streams.write(marked(data, index, LengthPrefix.U32), encoding, [6, 1, 9, 0][round]!, out);
      const reader = new ByteReader(out.view());
      const key = `${encoding} ${index}`;
      if (!inflates.has(key)) inflates.set(key, new InflateStream());
      assert.deepEqual(inflates.get(key)!.push(reader.bytes(reader.u32())), data, `${key} in round ${round}`);
      assert.equal(reader.remaining, 0);
    }
  }
});

Deno.test("ZlibStreams.write() writes compact lengths of one, two and three bytes", () => {
  using streams = new ZlibStreams();
  const inflate = new InflateStream();
  for (const count of [12, 100, 110, 120, 127, 128, 1000, 16_370, 16_384, 65_535 * 4]) {
    const out = new ByteWriter().u16(0xabcd);
    streams.write(marked(noise(count, count), 0, LengthPrefix.Compact), TIGHT, 1, out);
    const reader = new ByteReader(out.view());
    assert.equal(reader.u16(), 0xabcd);
    assert.deepEqual(inflate.push(reader.bytes(readCompactLength(reader))), noise(count, count));
    assert.equal(reader.remaining, 0);
  }
});

Deno.test("patchCompactLength() writes the lengths of rfbproto Tight", () => {
  const compact = (length: number) => {
    const out = new ByteWriter().zeros(compactLengthSize(length));
    patchCompactLength(out, 0, length);
    return hex(out.view());
  };
  assert.equal(compact(0), "00");
  assert.equal(compact(0x7f), "7f");
  assert.equal(compact(0x80), "80 01");
  assert.equal(compact(10_000), "90 4e");
  assert.equal(compact(0x3fff), "ff 7f");
  assert.equal(compact(0x4000), "80 80 01");
  assert.equal(compact(0x3fffff), "ff ff ff");
  assert.throws(() => compact(0x400000), RangeError);
});
