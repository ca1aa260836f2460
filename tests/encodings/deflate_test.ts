import assert from "node:assert/strict";
import * as zlib from "node:zlib";
import * as fc from "fast-check";
import { ByteWriter } from "../../lib/core/bytes.ts";
import { DeflateStream, independentBlock } from "../../lib/encodings/deflate.ts";
import {
  createRawDeflater,
  HandleDeflater,
  isHandleUsable,
  PublicDeflater,
  type RawDeflater,
} from "../../lib/encodings/raw_deflater.ts";
import { InflateStream } from "../support/inflate.ts";
import { randomSource } from "../support/images.ts";

const ENGINES: Readonly<Record<string, (level: number) => RawDeflater>> = {
  HandleDeflater: (level) => new HandleDeflater(level),
  PublicDeflater: () => new PublicDeflater(),
};

/** Bytes with repeats far and near, so that compression has something to refer to. */
function sample(length: number, seed: number): Uint8Array<ArrayBuffer> {
  const random = randomSource(seed);
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length;) {
    const run = 1 + random() % 40;
    const back = random() % 40_000;
    const copies = back > 0 && back <= at && random() % 3 > 0;
    for (let i = 0; i < run && at < length; i++, at++) bytes[at] = copies ? bytes[at - back]! : random();
  }
  return bytes;
}

function incompressible(length: number): Uint8Array<ArrayBuffer> {
  const random = randomSource(5);
  return Uint8Array.from({ length }, () => random());
}

function concat(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** A step of a stream's life: own data, or a block from elsewhere. */
const steps = fc.array(
  fc.record({
    splice: fc.boolean(),
    level: fc.integer({ min: 0, max: 9 }),
    length: fc.oneof(
      fc.integer({ min: 0, max: 40 }),
      fc.integer({ min: 0, max: 5_000 }),
      fc.constant(70_000),
    ),
    // Few seeds, so that later data repeats earlier data and would be referred to if that were allowed.
    seed: fc.integer({ min: 1, max: 3 }),
  }),
  { minLength: 1, maxLength: 10 },
);

Deno.test("isHandleUsable() finds node:zlib's synchronous handle usable on this runtime", () => {
  assert.equal(isHandleUsable(), true);
  using deflater = createRawDeflater(6);
  assert.ok(deflater instanceof HandleDeflater);
});

for (const [name, create] of Object.entries(ENGINES)) {
  Deno.test(`DeflateStream on ${name} gives back each piece at once, own and spliced, at any levels`, () => {
    fc.assert(
      fc.property(steps, (steps) => {
        using stream = new DeflateStream(create);
        const inflate = new InflateStream();
        const given: Uint8Array[] = [];
        const sent: Uint8Array[] = [];
        for (const { splice, level, length, seed } of steps) {
          const data = sample(length, seed);
          const out = new ByteWriter();
          if (splice) stream.splice(independentBlock(data, level), out);
          else stream.compress(data, level, out);
          given.push(data);
          sent.push(out.copy());
          // A decoder from the RFC has everything as soon as the piece is there …
          assert.deepEqual(inflate.push(out.view()), data);
        }
        // … and zlib's own takes the pieces for one stream.
        const whole = zlib.inflateSync(concat(sent), { finishFlush: zlib.constants.Z_SYNC_FLUSH });
        assert.deepEqual(new Uint8Array(whole), concat(given));
      }),
      { seed: 4, numRuns: 60 },
    );
  });

  Deno.test(`DeflateStream on ${name} writes one header, and ends each piece with an empty block`, () => {
    using stream = new DeflateStream(create);
    const out = new ByteWriter();
    stream.compress(sample(100, 1), 6, out);
    const end = out.length;
    stream.compress(sample(100, 2), 6, out);
    const bytes = out.copy();
    assert.equal((bytes[0]! << 8 | bytes[1]!) % 31, 0);
    assert.equal(bytes[0]! & 0x0f, 8);
    assert.deepEqual([...bytes.subarray(end - 4, end)], [0, 0, 0xff, 0xff]);
    assert.deepEqual([...bytes.subarray(-4)], [0, 0, 0xff, 0xff]);
    assert.notEqual(bytes[end], bytes[0]);
  });

  Deno.test(`${name} takes views of shared memory`, () => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 2, shared: true });
    const data = new Uint8Array(memory.buffer, 100, 3000);
    data.set(sample(3000, 1));
    const out = new ByteWriter();
    using deflater = create(6);
    deflater.deflate(data, 6, out);
    const back = zlib.inflateRawSync(out.view(), { finishFlush: zlib.constants.Z_SYNC_FLUSH });
    assert.deepEqual(new Uint8Array(back), data.slice());
  });

  Deno.test(`${name} refers to nothing before a reset()`, () => {
    using deflater = create(6);
    const before = new ByteWriter();
    deflater.deflate(sample(4000, 1), 6, before);
    deflater.reset();
    const out = new ByteWriter();
    deflater.deflate(sample(4000, 1), 6, out);
    const back = zlib.inflateRawSync(out.view(), { finishFlush: zlib.constants.Z_SYNC_FLUSH });
    assert.deepEqual(new Uint8Array(back), sample(4000, 1));
  });
}

Deno.test("HandleDeflater refers to data before: a repeated piece is far smaller", () => {
  using deflater = new HandleDeflater(6);
  const noise = incompressible(4000);
  const out = new ByteWriter();
  deflater.deflate(noise, 6, out);
  const first = out.length;
  deflater.deflate(noise, 6, out);
  assert.ok(first > 4000 && out.length - first < first / 20, `${first}, then ${out.length - first}`);
});

Deno.test("HandleDeflater fills rooms that are too small one after the other", () => {
  using deflater = new HandleDeflater(1);
  const noise = incompressible(300_000);
  const out = new ByteWriter(64);
  deflater.deflate(noise, 1, out);
  const back = zlib.inflateRawSync(out.view(), { finishFlush: zlib.constants.Z_SYNC_FLUSH });
  assert.deepEqual(new Uint8Array(back), noise);
});

Deno.test("independentBlock() inflates by itself and gives the same bytes again", () => {
  const data = sample(10_000, 2);
  const block = independentBlock(data, 5);
  independentBlock(sample(10_000, 3), 1);
  assert.deepEqual(independentBlock(data, 5), block);
  const back = zlib.inflateRawSync(block, { finishFlush: zlib.constants.Z_SYNC_FLUSH });
  assert.deepEqual(new Uint8Array(back), data);
});

Deno.test("DeflateStream starts with its header also when the first thing is a splice", () => {
  using stream = new DeflateStream();
  const out = new ByteWriter();
  const block = independentBlock(sample(50, 1), 6);
  stream.splice(block, out);
  assert.equal(out.length, 2 + block.length);
  assert.deepEqual(new InflateStream().push(out.view()), sample(50, 1));
});
