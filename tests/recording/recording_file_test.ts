/**
 * RecordingWriter and RecordingReader (docs/recording-format.md): what is written is read, however the file ends.
 *
 * @module
 */
import assert from "node:assert/strict";
import * as zlib from "node:zlib";
import fc from "fast-check";
import { RecordingError } from "../../lib/core/errors.ts";
import { NATIVE_PIXEL_FORMAT } from "../../lib/protocol/pixel_format.ts";
import { END_BYTES, HEADER_BYTES, parseMemberHeader } from "../../lib/recording/member.ts";
import { parseBegin, type RecordingInfo, RecordType } from "../../lib/recording/record.ts";
import { RecordingReader } from "../../lib/recording/recording_reader.ts";
import { RecordingWriter } from "../../lib/recording/recording_writer.ts";
import { randomSource } from "../support/images.ts";
import { SimulatedTime } from "../support/simulated_time.ts";
import { MemoryFile, sourceOf } from "./_files.ts";
import { formatBytes } from "./_messages.ts";

const INFO: RecordingInfo = {
  name: "Ωmega desktop",
  size: { width: 640, height: 480 },
  format: formatBytes(NATIVE_PIXEL_FORMAT),
  description: { software: "test", startedAt: "2026-01-31T12:00:00.000Z", kind: "desktop" },
};

/** A record as a test wants it: a segment's beginning, or bytes. */
interface Wanted {
  readonly waitMs: number;
  readonly isBegin: boolean;
  readonly type: 2 | 3 | 7;
  readonly length: number;
}

interface Read {
  readonly type: number;
  readonly timeMs: number;
  readonly payload: Uint8Array;
}

/** Everything that can be read, segment by segment. */
async function readAll(bytes: Uint8Array): Promise<Read[][]> {
  using reader = await RecordingReader.open(sourceOf(bytes));
  const segments = [];
  for (let i = 0; i < reader.segments.length; i++) {
    const records: Read[] = [];
    for await (const { type, timeMs, payload } of reader.records(i)) {
      records.push({ type, timeMs, payload: payload.slice() });
    }
    segments.push(records);
  }
  return segments;
}

/** Writes records, and lets time pass as they want. */
async function write(
  wanted: readonly Wanted[],
  file = new MemoryFile(),
): Promise<{ file: MemoryFile; expected: Read[][]; writer: RecordingWriter }> {
  const clock = new SimulatedTime();
  const writer = new RecordingWriter(file, { clock });
  const random = randomSource(1);
  const expected: Read[][] = [];
  let startedAt = 0;
  for (const { waitMs, isBegin, type, length } of wanted) {
    await clock.pass(waitMs);
    if (isBegin || expected.length === 0) {
      if (expected.length === 0) startedAt = clock.now();
      writer.begin(INFO);
      expected.push([{ type: RecordType.Begin, timeMs: clock.now() - startedAt, payload: new Uint8Array() }]);
    }
    const payload = Uint8Array.from({ length }, () => length % 2 ? random() & 3 : random());
    writer.record(type, payload.subarray(0, length >> 1), payload.subarray(length >> 1));
    expected.at(-1)!.push({ type, timeMs: clock.now() - startedAt, payload });
  }
  return { file, expected, writer };
}

function assertSame(actual: readonly Read[][], expected: readonly Read[][]): void {
  assert.equal(actual.length, expected.length);
  for (const [i, records] of expected.entries()) {
    assert.deepEqual(parseBegin(actual[i]![0]!.payload), INFO);
    assert.equal(actual[i]![0]!.timeMs, records[0]!.timeMs);
    assert.deepEqual(actual[i]!.slice(1), records.slice(1));
  }
}

const WANTED: fc.Arbitrary<Wanted[]> = fc.array(
  fc.record({
    waitMs: fc.oneof(fc.nat(30), fc.nat(5000)),
    isBegin: fc.nat(9).map((one) => one === 0),
    type: fc.constantFrom(2, 3, 7),
    length: fc.oneof(fc.nat(50), fc.nat(3000), fc.nat(200_000)),
  }),
  { minLength: 1, maxLength: 40 },
);

