/**
 * What servers record, played again: the same pictures at the same times, and nothing that must not be in a file.
 *
 * @module
 */
import assert from "node:assert/strict";
import * as zlib from "node:zlib";
import { MemoryClipboard } from "../../lib/clipboard/memory.ts";
import { RecordingError } from "../../lib/core/errors.ts";
import { openRecordedScreen, SessionPlayer } from "../../lib/mod.ts";
import { RecordType } from "../../lib/recording/record.ts";
import { openRecordingSource, RecordingReader } from "../../lib/recording/recording_reader.ts";
import { RecordingInput } from "../support/recording_input.ts";
import { IMAGES, randomSource } from "../support/images.ts";
import { pixelFormat } from "../support/pixel_formats.ts";
import { compareRgb, type RgbImage } from "../support/rgb_image.ts";
import { Encoding } from "../support/rfb_client.ts";
import { TestServer } from "../support/test_server.ts";
import { rgbOf, TemporaryFolder, untilRecorded } from "./_recordings.ts";

const SIZE = { width: 160, height: 120 };

/** Draws a picture of its own for each number, which is in its first pixel. */
function drawNumbered(server: TestServer, number: number): RgbImage {
  const random = randomSource(number);
  const { width, height } = server.screen.size;
  if (number % 5 === 4) server.screen.move({ x: 10, y: 40, width: width - 40, height: 60 }, 13, -20);
  else {
    const rect = {
      x: random() % (width / 2),
      y: 10 + random() % (height / 2),
      width: random() % (width / 2),
      height: random() % (height / 2 - 10),
    };
    const colour = random() & 0xffffff;
    server.screen.draw(rect, (x, y) => number % 3 === 0 ? colour : (x * y * number) & 0xffffff);
  }
  server.screen.draw({ x: 0, y: 0, width: 1, height: 1 }, number);
  return server.rgb();
}

/** Records numbered pictures. @returns Them. */
async function recordNumbered(path: string, count: number, keyFrameSeconds?: number): Promise<RgbImage[]> {
  await using server = await TestServer.start({
    ...SIZE,
    record: { path, frameRate: 60, ...(keyFrameSeconds && { keyFrameSeconds }) },
  });
  const pictures: RgbImage[] = [server.rgb()];
  for (let number = 1; number <= count; number++) {
    pictures.push(drawNumbered(server, number));
    // Every time another number of frames passes, so that some are seen together.
    await new Promise((resolve) => setTimeout(resolve, number * 7 % 50));
  }
  await untilRecorded(path, pictures.at(-1)!);
  return pictures;
}

function assertShows(player: SessionPlayer, pictures: readonly RgbImage[], what: string): number {
  const shown = rgbOf(player.frame!);
  const number = shown.pixels[0]!;
  assert.deepEqual(compareRgb(shown, pictures[number]!), { wrong: 0 }, what);
  return number;
}

for (const keyFrameSeconds of [undefined, 0.2]) {
  Deno.test(`a desktop's recording shows the screen at every moment, with ${keyFrameSeconds ? "many key frames" : "one key frame"}`, async () => {
    await using folder = new TemporaryFolder();
    const path = folder.file("desktop.phr");
    const pictures = await recordNumbered(path, 40, keyFrameSeconds);
    await using player = await SessionPlayer.open(path);

    // From the beginning to the end.
    const moments: { seconds: number; number: number }[] = [];
    let last = 0;
    for await (const event of player.play({ speed: 1000 })) {
      if (event.type !== "update") continue;
      const number = assertShows(player, pictures, `at ${event.seconds} s`);
      assert.ok(number >= last);
      moments.push({ seconds: event.seconds, number: last = number });
    }
    assert.equal(last, 40);
    assert.ok(moments.length > 15, `${moments.length} updates`);

    // By seeking, in any order. Of several updates at the same time the last one counts.
    const random = randomSource(7);
    for (let i = 0; i < 60; i++) {
      const { seconds } = moments[random() % moments.length]!;
      const { number } = moments.findLast((moment) => moment.seconds <= seconds)!;
      await player.seek(seconds);
      assert.equal(assertShows(player, pictures, `after seeking ${seconds} s`), number);
      assert.equal(player.position, seconds);
    }
    const { eventCounts, bytesByEncoding, durationSeconds } = await player.statistics();
    assert.equal(eventCounts.update, moments.length);
    assert.ok(bytesByEncoding.get(Encoding.Tight)! > 0);
    assert.ok(bytesByEncoding.get(Encoding.CopyRect)! > 0, "moves are recorded as moves");
    assert.ok(durationSeconds >= moments.at(-1)!.seconds);
    if (keyFrameSeconds) assert.ok(eventCounts.keyFrame! >= 3, `${eventCounts.keyFrame} key frames`);
    else assert.equal(eventCounts.keyFrame, 1);
  });
}

