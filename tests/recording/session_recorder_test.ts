/** SessionRecorder and SessionPlayer as embedders use them, without a server. @module */
import assert from "node:assert/strict";
import { RecordingError } from "../../lib/core/errors.ts";
import { RAW } from "../../lib/encodings/raw.ts";
import { ZRLE } from "../../lib/encodings/zrle.ts";
import { type SessionEvent, SessionPlayer, SessionRecorder } from "../../lib/mod.ts";
import { IMAGES } from "../support/images.ts";
import { pixelFormat } from "../support/pixel_formats.ts";
import { SimulatedTime } from "../support/simulated_time.ts";
import { MemoryFile, sourceOf } from "./_files.ts";
import { Sender, serverInit } from "./_messages.ts";

/** A recording that a test makes as it likes, and time that passes as it likes. */
class Studio {
  readonly clock = new SimulatedTime();
  readonly file = new MemoryFile();
  readonly recorder: SessionRecorder;

  constructor(options: { keys?: boolean } = {}) {
    this.recorder = new SessionRecorder("memory", { ...options, clock: this.clock, file: this.file });
  }

  /** Ends the recording, and plays it in the same time. */
  async play(): Promise<SessionPlayer> {
    await this.recorder.close();
    return await SessionPlayer.open(sourceOf(this.file.bytes), this.clock);
  }
}

async function collect(events: AsyncIterable<SessionEvent>): Promise<SessionEvent[]> {
  return await Array.fromAsync(events);
}

/** Records one of everything. */
async function recordAll({ recorder, clock }: Studio): Promise<void> {
  const frame = IMAGES[0]!.make(20, 10);
  using sender = new Sender();
  recorder.recordServerInit(serverInit(20, 10, "Ä desktop"));
  recorder.recordHandshake("3.8");
  recorder.recordAuthentication("VNC Authentication", true);
  await clock.pass(1000);
  const { bytes, rects } = sender.update(frame, [{ x: 0, y: 0, width: 20, height: 10 }], ZRLE);
  recorder.recordUpdatePart(bytes.subarray(0, 10));
  recorder.recordUpdatePart(bytes.subarray(10));
  recorder.recordUpdateSent(rects);
  await clock.pass(500);
  recorder.recordKeyEvent(0x61, true);
  recorder.recordPointerEvent(3, 4, 1, 9);
  await clock.pass(2500);
  recorder.recordError("it went wrong");
  recorder.recordNote({ note: "mine", number: 5, flag: true });
}

Deno.test("SessionRecorder records what it is told, and SessionPlayer tells it with its times", async () => {
  const studio = new Studio();
  await recordAll(studio);
  await using player = await studio.play();
  assert.equal(player.info.name, "Ä desktop");
  const rect = { x: 0, y: 0, width: 20, height: 10 };
  const events = await collect(player.events());
  const { description } = player.info;
  assert.deepEqual(
    events.map((event) =>
      event.type === "update" ? { ...event, rects: event.rects.map(({ rect }) => rect) } : event
    ),
    [
      { type: "keyFrame", seconds: 0, name: "Ä desktop", size: { width: 20, height: 10 }, description },
      { type: "note", seconds: 0, note: { note: "handshake", version: "3.8" } },
      {
        type: "note",
        seconds: 0,
        note: { note: "authentication", security: "VNC Authentication", accepted: true },
      },
      { type: "update", seconds: 1, rects: [rect] },
      { type: "key", seconds: 1.5, session: 0 },
      { type: "pointer", seconds: 1.5, session: 9 },
      { type: "note", seconds: 4, note: { note: "error", message: "it went wrong" } },
      { type: "note", seconds: 4, note: { note: "mine", number: 5, flag: true } },
    ],
  );
  assert.deepEqual(await collect(player.events("key", "pointer")), events.slice(4, 6));
  assert.equal(await player.duration(), 4);
  const { eventCounts, rects, bytesByEncoding, durationSeconds } = await player.statistics();
  assert.deepEqual(eventCounts, { keyFrame: 1, note: 4, update: 1, key: 1, pointer: 1 });
  assert.deepEqual([rects, [...bytesByEncoding.keys()], durationSeconds], [1, [ZRLE.type], 4]);
});

Deno.test("SessionRecorder records what somebody did where there are no pictures, with its times", async () => {
  const studio = new Studio({ keys: true });
  const { recorder, clock } = studio;
  recorder.recordHandshake("3.8");
  await clock.pass(500);
  recorder.recordKeyEvent(0x61, true);
  await clock.pass(2000);
  recorder.recordPointerEvent(3, 4, 1);
  await using player = await studio.play();
  assert.deepEqual(player.info.size, { width: 1, height: 1 });
  assert.deepEqual(
    (await collect(player.events())).map(({ type, seconds }) => [type, seconds]),
    [["keyFrame", 0], ["note", 0], ["key", 0], ["pointer", 2]],
  );
  await player.seek(1);
  assert.deepEqual([player.position, player.frame], [1, undefined]);
});

