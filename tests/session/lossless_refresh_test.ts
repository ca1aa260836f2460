/**
 * Photographs are sent with loss where the client allows it, and as they are once they have been still.
 *
 * @module
 */
import assert from "node:assert/strict";
import { rect } from "../../lib/core/geometry.ts";
import { STILL_MS } from "../../lib/session/lossy_areas.ts";
import { image } from "../support/images.ts";
import { Encoding, type RfbClient, type UpdateMessage } from "../support/rfb_client.ts";
import { compareRgb } from "../support/rgb_image.ts";
import { TestServer } from "../support/test_server.ts";

/** JPEG quality level 8, as TigerVNC's viewer asks for. */
const QUALITY = -32 + 8;
/** Where the photograph is. */
const PHOTO = rect(30, 20, 140, 110);
/** High nibble of the first byte of a Tight rectangle. */
const JPEG = 9;

function drawPhoto(server: TestServer, seed: number, at = PHOTO): void {
  const { pixels } = image("photo").make(at.width, at.height, seed);
  server.screen.draw(at, (x, y) => pixels[(y - at.y) * at.width + x - at.x]!);
}

/** Whether an update has JPEG in it. */
function isLossy({ rects }: UpdateMessage): boolean {
  return rects.some(({ encoding, body }) => encoding === Encoding.Tight && body![0]! >> 4 === JPEG);
}

/** Pixels of the client that are not the screen's. */
function wrong(client: RfbClient, server: TestServer): number {
  return compareRgb(client.rgb(), server.rgb()).wrong;
}

/** Asks for changes until the client shows exactly what is on the screen. */
async function untilEqual(client: RfbClient, server: TestServer): Promise<UpdateMessage[]> {
  const updates: UpdateMessage[] = [];
  while (wrong(client, server) > 0) {
    await client.requestUpdate({ incremental: true });
    updates.push(await client.nextUpdate());
  }
  return updates;
}

for (
  const [name, encodings] of Object.entries({
    Tight: [Encoding.Tight],
    "Tight without the gradient filter": [Encoding.Tight, Encoding.TightPng],
    TightPNG: [Encoding.TightPng],
    JPEG: [Encoding.Jpeg, Encoding.Zrle],
  })
) {
  Deno.test(`${name}: a photograph comes with loss, and exactly when it has been still`, async () => {
    await using server = await TestServer.start();
    await using client = await server.connect({ encodings: [...encodings, QUALITY], keepBodies: true });
    drawPhoto(server, 1);
    const start = performance.now();
    await client.refresh();
    assert.ok(wrong(client, server) > 1000, "JPEG loses something");
    const updates = await untilEqual(client, server);
    assert.ok(performance.now() - start >= STILL_MS);
    assert.ok(updates.length > 0 && !updates.some(isLossy));
    // And that is all.
    await client.requestUpdate({ incremental: true });
    assert.ok(await client.silentFor(STILL_MS + 300));
  });
}

Deno.test("a photograph that changes again and again is sent with loss each time, and exactly in the end", async () => {
  await using server = await TestServer.start();
  await using client = await server.connect({ encodings: [Encoding.Tight, QUALITY], keepBodies: true });
  await client.refresh();
  for (let frame = 1; frame <= 12; frame++) {
    await client.requestUpdate({ incremental: true });
    drawPhoto(server, frame);
    const update = await client.nextUpdate();
    assert.ok(isLossy(update), `frame ${frame}`);
    await new Promise((resolve) => setTimeout(resolve, STILL_MS / 6)); // it goes on for longer than that in all
  }
  assert.ok(wrong(client, server) > 1000);
  await untilEqual(client, server);
});

Deno.test("what is still next to what moves on becomes exact too, and does not stop it", async () => {
  await using server = await TestServer.start({ width: 300, height: 200 });
  await using client = await server.connect({ encodings: [Encoding.Tight, QUALITY] });
  const film = rect(180, 20, 100, 100);
  drawPhoto(server, 1);
  await client.refresh();
  const still = () => {
    const [a, b] = [client.rgb(), server.rgb()];
    let count = 0;
    for (let y = PHOTO.y; y < PHOTO.y + PHOTO.height; y++) {
      for (let x = PHOTO.x; x < PHOTO.x + PHOTO.width; x++) {
        if (a.pixels[y * a.width + x] !== b.pixels[y * b.width + x]) count++;
      }
    }
    return count;
  };
  for (let frame = 1; still() > 0; frame++) {
    assert.ok(frame < 300, "the photograph never becomes exact");
    drawPhoto(server, frame, film);
    // A piece of what is still may have been on its way before.
    for (let updates = 1, comes = false; !comes; updates++) {
      assert.ok(updates <= 2, `frame ${frame} of the film does not come`);
      await client.requestUpdate({ incremental: true });
      comes = (await client.nextUpdate()).rects.some(({ x }) => x >= film.x);
    }
    await new Promise((resolve) => setTimeout(resolve, 30)); // frames of a film
  }
});

Deno.test("a photograph that was moved before it was exact becomes so at its new place", async () => {
  await using server = await TestServer.start({ width: 400, height: 300 });
  await using client = await server.connect({ encodings: [Encoding.Tight, Encoding.CopyRect, QUALITY] });
  drawPhoto(server, 3);
  await client.refresh();
  server.screen.move(PHOTO, 128, 64);
  await untilEqual(client, server);
});

Deno.test("with continuous updates photographs become exact without a request", async () => {
  await using server = await TestServer.start({ width: 640, height: 480 });
  const encodings = [Encoding.Tight, Encoding.Fence, Encoding.ContinuousUpdates, QUALITY];
  await using client = await server.connect({ encodings });
  await client.refresh();
  await client.enableContinuousUpdates(true);
  drawPhoto(server, 5, rect(0, 0, 640, 480));
  do await client.next(); while (wrong(client, server) > 0);
});

Deno.test("clients that allow no loss get none", async () => {
  await using server = await TestServer.start();
  await using client = await server.connect({ encodings: [Encoding.Tight] });
  drawPhoto(server, 7);
  await client.refresh();
  assert.equal(wrong(client, server), 0);
  await client.requestUpdate({ incremental: true });
  assert.ok(await client.silentFor(STILL_MS + 200));
});