Deno.test("a desktop's recording with quality shows photographs nearly as they are while they move, and exactly when they rest", async () => {
  await using folder = new TemporaryFolder();
  const sizes: number[] = [];
  for (const quality of [undefined, 5]) {
    const path = folder.file(`quality-${quality}.phr`);
    await using server = await TestServer.start({ ...SIZE, record: { path, quality, frameRate: 60 } });
    const photo = IMAGES.find(({ name }) => name === "photo")!.make(SIZE.width, SIZE.height, 3);
    for (let shift = 0; shift < 8; shift++) {
      server.screen.draw({ x: 0, y: 0, ...SIZE }, (x, y) => {
        return photo.pixels[y * SIZE.width + (x + 37 * shift) % SIZE.width]! ^ shift * 0x111111;
      });
      await new Promise((resolve) => setTimeout(resolve, 40));
    }
    await untilRecorded(path, server.rgb());
    await using player = await SessionPlayer.open(path);
    const updates = [];
    for await (const event of player.events("update")) {
      if (event.type === "update") updates.push(event.rects.reduce((sum, { bytes }) => sum + bytes, 0));
    }
    // The last one is what comes when nothing moves any more.
    sizes.push(Math.max(...updates.slice(1, -1)));
  }
  assert.ok(sizes[1]! < sizes[0]! / 3, `${sizes} bytes`);
});

Deno.test("a recording is seen by viewers as it was, from where it is to begin", async () => {
  await using folder = new TemporaryFolder();
  const path = folder.file("desktop.phr");
  const pictures = await recordNumbered(path, 12);
  await using server = await TestServer.start({
    openDesktop: async () => ({ screen: await openRecordedScreen(path, { speed: 4 }) }),
  });
  await using client = await server.connect({ encodings: [Encoding.Tight, Encoding.CopyRect] });
  await client.refresh();
  let last = 0;
  while (last < 12) {
    const shown = client.rgb();
    const number = shown.pixels[0]!;
    assert.ok(number >= last);
    assert.deepEqual(compareRgb(shown, pictures[number]!), { wrong: 0 }, `picture ${number}`);
    last = number;
    if (last === 12) break;
    await client.requestUpdate({ incremental: true });
    await client.nextUpdate();
  }
  // Late comers see the last picture, which stays.
  await using late = await server.connect({ encodings: [Encoding.Zrle] });
  await late.refresh();
  assert.deepEqual(compareRgb(late.rgb(), pictures[12]!), { wrong: 0 });

  await using atEnd = await TestServer.start({
    openDesktop: async () => ({ screen: await openRecordedScreen(path, { seekSeconds: 1000 }) }),
  });
  await using another = await atEnd.connect();
  await another.refresh();
  assert.deepEqual(compareRgb(another.rgb(), pictures[12]!), { wrong: 0 });
});

Deno.test("a recording plays anew when it is to, and leaves nothing behind when it is stopped in the middle", async () => {
  await using folder = new TemporaryFolder();
  const path = folder.file("desktop.phr");
  await recordNumbered(path, 6);
  await using server = await TestServer.start({
    openDesktop: async () => ({ screen: await openRecordedScreen(path, { speed: 20, loop: true }) }),
  });
  await using client = await server.connect({ encodings: [Encoding.Zrle] });
  await client.refresh();
  const seen: number[] = [];
  for (let falls = 0; falls < 2;) {
    const number = client.rgb().pixels[0]!;
    if (seen.length > 0 && number < seen.at(-1)!) falls++;
    seen.push(number);
    await client.requestUpdate({ incremental: true });
    await client.nextUpdate();
  }
});

Deno.test("openRecordedScreen() refuses what cannot be played", async () => {
  await using folder = new TemporaryFolder();
  const path = folder.file("nothing.phr");
  await assert.rejects(() => openRecordedScreen(path), (error: Error) => {
    assert.ok(error instanceof RecordingError);
    return /no such file/.test(error.message);
  });
  Deno.writeTextFileSync(path, "FBS 001.000\n");
  await assert.rejects(() => openRecordedScreen(path), /not a recording of Porthole/);
  await assert.rejects(() => openRecordedScreen(path, { speed: 0 }), RangeError);
  await assert.rejects(() => openRecordedScreen(path, { seekSeconds: -1 }), RangeError);
});

