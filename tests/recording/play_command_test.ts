/** Recording and playing by the command line. @module */
import assert from "node:assert/strict";
import { SessionPlayer } from "../../lib/mod.ts";
import { eventually } from "../support/input_observer.ts";
import { freePort } from "../support/peers.ts";
import { Encoding, RfbClient } from "../support/rfb_client.ts";
import { TestWebSocket } from "../support/websocket_client.ts";
import { program } from "./_program.ts";
import { TemporaryFolder } from "./_recordings.ts";

Deno.test("porthole play shows a recording, and says what is wrong where it cannot", async () => {
  await using folder = new TemporaryFolder();
  const path = folder.file("desktop.phr");
  {
    await using served = await program([], "--display", "pattern:200x100", "--record", path);
    await using client = await RfbClient.connect({ port: await served.port() });
    await client.refresh();
    await new Promise((resolve) => setTimeout(resolve, 800));
    assert.equal(await served.stop(), 0);
  }
  await using player = await SessionPlayer.open(path);
  await player.seek(1000);
  {
    await using served = await program(["play", path], "--seek", "1000");
    await using client = await RfbClient.connect({ port: await served.port(), encodings: [Encoding.Tight] });
    await client.refresh();
    assert.deepEqual([...client.rgb().pixels], [...player.frame!.pixels]);
    assert.match(client.name, /desktop\.phr/);
    assert.equal(await served.stop(), 0);
  }
  await using missing = await program(["play", folder.file("none.phr")]);
  assert.equal(await missing.ended(), 1);
  assert.match(missing.said, /Cannot read a recording from ".*none\.phr": there is no such file/);
});

Deno.test("porthole play names the file that is no recording", async () => {
  await using folder = new TemporaryFolder();
  const [other, fbs, empty] = ["other.phr", "desktop.fbs", "empty.phr"].map((name) => folder.file(name));
  Deno.writeTextFileSync(other!, "something else");
  Deno.writeTextFileSync(fbs!, "FBS 001.000\n");
  Deno.writeTextFileSync(empty!, "");
  for (
    const [args, said] of [
      [["play", other!], /Cannot read ".*other\.phr": it is not a recording of Porthole\n/],
      [["play", fbs!], /Cannot read ".*desktop\.fbs": it is not a recording of Porthole but an FBS file/],
      [["play", empty!], /Cannot read ".*empty\.phr": it is not a recording/],
    ] as const
  ) {
    await using served = await program([...args]);
    assert.equal(await served.ended(), 1);
    assert.match(served.said, said);
  }
});

/** Records a test card that moves, for so long. @returns Where it ends, in s. */
async function recordPattern(path: string, ms: number): Promise<number> {
  await using served = await program([], "--display", "pattern:200x100", "--record", path);
  await served.port();
  await new Promise((resolve) => setTimeout(resolve, ms));
  assert.equal(await served.stop(), 0);
  await using player = await SessionPlayer.open(path);
  return await player.duration();
}

/** When the first picture from a moment on was recorded, in s. */
async function firstUpdateFrom(path: string, seconds: number): Promise<number> {
  await using player = await SessionPlayer.open(path);
  await player.seek(seconds);
  for await (const event of player.play({ speed: Infinity })) {
    if (event.type === "update" && event.seconds >= seconds) return event.seconds;
  }
  throw new Error(`There is nothing behind ${seconds} s`);
}

/** The picture at a moment. */
async function pictureAt(path: string, seconds: number): Promise<number[]> {
  await using player = await SessionPlayer.open(path);
  await player.seek(seconds);
  return [...player.frame!.pixels];
}

Deno.test("porthole play --seek and --speed show what was there then, and go on as fast as they are told", async () => {
  await using folder = new TemporaryFolder();
  const path = folder.file("desktop.phr");
  const duration = await recordPattern(path, 2500);
  assert.ok(duration > 1.2, `${duration} s`);
  const seconds = await firstUpdateFrom(path, 1);
  const [middle, last] = [await pictureAt(path, seconds), await pictureAt(path, duration)];
  assert.notDeepEqual(middle, last, "the test card moves");
  const play = async (...options: string[]) => {
    const served = await program(["play", path], ...options);
    const client = await RfbClient.connect({ port: await served.port(), encodings: [Encoding.Zrle] });
    return {
      async [Symbol.asyncDispose]() {
        await client[Symbol.asyncDispose]();
        await served[Symbol.asyncDispose]();
      },
      async picture() {
        await client.refresh();
        return [...client.rgb().pixels];
      },
    };
  };
  {
    // As slowly as it can be: the next picture is seconds away.
    await using played = await play("--seek", String(seconds), "--speed", "0.01");
    assert.deepEqual(await played.picture(), middle);
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.deepEqual(await played.picture(), middle);
  }
  const webPort = freePort();
  await using played = await play("--speed", "1000", "--web-port", String(webPort));
  await eventually(async () => assert.deepEqual(await played.picture(), last));
  // Browsers, too.
  assert.match(await (await fetch(`http://127.0.0.1:${webPort}/`)).text(), /<title>Porthole/);
  const stream = await TestWebSocket.open({ port: webPort });
  await using client = await RfbClient.connect({ stream, encodings: [Encoding.Zrle] });
  await client.refresh();
  assert.deepEqual([...client.rgb().pixels], last);
});

Deno.test("porthole --record FOLDER/ makes a recording of each session, and says whose it is", async () => {
  await using folder = new TemporaryFolder();
  const place = folder.file("sessions/");
  {
    await using served = await program([], "--display", "pattern:200x100", "--record", place);
    const port = await served.port();
    for (const encoding of [Encoding.Zrle, Encoding.Hextile]) {
      await using client = await RfbClient.connect({ port, encodings: [encoding] });
      await client.refresh();
    }
    assert.equal(await served.stop(), 0);
  }
  const names = Array.from(Deno.readDirSync(place), ({ name }) => name).toSorted();
  assert.equal(names.length, 2, names.join());
  for (const name of names) {
    await using player = await SessionPlayer.open(place + name);
    assert.match(JSON.stringify(player.info.description), /127\.0\.0\.1/);
    await player.seek(1000);
    assert.deepEqual([player.frame?.width, player.frame?.height], [200, 100]);
  }
});
