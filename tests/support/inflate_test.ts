import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { once } from "node:events";
import zlib from "node:zlib";
import fc from "fast-check";
import { InflateStream } from "./inflate.ts";

/** Compresses pieces with one stream, each followed by a flush. */
async function deflatePieces(pieces: Uint8Array[], level: number, flush: number): Promise<Uint8Array[]> {
  const stream = zlib.createDeflate({ level });
  const made: Uint8Array[] = [];
  for (const piece of pieces) {
    stream.write(piece);
    await new Promise<void>((done) => stream.flush(flush, () => done()));
    const parts: Uint8Array[] = [];
    for (let part; (part = stream.read()) !== null;) parts.push(part);
    made.push(new Uint8Array(Buffer.concat(parts)));
  }
  stream.end();
  stream.resume();
  await once(stream, "end");
  return made;
}

/** Bytes with repetitions, so that all kinds of blocks appear. */
const PIECES = fc.array(
  fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 300 }),
    fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 9 }), fc.integer({ min: 1, max: 9000 })).map((
      [unit, times],
    ) => Uint8Array.from({ length: times }, (_, i) => unit[i % unit.length]!)),
  ),
  { minLength: 1, maxLength: 5 },
);

Deno.test("InflateStream gives back what a flushed deflate stream was given, piece by piece", async () => {
  await fc.assert(
    fc.asyncProperty(PIECES, fc.constantFrom(0, 1, 6, 9), async (pieces, level) => {
      const inflate = new InflateStream();
      for (const [i, data] of (await deflatePieces(pieces, level, zlib.constants.Z_SYNC_FLUSH)).entries()) {
        assert.deepEqual(inflate.push(data), Uint8Array.from(pieces[i]!));
        assert.ok(inflate.flushed);
      }
    }),
    { seed: 1950, numRuns: 60 },
  );
});

Deno.test("InflateStream can be fed byte by byte", async () => {
  const text = new TextEncoder().encode("abcabcabcabc ".repeat(4000) + "the end");
  const [data] = await deflatePieces([text], 9, zlib.constants.Z_SYNC_FLUSH);
  const inflate = new InflateStream();
  const got: number[] = [];
  for (const byte of data!) got.push(...inflate.push(Uint8Array.of(byte)));
  assert.deepEqual(Uint8Array.from(got), text);
});

Deno.test("InflateStream refuses a header in mid-stream, data behind the end, and damage", async () => {
  const [data] = await deflatePieces(
    [new Uint8Array(500).map((_, i) => i * 7)],
    6,
    zlib.constants.Z_SYNC_FLUSH,
  );
  const twice = new InflateStream();
  twice.push(data!);
  assert.throws(() => twice.push(data!), /Inflate/);
  const ended = new InflateStream();
  assert.throws(
    () => ended.push(new Uint8Array([...zlib.deflateSync(new Uint8Array(3)), 0])),
    /behind the end/,
  );
  assert.throws(() => new InflateStream().push(Uint8Array.of(0x78, 0x02)), /check bits/);
  assert.throws(() => new InflateStream().push(Uint8Array.of(0x78, 0x9c, 0x06)), /block type 3/);
});

Deno.test("InflateStream stops at the limit", () => {
  const bomb = zlib.deflateSync(new Uint8Array(10_000_000), { finishFlush: zlib.constants.Z_SYNC_FLUSH });
  assert.throws(() => new InflateStream().push(bomb, 1000), /allowed/);
  assert.throws(
    () => new InflateStream().push(zlib.deflateSync(new Uint8Array(5000), { level: 0 }), 1000),
    /allowed/,
  );
});