Deno.test("a desktop's recording follows sizes, names nobody sees, and pointers", async () => {
  await using folder = new TemporaryFolder();
  const path = folder.file("desktop.phr");
  const cursor = {
    serial: 1,
    width: 2,
    height: 2,
    hotspot: { x: 1, y: 0 },
    pixels: Uint32Array.of(0x80402000, 0, 0xffffffff, 0xff000000),
  };
  {
    await using server = await TestServer.start({ ...SIZE, record: { path }, name: "the name" });
    drawNumbered(server, 1);
    await untilRecorded(path, server.rgb());
    server.screen.setCursor(cursor);
    server.screen.become({ width: 200, height: 90 });
    const rgb = drawNumbered(server, 2);
    await untilRecorded(path, rgb);
  }
  await using player = await SessionPlayer.open(path);
  assert.equal(player.info.name, "the name");
  assert.deepEqual(player.info.size, SIZE);
  assert.equal(player.info.description.kind, "desktop");
  const sizes = [];
  for await (const event of player.events("resize", "keyFrame")) {
    if (event.type === "resize" || event.type === "keyFrame") sizes.push([event.type, event.size.width]);
  }
  assert.deepEqual(sizes, [["keyFrame", 160], ["resize", 200], ["keyFrame", 200]]);
  await player.seek(1000);
  const { serial: _, ...shown } = player.cursor!;
  const { serial: __, ...wanted } = cursor;
  assert.deepEqual(shown, wanted);
  await player.seek(0);
  assert.equal(player.frame?.width ?? 160, 160);
});

Deno.test("nobody notices that a desktop is recorded", async () => {
  await using folder = new TemporaryFolder();
  const events: string[] = [];
  const observer = new Proxy({}, {
    get: (_, name) => (event: { session?: number }) => {
      if (event?.session === 0) events.push(String(name));
    },
  });
  await using server = await TestServer.start({
    ...SIZE,
    record: { path: folder.file("desktop.phr") },
    maxConnections: 1,
    shared: "never",
    password: "secret",
    observers: [observer],
  });
  drawNumbered(server, 1);
  await untilRecorded(folder.file("desktop.phr"), server.rgb());
  assert.deepEqual([server.server.sessions.length, server.server.status().pending], [0, 0]);
  await using client = await server.connect({ password: "secret" });
  await client.refresh();
  assert.equal(server.server.sessions.length, 1);
  assert.deepEqual(events, []);
});

/** All that is in a recording, as text. */
function contentOf(path: string): string {
  return new TextDecoder("latin1").decode(zlib.gunzipSync(Deno.readFileSync(path)));
}

/** A client that types a password, moves the pointer, and copies texts both ways. */
async function talkSecretly(
  server: TestServer,
  input: RecordingInput,
  clipboard: MemoryClipboard,
): Promise<void> {
  await using client = await server.connect({ encodings: [Encoding.Zrle] });
  await client.refresh();
  await client.type(..."hunter2".split("").map((char) => char.charCodeAt(0)));
  await client.pointer(0x4142, 0x4344, 1);
  await client.cutText("from the viewer");
  clipboard.copy("from the desktop");
  await input.reached(15);
  await client.nextOf("cut text");
  server.screen.draw({ x: 5, y: 5, width: 10, height: 10 }, 0x123456);
  await client.converge(() => server.rgb());
}

for (const keys of [false, true]) {
  Deno.test(`recordings ${keys ? "hold" : "do not hold"} what was typed and pointed at, and never what was copied`, async () => {
    await using folder = new TemporaryFolder();
    for (const path of [folder.file("desktop.phr"), folder.file("sessions/")]) {
      const input = new RecordingInput();
      const clipboard = new MemoryClipboard();
      {
        await using server = await TestServer.start({
          ...SIZE,
          input,
          clipboardBackend: clipboard,
          record: { path, keys },
        });
        await talkSecretly(server, input, clipboard);
      }
      const file = path.endsWith("/") ? `${path}${[...Deno.readDirSync(path)][0]!.name}` : path;
      const content = contentOf(file);
      assert.ok(!/from the (viewer|desktop)/.test(content), "a clipboard is in the file");
      await using player = await SessionPlayer.open(file);
      const typed: (number | undefined)[] = [];
      const pointed: unknown[] = [];
      for await (const event of player.events("key", "pointer")) {
        if (event.type === "key") typed.push(event.key?.keysym);
        if (event.type === "pointer") pointed.push(event.pointer);
      }
      assert.equal(typed.length, 14);
      assert.equal(
        String.fromCharCode(...typed.filter((_, i) => i % 2 === 0).map((key) => key ?? 63)),
        keys ? "hunter2" : "???????",
      );
      assert.equal(pointed.length, 1);
      assert.deepEqual(pointed[0], keys ? { x: 0x4142, y: 0x4344, buttons: 1 } : undefined);
      const said = await inputBytes(file);
      if (keys) assert.ok(said.has("h".charCodeAt(0)));
      else assert.deepEqual([...said], [0]);
    }
  });
}

