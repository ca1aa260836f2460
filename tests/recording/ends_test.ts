/**
 * How recordings end when nobody ends them: the process is killed, the disk is full, the recording never stops.
 *
 * @module
 */
import assert from "node:assert/strict";
import { SessionPlayer } from "../../lib/mod.ts";
import { NATIVE_PIXEL_FORMAT } from "../../lib/protocol/pixel_format.ts";
import { RecordType } from "../../lib/recording/record.ts";
import { RecordingWriter } from "../../lib/recording/recording_writer.ts";
import { eventually } from "../support/input_observer.ts";
import { randomSource } from "../support/images.ts";
import { Encoding } from "../support/rfb_client.ts";
import { TestServer } from "../support/test_server.ts";
import { formatBytes } from "./_messages.ts";
import { program } from "./_program.ts";
import { TemporaryFolder, untilRecorded } from "./_recordings.ts";

/** Times that a process is killed. */
const KILLS = 50;

/** Waits for the first picture: before it there is nothing that could be lost. */
async function untilPlayable(path: string): Promise<void> {
  await eventually(async () => {
    await using player = await SessionPlayer.open(path);
    await player.seek(0);
    for await (const { type } of player.play({ speed: Infinity })) if (type === "update") return;
    throw new Error("There is no picture yet");
  }, 20_000);
}

Deno.test("a recording can be played up to its last second after the process was killed at any moment", async () => {
  await using folder = new TemporaryFolder();
  const random = randomSource(Date.now());
  for (let kill = 0; kill < KILLS; kill++) {
    const path = folder.file(`killed-${kill}.phr`);
    // Much to write, and so little that only the clock has it written.
    const size = kill % 2 ? "400x300" : "64x48";
    await using served = await program([], "--display", `pattern:${size}`, "--record", path);
    await untilPlayable(path);
    await new Promise((resolve) => setTimeout(resolve, random() % 2000));
    const killedAt = Date.now();
    served.kill("SIGKILL");
    await served.ended();
    await using player = await SessionPlayer.open(path);
    const lived = (killedAt - Date.parse(player.info.description.startedAt)) / 1000;
    let last = 0;
    for await (const { type, seconds } of player.play({ speed: 1e6 })) if (type === "update") last = seconds;
    assert.ok(player.frame, `killed after ${lived} s: no picture`);
    assert.ok(last > lived - 1, `killed after ${lived} s: ends after ${last} s`);
    assert.ok(await player.duration() >= last);
  }
});

/** A small disk of its own, where this process may mount one. */
async function smallDisk(path: string, size: string): Promise<AsyncDisposable | undefined> {
  const run = (command: string, ...args: string[]) =>
    new Deno.Command(command, { args, stdout: "null", stderr: "null" }).output();
  if (Deno.uid() !== 0) return undefined;
  const { success } = await run("mount", "-t", "tmpfs", "-o", `size=${size}`, "tmpfs", path);
  if (!success) return undefined;
  return {
    async [Symbol.asyncDispose]() {
      await run("umount", path);
    },
  };
}

Deno.test("a recording ends when the disk is full, can be played up to there, and the server goes on", async () => {
  await using folder = new TemporaryFolder();
  const place = folder.file("disk");
  Deno.mkdirSync(place);
  await using disk = await smallDisk(place, "256k");
  if (!disk) return; // nothing can be mounted here; recording_file_test.ts has a disk of its own making
  const path = `${place}/desktop.phr`;
  await using server = await TestServer.start({ width: 200, height: 150, record: { path, frameRate: 60 } });
  await using client = await server.connect({ encodings: [Encoding.Zrle] });
  const random = randomSource(1);
  server.screen.draw({ x: 0, y: 0, width: 200, height: 150 }, 0x112233);
  await untilRecorded(path, server.rgb());
  for (let round = 0; round < 20; round++) {
    server.screen.draw({ x: 0, y: 0, width: 200, height: 150 }, () => random() & 0xffffff);
    await client.converge(() => server.rgb());
  }
  assert.ok(Deno.statSync(path).size >= 200 * 1024, "the disk is full");
  await using player = await SessionPlayer.open(path);
  let updates = 0;
  for await (const { type } of player.play({ speed: 1e6 })) if (type === "update") updates++;
  assert.ok(updates >= 2 && player.frame, `${updates} updates`);
  // Others come and go as before.
  await using late = await server.connect();
  await late.refresh();
  assert.equal(server.server.sessions.length, 2);
});

Deno.test("a recording that goes on and on takes no more and no more memory", async () => {
  const file = {
    bytes: 0,
    write(bytes: Uint8Array) {
      this.bytes += bytes.length;
      return Promise.resolve(bytes.length);
    },
    close() {},
  };
  const writer = new RecordingWriter(file);
  const noise = Uint8Array.from({ length: 256 * 1024 }, randomSource(1));
  const info = {
    name: "long",
    size: { width: 100, height: 100 },
    format: formatBytes(NATIVE_PIXEL_FORMAT),
    description: { software: "test", startedAt: new Date().toISOString(), kind: "desktop" },
  } as const;
  const record = async (rounds: number) => {
    for (let round = 0; round < rounds; round++) {
      if (round % 20 === 0) writer.begin(info);
      writer.record(RecordType.ServerMessages, noise);
      await writer.room();
    }
  };
  await record(200);
  const before = Deno.memoryUsage().rss;
  await record(600);
  const grown = Deno.memoryUsage().rss - before;
  assert.ok(file.bytes > 150 * 1024 * 1024);
  assert.ok(grown < 40 * 1024 * 1024, `${Math.round(grown / 1024 / 1024)} MB more`);
  await writer.close();
});

Deno.test("a player that reads a long recording takes no more memory than for a short one", async () => {
  await using folder = new TemporaryFolder();
  const path = folder.file("long.phr");
  const file = Deno.openSync(path, { write: true, create: true });
  const writer = new RecordingWriter(file);
  const noise = Uint8Array.from({ length: 100_000 }, randomSource(1));
  writer.begin({
    name: "long",
    size: { width: 100, height: 100 },
    format: formatBytes(NATIVE_PIXEL_FORMAT),
    description: { software: "test", startedAt: new Date().toISOString(), kind: "session" },
  });
  for (let round = 0; round < 1000; round++) {
    writer.record(RecordType.UpdatePart, noise);
    await writer.room();
  }
  await writer.close();
  await using player = await SessionPlayer.open(path);
  const before = Deno.memoryUsage().rss;
  const { durationSeconds } = await player.statistics();
  const grown = Deno.memoryUsage().rss - before;
  assert.ok(durationSeconds >= 0);
  assert.ok(grown < 60 * 1024 * 1024, `${Math.round(grown / 1024 / 1024)} MB more`);
});