Deno.test("RecordingReader reads what RecordingWriter wrote, by the index and without it", async () => {
  await fc.assert(
    fc.asyncProperty(WANTED, async (wanted) => {
      const { file, expected, writer } = await write(wanted);
      await writer.close();
      assert.equal(file.closed, 1);
      const { bytes } = file;
      assertSame(await readAll(bytes), expected);
      // Without the end, segments are found by their headers.
      const end = parseMemberHeader(bytes, bytes.length - END_BYTES)!;
      assertSame(await readAll(bytes.subarray(0, end.offset)), expected);
      assertSame(await readAll(bytes.subarray(0, bytes.length - 1)), expected);
    }),
    { seed: 1952, numRuns: 40 },
  );
});

Deno.test("RecordingWriter writes a gzip file like any other (RFC 1952)", async () => {
  const { file, expected, writer } = await write([
    { waitMs: 0, isBegin: true, type: 2, length: 100 },
    { waitMs: 10, isBegin: true, type: 2, length: 200_000 },
    { waitMs: 10, isBegin: false, type: 7, length: 0 },
  ]);
  await writer.close();
  const plain = zlib.gunzipSync(file.bytes);
  const lengths = expected.flat().map(({ payload }) => payload.length);
  assert.ok(plain.length >= lengths.reduce((a, b) => a + b) + 9 * lengths.length);
});

Deno.test("RecordingReader knows how long a recording is that was ended in good order, and only that", async () => {
  const { file, writer } = await write([
    { waitMs: 0, isBegin: true, type: 2, length: 10 },
    { waitMs: 12_345, isBegin: false, type: 2, length: 10 },
  ]);
  await writer.close();
  using whole = await RecordingReader.open(sourceOf(file.bytes));
  assert.equal(whole.durationMs, 12_345);
  const end = parseMemberHeader(file.bytes, file.length - END_BYTES)!;
  using cut = await RecordingReader.open(sourceOf(file.bytes.subarray(0, end.offset)));
  assert.equal(cut.durationMs, undefined);
});

Deno.test("RecordingReader finds the segment of a moment", async () => {
  const { file, writer } = await write(
    [0, 1000, 1000, 1000].map((waitMs) => ({ waitMs, isBegin: true, type: 2, length: 10 })),
  );
  await writer.close();
  using reader = await RecordingReader.open(sourceOf(file.bytes));
  const found = [-5, 0, 999, 1000, 1001, 2999, 3000, 1e9].map((timeMs) => reader.segmentAt(timeMs));
  assert.deepEqual(found, [0, 0, 0, 1, 1, 2, 3, 3]);
});

Deno.test("RecordingReader reads every recording that is cut off up to there, or says that there is nothing", async () => {
  const { file, expected, writer } = await write([
    { waitMs: 0, isBegin: true, type: 2, length: 300 },
    { waitMs: 600, isBegin: false, type: 3, length: 400 },
    { waitMs: 600, isBegin: true, type: 2, length: 200 },
    { waitMs: 600, isBegin: false, type: 7, length: 31 },
  ]);
  await writer.close();
  const flat = expected.flat();
  let most = 0;
  for (let length = 0; length <= file.length; length++) {
    const bytes = file.bytes.subarray(0, length);
    if (length < HEADER_BYTES) {
      await assert.rejects(() => readAll(bytes), RecordingError);
      continue;
    }
    const records = (await readAll(bytes)).flat();
    assert.ok(records.length >= most && records.length <= flat.length, `${length} bytes`);
    most = records.length;
    for (const [i, { type, timeMs }] of records.entries()) {
      assert.deepEqual([type, timeMs], [flat[i]!.type, flat[i]!.timeMs]);
    }
  }
  assert.equal(most, flat.length);
});

Deno.test("RecordingWriter has everything in the file, readable, after half a second", async () => {
  const clock = new SimulatedTime();
  const file = new MemoryFile();
  const writer = new RecordingWriter(file, { clock });
  writer.begin(INFO);
  for (let i = 1; i <= 5; i++) {
    writer.record(RecordType.Note, Uint8Array.of(i));
    await clock.pass(500);
    await untilWritten(writer);
    // Nothing was closed: as if the process were gone now.
    const records = (await readAll(file.bytes)).flat();
    assert.deepEqual(records.slice(1).map(({ payload }) => payload[0]), [1, 2, 3, 4, 5].slice(0, i));
  }
  await writer.close();
});

/** Compression pauses between its pieces, in real time. */
async function untilWritten(writer: RecordingWriter): Promise<void> {
  while (writer.queuedBytes > 0) await new Promise((resolve) => setTimeout(resolve, 0));
}

