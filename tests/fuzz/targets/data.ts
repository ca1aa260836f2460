/**
 * Data of others that is read later: recordings, and clipboards of the extended clipboard (rfbproto).
 *
 * @module
 */
import assert from "node:assert/strict";
import { deflateSync } from "node:zlib";
import { ByteWriter } from "../../../lib/core/bytes.ts";
import { NATIVE_PIXEL_FORMAT } from "../../../lib/protocol/pixel_format.ts";
import {
  packContents,
  parseClipboardMessage,
  textContent,
} from "../../../lib/protocol/extensions/extended_clipboard.ts";
import { Playback } from "../../../lib/recording/playback.ts";
import { RecordType } from "../../../lib/recording/record.ts";
import { RecordingReader } from "../../../lib/recording/recording_reader.ts";
import { RecordingWriter } from "../../../lib/recording/recording_writer.ts";
import { unpackText } from "../../../lib/session/clipboard_content.ts";
import { ENCODINGS } from "../../../lib/encodings/registry.ts";
import { rectOf } from "../../../lib/core/geometry.ts";
import { MemoryFile, sourceOf } from "../../recording/_files.ts";
import { formatBytes, Sender } from "../../recording/_messages.ts";
import { IMAGES } from "../../support/images.ts";
import { pixelFormat } from "../../support/pixel_formats.ts";
import { SimulatedTime } from "../../support/simulated_time.ts";
import { below, joined, mutate, oneOf, type Random, some } from "../mutations.ts";
import { type FuzzTarget, type OpenTarget, simply, tolerate } from "../target.ts";

/** A small recording in one encoding. */
async function recordingIn(type: number): Promise<Uint8Array> {
  const clock = new SimulatedTime();
  const file = new MemoryFile();
  const writer = new RecordingWriter(file, { clock });
  const format = formatBytes(NATIVE_PIXEL_FORMAT);
  const description = { software: "test", startedAt: "2026-01-31T12:00:00.000Z", kind: "desktop" } as const;
  using sender = new Sender(pixelFormat("32 le 16-8-0"));
  const encoding = ENCODINGS.find((encoding) => encoding.type === type)!;
  writer.begin({ name: "fuzz", size: { width: 40, height: 30 }, format, description });
  for (const image of IMAGES.slice(0, 3)) {
    const frame = image.make(40, 30);
    writer.record(RecordType.UpdatePart, sender.update(frame, [rectOf(frame)], encoding).bytes);
    writer.record(RecordType.UpdateSent, new Uint8Array());
    await clock.pass(20);
  }
  await writer.close();
  return file.bytes;
}

async function openRecordings(): Promise<OpenTarget> {
  const recordings = await Promise.all(
    ENCODINGS.filter(({ isLossy }) => !isLossy).map(({ type }) => recordingIn(type)),
  );
  return {
    make: (random) => mutate(oneOf(recordings, random), random),
    async attempt(bytes) {
      try {
        using reader = await RecordingReader.open(sourceOf(bytes));
        await using playback = new Playback(reader);
        for (let steps = 0; steps < 100 && await playback.step(); steps++);
        await playback.seek(10);
      } catch (error) {
        tolerate(error, "RecordingError");
      }
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

export const RECORDINGS: FuzzTarget = { name: "recordings", share: 2, atOnce: 4, open: openRecordings };

const LIMIT = 4096;

function clipboardText(random: Random): Uint8Array {
  const words = random() < 0.1
    ? "x".repeat(LIMIT + below(100, random) - 50)
    : oneOf(["", "hello\nworld", "Grüße", "\0", "a".repeat(300)], random);
  const packed = new ByteWriter();
  packContents(
    packed,
    new Map([[1, textContent(words)], ...(random() < 0.3 ? [[2, some(20, random)] as const] : [])]),
  );
  const inflated = random() < 0.5 ? packed.copy() : mutate(packed.copy(), random);
  // A bomb now and then.
  return deflateSync(random() < 0.02 ? joined([0, 15, 255, 255], new Uint8Array(1 << 20)) : inflated);
}

export const CLIPBOARD: FuzzTarget = {
  name: "extended clipboard",
  share: 2,
  atOnce: 8,
  open: simply({
    make(random) {
      const flags = oneOf([1 << 24, 1 << 25, 1 << 26, 1 << 27, 1 << 28, 0, 0x18000000], random) |
        below(32, random);
      const body = clipboardText(random);
      return joined(
        [flags >>> 24, flags >>> 16 & 255, flags >>> 8 & 255, flags & 255],
        random() < 0.3 ? body : mutate(body, random),
      );
    },
    async attempt(bytes) {
      if (bytes.length < 4) return;
      const flags = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
      try {
        const message = parseClipboardMessage({ type: "ExtendedClipboard", flags, body: bytes.subarray(4) });
        if (message.action !== "Provide") return;
        const words = await unpackText(message.formats, message.compressed, LIMIT);
        assert.ok(
          words === undefined || new TextEncoder().encode(words).length <= LIMIT,
          "more than is allowed",
        );
      } catch (error) {
        tolerate(error, "ProtocolError");
      }
    },
  }),
};
