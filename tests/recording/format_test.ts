/** docs/recording-format.md: a reader that was made of it reads what servers write. @module */
import assert from "node:assert/strict";
import { SessionPlayer } from "../../lib/mod.ts";
import { Encoding, RfbClient } from "../support/rfb_client.ts";
import { compareRgb, type RgbImage } from "../support/rgb_image.ts";
import { TestServer } from "../support/test_server.ts";
import {
  begun,
  type FormatRecord,
  type FormatSegment,
  messagesOf,
  recordsOf,
  segmentsByIndex,
  segmentsBySearch,
} from "./_format_reader.ts";
import { rgbOf, TemporaryFolder, untilRecorded } from "./_recordings.ts";

const SIZE = { width: 160, height: 120 };

/** What a desktop's recording has, by the document. */
const ENCODINGS = [
  Encoding.Tight,
  Encoding.CopyRect,
  Encoding.DesktopSize,
  Encoding.DesktopName,
  Encoding.CursorWithAlpha,
];

/** Records a screen with several key frames. @returns What it showed at last. */
async function record(path: string): Promise<RgbImage> {
  await using server = await TestServer.start({
    ...SIZE,
    name: "Ωmega",
    record: { path, frameRate: 60, keyFrameSeconds: 0.2, keys: true },
  });
  await using client = await server.connect();
  await client.key(0x61, true);
  await client.pointer(12, 34, 1);
  for (let number = 1; number <= 25; number++) {
    server.screen.draw(
      { x: number, y: 2 * number, width: 60, height: 40 },
      (x, y) => x * y * number & 0xffffff,
    );
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  await untilRecorded(path, server.rgb());
  return server.rgb();
}

function readAll(file: Uint8Array, segments: readonly FormatSegment[], end = file.length): FormatRecord[][] {
  return segments.map((segment, i) => recordsOf(file, segment, segments[i + 1]?.offset ?? end));
}

/** What the tests' own client shows that was sent messages. @param isLater Streams have begun in an earlier segment. */
async function show(records: readonly FormatRecord[], isLater: boolean): Promise<RgbImage> {
  const bytes = [
    new TextEncoder().encode("RFB 003.008\n"),
    Uint8Array.of(1, 1, 0, 0, 0, 0),
    begun(records[0]!).serverInit,
    ...messagesOf(records),
  ].flatMap((part) => [...part]);
  const stream = {
    read(into: Uint8Array) {
      const part = bytes.splice(0, into.length);
      into.set(part);
      return Promise.resolve(part.length || null);
    },
    write: (sent: Uint8Array) => Promise.resolve(sent.length),
    close() {},
  };
  await using client = await RfbClient.connect({ stream, encodings: ENCODINGS });
  if (isLater) {
    for (let i = 0; i < 4; i++) client.state.context.inflate(`tight ${i}`, Uint8Array.of(0x78, 0x9c));
  }
  const messages = records.filter(({ type }) => type === 2 || type === 4).length;
  for (let i = 0; i < messages; i++) await client.next();
  return client.rgb();
}

Deno.test("a reader made of docs/recording-format.md shows what SessionPlayer shows", async () => {
  await using folder = new TemporaryFolder();
  const path = folder.file("desktop.phr");
  const last = await record(path);
  const file = await Deno.readFile(path);
  const segments = segmentsByIndex(file);
  assert.ok(segments.length >= 3, `${segments.length} segments`);
  assert.deepEqual(segmentsBySearch(file), segments);

  const recorded = readAll(file, segments);
  for (const records of recorded) {
    assert.deepEqual(records.flatMap(({ type }, at) => type === 1 ? [at] : []), [0]);
    const { description } = begun(records[0]!) as { description: { kind: string; startedAt: string } };
    assert.equal(description.kind, "desktop");
    assert.ok(Date.parse(description.startedAt) <= Date.now());
  }
  assert.deepEqual(compareRgb(await show(recorded.at(-1)!, true), last), { wrong: 0 });

  await using player = await SessionPlayer.open(path);
  const first = recorded[0]!.filter(({ timeMs }) => timeMs < segments[1]!.timeMs);
  await player.seek((first.at(-1)!.timeMs + 0.5) / 1000);
  assert.deepEqual(compareRgb(await show(first, false), rgbOf(player.frame!)), { wrong: 0 });

  // What clients did, and notes.
  const all = recorded.flat();
  const hex = all.filter(({ type }) => type === 6).map(({ payload }) => payload.toHex());
  assert.deepEqual(hex, ["00" + "00000001" + "0401000000000061", "00" + "00000001" + "0501000c0022"]);
  const notes = all.filter(({ type }) => type === 7).map(({ payload }) =>
    JSON.parse(new TextDecoder().decode(payload)).note
  );
  assert.deepEqual(notes.slice(0, 1), ["sessionOpened"]);
  assert.ok(all.every(({ timeMs }, i) => timeMs >= (all[i - 1]?.timeMs ?? 0)), "times do not fall");
});

Deno.test("a reader made of docs/recording-format.md reads files that end anywhere", async () => {
  await using folder = new TemporaryFolder();
  const path = folder.file("desktop.phr");
  await record(path);
  const file = await Deno.readFile(path);
  const whole = readAll(file, segmentsByIndex(file)).flat();
  for (let part = 1; part < 20; part++) {
    const cut = file.subarray(0, Math.floor(file.length * part / 20));
    const records = readAll(cut, segmentsBySearch(cut)).flat();
    assert.ok(records.length > 0);
    assert.deepEqual(
      records.map(({ type, timeMs, payload }) => [type, timeMs, payload.length]),
      whole.slice(0, records.length).map(({ type, timeMs, payload }) => [type, timeMs, payload.length]),
    );
  }
});