Deno.test("SessionRecorder keeps what is told before ServerInit, as a handshake is (§7.1)", async () => {
  const studio = new Studio();
  const { recorder } = studio;
  recorder.recordHandshake("3.8");
  recorder.recordAuthentication("None", true);
  recorder.recordServerInit(serverInit(20, 10, "after"));
  await using player = await studio.play();
  const [begin, ...notes] = await collect(player.events());
  assert.equal(begin?.type === "keyFrame" && begin.name, "after");
  assert.deepEqual(
    notes.map((event) => event.type === "note" && event.note.note),
    ["handshake", "authentication"],
  );
});

Deno.test("SessionRecorder records a handshake that led to nothing, and shows pictures that come late", async () => {
  const failed = new Studio();
  failed.recorder.recordHandshake("3.8");
  failed.recorder.recordAuthentication("VNC Authentication", false);
  await using player = await failed.play();
  assert.equal((await collect(player.events("note"))).length, 2);

  const late = new Studio({ keys: true });
  late.recorder.recordKeyEvent(0x61, true);
  await late.clock.pass(1000);
  await recordAll(late);
  await using whole = await late.play();
  await whole.seek(3);
  assert.deepEqual([whole.frame?.width, whole.frame?.height], [20, 10]);
  assert.equal((await collect(whole.events("key"))).length, 2);
});

Deno.test("SessionRecorder of a desktop, and one for other players, wait for the screen", async () => {
  for (const options of [{ kind: "desktop" }, { format: "fbs" }] as const) {
    const file = new MemoryFile();
    const recorder = new SessionRecorder("memory", { ...options, file });
    recorder.recordHandshake("3.8");
    recorder.recordKeyEvent(0x61, true);
    await recorder.close();
    assert.equal(file.length, 0);
  }
});

Deno.test("SessionRecorder records keys and pointer when it is told to", async () => {
  const studio = new Studio({ keys: true });
  await recordAll(studio);
  await using player = await studio.play();
  const [key, pointer] = await collect(player.events("key", "pointer"));
  assert.deepEqual(key?.type === "key" && key.key, { keysym: 0x61, down: true });
  assert.deepEqual(pointer?.type === "pointer" && pointer.pointer, { x: 3, y: 4, buttons: 1 });
});

