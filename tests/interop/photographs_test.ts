/**
 * Photographs, slopes and text next to each other arrive exactly in real viewers: by the gradient filter where they allow
 * no loss, and by JPEG first where they do.
 *
 * @module
 */
import assert from "node:assert/strict";
import { rect } from "../../lib/core/geometry.ts";
import type { RectSent } from "../../lib/core/observer.ts";
import { EncodingType } from "../../lib/protocol/constants.ts";
import { frameOf, image } from "../support/images.ts";
import { LibVncClient } from "../support/libvncclient.ts";
import { pixelFormat } from "../support/pixel_formats.ts";
import { TestServer } from "../support/test_server.ts";
import { type ViewerDefinition, ViewerDesk, VIEWERS } from "../support/viewers.ts";

const SIZE = { width: 480, height: 360 };
/** libvncclient's formats in which Tight may have JPEG and gradients. */
const FORMATS = ["32 le 16-8-0", "32 le 0-8-16", "16 le 565"];

/** A server with the picture, and the rectangles that it has sent. */
async function serve(): Promise<{ server: TestServer; sent: RectSent[] }> {
  const sent: RectSent[] = [];
  const server = await TestServer.start({
    ...SIZE,
    observers: [{ updateSent: ({ rects }) => sent.push(...rects) }],
  });
  draw(server, 1);
  return { server, sent };
}

function draw({ screen }: TestServer, seed: number): void {
  const text = image("text").make(SIZE.width, SIZE.height, seed);
  const photo = image("photo").make(230, 170, seed);
  const slope = frameOf(200, 120, (x, y) => (40 + seed + (x >> 1)) << 16 | (y + 60) << 8 | (x + y) >> 4);
  screen.draw(rect(0, 0, SIZE.width, SIZE.height), (x, y) => text.pixels[y * SIZE.width + x]!);
  screen.draw(rect(30, 20, 230, 170), (x, y) => photo.pixels[(y - 20) * 230 + x - 30]!);
  screen.draw(rect(250, 210, 200, 120), (x, y) => slope.pixels[(y - 210) * 200 + x - 250]!);
}

/** The same viewer, with JPEG. */
function withJpeg(viewer: ViewerDefinition): ViewerDefinition {
  const args: ViewerDefinition["args"] = (options, file) =>
    viewer.args(options, file).map((arg) => arg === "-NoJPEG=1" ? "-QualityLevel=7" : arg)
      .flatMap((arg) => arg === "-nojpeg" ? ["-quality", "7"] : [arg]);
  return { ...viewer, args };
}

for (const title of FORMATS) {
  for (const quality of [undefined, 7]) {
    Deno.test(`libvncclient shows photographs exactly in ${title}, with quality ${quality}`, async () => {
      const { server, sent } = await serve();
      await using _server = server;
      await using client = await LibVncClient.connect({
        port: server.server.port,
        encodings: "tight copyrect",
        format: pixelFormat(title),
        ...(quality === undefined ? {} : { quality }),
      });
      for (const seed of [2, 3]) {
        draw(server, seed);
        await client.converge(() => Promise.resolve(server.rgb()));
      }
      assert.ok(sent.every(({ encoding }) => encoding === EncodingType.Tight));
    });
  }
}

for (const viewer of VIEWERS) {
  for (const [words, definition] of [["", viewer], [" with JPEG", withJpeg(viewer)]] as const) {
    Deno.test(`${viewer.name} shows photographs exactly${words}`, async () => {
      const { server, sent } = await serve();
      await using _server = server;
      await using desk = await ViewerDesk.start();
      await using opened = await desk.open(definition, { port: server.server.port });
      for (const seed of [2, 3]) {
        draw(server, seed);
        await opened.shows(() => Promise.resolve(server.rgb()));
      }
      assert.ok(sent.some(({ encoding }) => encoding === EncodingType.Tight));
    });
  }
}
