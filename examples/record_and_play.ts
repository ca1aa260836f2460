/**
 * Records a desktop for a few seconds, looks into the recording, and shares it as if it were a desktop.
 *
 *     deno run -A examples/record_and_play.ts [PORT] [SECONDS]
 *
 * @module
 */
// deno-lint-ignore-file no-console
import { exportFbs, openRecordedScreen, SessionPlayer, VNCServer } from "../lib/mod.ts";

const [port = "5900", seconds = "3"] = Deno.args;
const folder = Deno.makeTempDirSync();
const path = `${folder}/desktop.phr`;

// A session of the server's own records the desktop; nobody has to be connected.
{
  await using server = new VNCServer({
    port: 0,
    hostname: "127.0.0.1",
    display: "pattern:320x240",
    record: { path, frameRate: 10 },
  });
  await server.start();
  await new Promise((resolve) => setTimeout(resolve, Number(seconds) * 1000));
}

{
  await using player = await SessionPlayer.open(path);
  const { durationSeconds, events, rects } = await player.statistics();
  console.log(`Recorded ${durationSeconds.toFixed(1)} s: ${events} events, ${rects} rectangles`);

  await player.seek(durationSeconds / 2);
  console.log(`In the middle it shows ${player.frame?.width}x${player.frame?.height} pixels`);
  for await (const event of player.play({ speed: 100 })) {
    if (event.type === "note") console.log(`${event.seconds.toFixed(1)} s: ${event.note.note}`);
  }
}

console.log(`For other players: ${await exportFbs(path, `${folder}/desktop.fbs`)}`);

await using server = new VNCServer({
  port: Number(port),
  hostname: "127.0.0.1",
  openDesktop: async () => ({ screen: await openRecordedScreen(path, { loop: true }) }),
});
await server.start();
console.log(`Listening on port ${server.port}`);
Deno.addSignalListener("SIGINT", () => void server.stop());
await server.finished;
Deno.removeSync(folder, { recursive: true });