for (const speed of [1, 4, 0.5]) {
  Deno.test(`SessionPlayer.play() gives each event when its time has come, at speed ${speed}`, async () => {
    const studio = new Studio();
    await recordAll(studio);
    await using player = await studio.play();
    const { clock } = studio;
    const startedAt = clock.now();
    const heard: [string, number][] = [];
    const playing = (async () => {
      for await (const event of player.play({ speed })) {
        if (event.type === "update") assert.ok(player.frame, "the picture is there with its event");
        heard.push([event.type, (clock.now() - startedAt) * speed / 1000]);
      }
    })();
    // Reading takes turns of real time; between them, simulated time passes.
    for (let i = 0; i < 200 && heard.length < 8; i++) {
      await clock.pass(50 / speed);
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
    await playing;
    const times = heard.map(([, time]) => Math.round(time * 10) / 10);
    for (const [i, wanted] of [0, 0, 0, 1, 1.5, 1.5, 4, 4].entries()) {
      assert.ok(times[i]! >= wanted && times[i]! <= wanted + 0.3, `${heard[i]}, must be at ${wanted}`);
    }
    assert.equal(player.position, 4);
  });
}

Deno.test("SessionPlayer.play() goes on from where the player was put", async () => {
  const studio = new Studio();
  await recordAll(studio);
  await using player = await studio.play();
  await player.seek(1.2);
  assert.ok(player.frame);
  const rest = await collect(player.play({ speed: Infinity }));
  assert.deepEqual(rest.map(({ seconds }) => seconds), [1.5, 1.5, 4, 4]);
  await player.seek(0.5);
  assert.equal(player.frame, undefined, "nothing was drawn by then");
  assert.equal((await collect(player.play({ speed: Infinity }))).length, 5);
  await player.seek(100);
  assert.deepEqual(await collect(player.play()), []);
  assert.ok(player.frame);
  await assert.rejects(() => player.seek(NaN), RangeError);
  assert.equal(player.position, 100);
});

Deno.test("SessionPlayer.play() waits for what is months away", async () => {
  const studio = new Studio();
  studio.recorder.recordServerInit(serverInit(20, 10));
  const days = 24 * 60 * 60 * 1000;
  for (let day = 0; day < 40; day++) await studio.clock.pass(days);
  studio.recorder.recordError("at last");
  await using player = await studio.play();
  const startedAt = studio.clock.now();
  let heardAt = 0;
  const playing = (async () => {
    for await (const event of player.play()) if (event.type === "note") heardAt = studio.clock.now();
  })();
  for (let i = 0; i < 100 && heardAt === 0; i++) {
    await studio.clock.pass(days);
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  await playing;
  assert.ok(Math.abs(heardAt - startedAt - 40 * days) <= days, `after ${(heardAt - startedAt) / days} days`);
});

Deno.test("SessionPlayer.play() stops waiting when it is told to, and refuses speeds that lead nowhere", async () => {
  const studio = new Studio();
  await recordAll(studio);
  await using player = await studio.play();
  const controller = new AbortController();
  const playing = (async () => {
    for await (const event of player.play({ signal: controller.signal })) {
      if (event.type === "note" && event.note.note === "authentication") {
        controller.abort(new Error("enough"));
      }
    }
  })();
  await assert.rejects(playing, /enough/);
  for (const speed of [0, -1, NaN]) await assert.rejects(() => collect(player.play({ speed })), RangeError);
});

Deno.test("SessionRecorder follows changes of format in the middle of a session", async () => {
  const { recorder, file } = new Studio();
  const frame = IMAGES.find(({ name }) => name === "two colours")!.make(20, 10);
  const whole = [{ x: 0, y: 0, width: 20, height: 10 }];
  using first = new Sender();
  using second = new Sender(pixelFormat("16 be 565"));
  recorder.recordServerInit(serverInit(20, 10));
  for (const sender of [first, second]) {
    recorder.recordPixelFormat(sender.format);
    const { bytes, rects } = sender.update(frame, whole, RAW);
    recorder.recordUpdatePart(bytes);
    recorder.recordUpdateSent(rects);
  }
  await recorder.close();
  await using player = await SessionPlayer.open(sourceOf(file.bytes));
  await player.seek(10);
  for (const [i, pixel] of player.frame!.pixels.entries()) {
    const wanted = frame.pixels[i]!;
    for (const shift of [16, 8, 0]) {
      assert.ok(Math.abs((pixel >> shift & 255) - (wanted >> shift & 255)) <= 8, `pixel ${i}`);
    }
  }
});

Deno.test("SessionRecorder records the session that comes first, or the one that it is to, and no other", async () => {
  for (const [wanted, session] of [[undefined, 4], [7, 7]] as const) {
    const file = new MemoryFile();
    await using recorder = new SessionRecorder("memory", { file, ...(wanted && { session: wanted }) });
    for (const session of [4, 7]) {
      const details = {
        address: `${session}`,
        transport: "tcp",
        version: "3.8",
        security: "None",
        viewOnly: false,
      };
      recorder.sessionOpened({ session, ...details });
      recorder.messagesSent({ session, form: "ServerInit", bytes: serverInit(10 * session, 10) });
      recorder.keyEvent({ session, keysym: 0x41, down: true });
      recorder.sessionClosed({ session, authenticated: true, reason: "gone", error: "none", durationMs: 1 });
    }
    await recorder.close();
    await using player = await SessionPlayer.open(sourceOf(file.bytes));
    assert.equal(player.info.size.width, 10 * session);
    assert.equal(player.info.description.session?.address, `${session}`);
    assert.equal((await collect(player.events("key"))).length, 1);
    assert.equal(file.closed, 1);
  }
});

Deno.test("SessionRecorder is quiet after its end and after a failure", async () => {
  const studio = new Studio();
  studio.file.capacity = 0;
  await recordAll(studio);
  await studio.recorder.close();
  assert.ok(studio.recorder.failure instanceof RecordingError);
  await recordAll(studio);
  await studio.recorder.close();
  assert.equal(studio.file.length, 0);
  const ended = new Studio();
  await recordAll(ended);
  await ended.recorder.close();
  const { length } = ended.file;
  await recordAll(ended);
  assert.equal(ended.file.length, length);
});

Deno.test("SessionRecorder says why a file cannot be made", () => {
  assert.throws(
    () => new SessionRecorder("/nowhere/at/all.phr"),
    (error: Error) =>
      error instanceof RecordingError &&
      /Cannot record to "\/nowhere\/at\/all\.phr": there is no such folder/.test(error.message),
  );
});