Deno.test("RecordingWriter gives up when the disk is full, once, and what is written stays readable", async () => {
  const whole = await write(someRecords(30));
  await whole.writer.close();
  for (
    const capacity of [0, 10, HEADER_BYTES, 500, 1000, 70_000, whole.file.length - 60, whole.file.length - 1]
  ) {
    const file = new MemoryFile();
    file.capacity = capacity;
    const { writer, expected } = await write(someRecords(30), file);
    await writer.close();
    assert.match(writer.failure!.message, /No space left on device/);
    assert.equal(file.closed, 1);
    assert.equal(file.length, capacity);
    writer.begin(INFO);
    writer.record(RecordType.Note, Uint8Array.of(1));
    assert.equal(writer.queuedBytes, 0);
    await writer.room();
    if (capacity < HEADER_BYTES) continue;
    const records = (await readAll(file.bytes)).flat();
    const flat = expected.flat();
    for (const [i, { timeMs }] of records.entries()) assert.equal(timeMs, flat[i]!.timeMs);
    if (capacity === whole.file.length - 1) assert.equal(records.length, flat.length);
  }
});

function someRecords(count: number): Wanted[] {
  return Array.from({ length: count }, (_, i) => ({
    waitMs: 100,
    isBegin: i % 10 === 0,
    type: 2,
    length: 7000 + i,
  }));
}

Deno.test("RecordingWriter has no room while the disk is slow, and then has", async () => {
  const file = new MemoryFile();
  const writer = new RecordingWriter(file);
  writer.begin(INFO);
  await writer.room();
  file.stall();
  const noise = Uint8Array.from({ length: 1 << 20 }, randomSource(3));
  let rounds = 0;
  for (let isThereRoom = true; isThereRoom; rounds++) {
    writer.record(RecordType.ServerMessages, noise);
    isThereRoom = await Promise.race([writer.room().then(() => true), later(50).then(() => false)]);
  }
  assert.ok(rounds >= 8 && rounds <= 10, `${rounds} MB in memory`);
  const room = writer.room();
  file.resume();
  await room;
  assert.equal(writer.failure, undefined);
  await writer.close();
  assert.equal((await readAll(file.bytes)).flat().length, 1 + rounds);
});

Deno.test("RecordingWriter gives up when nobody waits for a disk that is too slow, and takes no more memory", async () => {
  const file = new MemoryFile();
  const writer = new RecordingWriter(file);
  writer.begin(INFO);
  file.stall();
  const noise = Uint8Array.from({ length: 1 << 20 }, randomSource(3));
  for (let i = 0; i < 70; i++) writer.record(RecordType.ServerMessages, noise);
  assert.match(writer.failure!.message, /too slow/);
  assert.equal(writer.queuedBytes, 0);
  file.resume();
  await writer.close();
});

function later(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

Deno.test("RecordingReader refuses what is no recording, and what a later Porthole made", async () => {
  for (const bytes of [new Uint8Array(), new Uint8Array(1000), zlib.gzipSync(new Uint8Array(1000))]) {
    const source = sourceOf(bytes);
    await assert.rejects(() => RecordingReader.open(source), /not a recording/);
    assert.equal(source.closed, 1);
  }
  const { file, writer } = await write(someRecords(3));
  await writer.close();
  const later = file.bytes;
  later[16] = 2; // the version; and the checksum of the header to it
  const { crc32 } = await import("../../lib/recording/crc32.ts");
  const crc = crc32(later.subarray(0, 38)) & 0xffff;
  later.set([crc & 0xff, crc >> 8], 38);
  await assert.rejects(() => RecordingReader.open(sourceOf(later)), /format 2/);
});

Deno.test("RecordingReader tells damage by RecordingError, and reads the segments that have none", async () => {
  const { file, expected, writer } = await write(someRecords(40));
  await writer.close();
  const { bytes } = file;
  const random = randomSource(9);
  let readable = 0;
  for (let round = 0; round < 150; round++) {
    const damaged = bytes.slice();
    for (let i = 0; i <= random() % 4; i++) damaged[random() % damaged.length] = random();
    try {
      using reader = await RecordingReader.open(sourceOf(damaged));
      for (let i = 0; i < reader.segments.length; i++) {
        let count = 0;
        for await (const _ of reader.readableRecords(i)) count++;
        if (count === 11) readable++;
      }
    } catch (error) {
      if (!(error instanceof RecordingError)) throw error;
    }
  }
  assert.equal(expected.length, 4);
  assert.ok(readable > 150 * 2, `${readable} segments`);
});