/** Everything that input records say besides what kind of input it was, and whose. */
async function inputBytes(path: string): Promise<Set<number>> {
  using reader = await RecordingReader.open(await openRecordingSource(path));
  const bytes = new Set<number>();
  for (let segment = 0; segment < reader.segments.length; segment++) {
    for await (const { type, payload } of reader.records(segment)) {
      if (type === RecordType.ClientMessage) { for (const byte of payload.subarray(6)) bytes.add(byte); }
    }
  }
  return bytes;
}

Deno.test("a folder's recordings show each client's screen as it was, in its own encodings and format", async () => {
  await using folder = new TemporaryFolder();
  const kinds = [
    {
      encodings: [
        Encoding.Tight,
        Encoding.CopyRect,
        Encoding.Fence,
        Encoding.ContinuousUpdates,
        Encoding.Cursor,
      ],
    },
    { encodings: [Encoding.Zrle, Encoding.ExtendedDesktopSize, Encoding.CursorWithAlpha] },
    { encodings: [Encoding.Hextile, Encoding.DesktopSize], format: pixelFormat("16 le 565") },
    { encodings: [Encoding.Zlib, Encoding.DesktopSize], format: pixelFormat("8 colour map") },
    { encodings: [Encoding.Rre] },
    { encodings: [Encoding.Trle, Encoding.CopyRect], format: pixelFormat("32 be 24-16-8") },
  ];
  const shown: RgbImage[] = [];
  {
    await using server = await TestServer.start({
      ...SIZE,
      record: { path: folder.path },
      shared: "always",
    });
    const clients = await Promise.all(kinds.map((kind) => server.connect(kind)));
    for (let number = 1; number <= 10; number++) {
      drawNumbered(server, number);
      await Promise.all(clients.map((client) => client.converge(() => server.rgb())));
    }
    server.screen.become({ width: 140, height: 130 });
    drawNumbered(server, 11);
    for (const [i, client] of clients.entries()) {
      await client.settle(50);
      server.server.disconnect(i + 1, "That was all");
      shown.push(await client.lastPicture());
      await client[Symbol.asyncDispose]();
    }
  }
  const files = folder.files();
  assert.equal(files.length, kinds.length);
  for (const [i, file] of files.toSorted((a, b) => sessionOf(a) - sessionOf(b)).entries()) {
    await using player = await SessionPlayer.open(folder.file(file));
    const { kind, session } = player.info.description;
    assert.deepEqual([kind, session?.id, session?.version], ["session", i + 1, "3.8"]);
    await player.seek(1000);
    assert.deepEqual(compareRgb(rgbOf(player.frame!), shown[i]!), { wrong: 0 }, file);
    const { bytesByEncoding } = await player.statistics();
    assert.ok(bytesByEncoding.get(kinds[i]!.encodings[0]!)! > 0, file);
    const notes = [];
    for await (const event of player.events("note")) if (event.type === "note") notes.push(event.note.note);
    assert.deepEqual(notes, ["handshake", "authentication", "sessionClosed"]);
  }
});

function sessionOf(file: string): number {
  return Number(/session-(\d+)/.exec(file)![1]);
}

Deno.test("a recording's file is its owner's alone, and one that is there is never written over", async () => {
  await using folder = new TemporaryFolder();
  const path = folder.file("my.desktop.phr");
  for (let i = 0; i < 3; i++) {
    await using server = await TestServer.start({ ...SIZE, record: { path } });
    drawNumbered(server, 1);
    await untilRecorded(i === 0 ? path : folder.file(`my.desktop-${i + 1}.phr`), server.rgb());
  }
  assert.deepEqual(folder.files(), ["my.desktop-2.phr", "my.desktop-3.phr", "my.desktop.phr"]);
  for (const file of folder.files()) assert.equal(Deno.statSync(folder.file(file)).mode! & 0o777, 0o600);
});

Deno.test("a server does not start when it cannot record", async () => {
  await using folder = new TemporaryFolder();
  await assert.rejects(
    () => TestServer.start({ record: { path: folder.file("no/such/folder.phr") } }),
    (error: Error) => error instanceof RecordingError && /no such folder/.test(error.message),
  );
});
