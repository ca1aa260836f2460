/**
 * A real desktop, recorded while two viewers work on it, and played to a real viewer and to the page: what they show at
 * given times is what was there.
 *
 * @module
 */
import assert from "node:assert/strict";
import { openRecordedScreen, SessionPlayer, VNCServer } from "../../lib/mod.ts";
import { TestBrowser } from "../support/browser.ts";
import { eventually } from "../support/input_observer.ts";
import { compareRgb, type RgbImage } from "../support/rgb_image.ts";
import { Encoding, RfbClient } from "../support/rfb_client.ts";
import { ViewerDesk, VIEWERS } from "../support/viewers.ts";
import { Drawing } from "../support/x11_desktop.ts";
import { Xvfb } from "../support/xvfb.ts";
import { TemporaryFolder, untilRecorded } from "./_recordings.ts";

/** What was on the screen, and when it was. */
interface Moment {
  readonly picture: RgbImage;
  readonly seconds: number;
}

/** What is drawn, one after the other. */
const SCENES: readonly (readonly string[])[] = [
  [
    "fill -1 0 0 9999 9999 2b5c74",
    "window 9 20 30 300 200 101018",
    "text 9 10 30 d0ffd0 The first thing that is seen",
  ],
  ["rects 9 20 7", "noise -1 300 100 41 57 3"],
  ["fill -1 40 40 200 100 c04020", "rects -1 12 8", "text 9 10 60 ffffff Another thing"],
];

/** Records a desktop while a viewer of somebody's and a client look on. */
async function record(path: string): Promise<Moment[]> {
  await using xvfb = await Xvfb.start({ width: 400, height: 300 });
  await using drawing = await Drawing.start(xvfb.display);
  await using server = new VNCServer({
    hostname: "127.0.0.1",
    port: 0,
    display: xvfb.display,
    shared: "always",
    record: { path, keyFrameSeconds: 1 },
  });
  await server.start();
  await using desk = await ViewerDesk.start();
  await using viewer = await desk.open(VIEWERS[0]!, { port: server.port });
  await using client = await RfbClient.connect({
    port: server.port,
    encodings: [Encoding.Zrle, Encoding.Cursor],
  });
  const moments: Moment[] = [];
  for (const scene of SCENES) {
    await drawing.draw(...scene);
    const picture = await drawing.screenshot();
    await viewer.shows(() => drawing.screenshot());
    await client.converge(() => drawing.screenshot());
    await untilRecorded(path, picture);
    await using player = await SessionPlayer.open(path);
    moments.push({ picture, seconds: await player.duration() });
    // The next scene is another moment's.
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return moments;
}

Deno.test("a recording shows in TigerVNC's viewer and in the page what was on the desktop at given times", async () => {
  await using folder = new TemporaryFolder();
  const path = folder.file("desktop.phr");
  const moments = await record(path);
  await using desk = await ViewerDesk.start();
  await using browser = await TestBrowser.start();
  for (const { picture, seconds } of moments) {
    await using server = new VNCServer({
      hostname: "127.0.0.1",
      port: 0,
      web: { port: 0 },
      shared: "always",
      // As good as standing still.
      openDesktop: async () => ({
        screen: await openRecordedScreen(path, { seekSeconds: seconds, speed: 1e-6 }),
      }),
    });
    await server.start();
    await using viewer = await desk.open(VIEWERS[0]!, { port: server.port });
    await viewer.shows(() => Promise.resolve(picture));
    const page = await browser.open(`http://127.0.0.1:${server.webPort}/`);
    await page.reaches("connected");
    await eventually(async () => {
      assert.deepEqual(compareRgb(await page.picture(), picture), { wrong: 0 }, `the page, ${seconds} s`);
    });
    await page.context.close();
  }
});
