/**
 * libvncclient, the library behind Remmina and others, sees what the X server has: every encoding and pixel format that it
 * can decode, after scrolling, dragging, resizing and random drawing.
 *
 * @module
 */
import assert from "node:assert/strict";
import { LibVncClient } from "../support/libvncclient.ts";
import { pixelFormat } from "../support/pixel_formats.ts";
import { Drawing, perform, resizeScreen, WORKLOADS } from "../support/x11_desktop.ts";
import { Xvfb } from "../support/xvfb.ts";
import { SERVERS } from "./servers.ts";

const FORMATS = ["32 le 16-8-0", "32 le 0-8-16", "16 le 565", "16 le 555", "8 332", "8 bgr233"];
/** The library decodes these only: it reads the others as if they were little-endian. */
const BIG_ENDIAN = ["raw", "rre", "hextile", "zlib"];
const BIG_ENDIAN_FORMATS = ["32 be 16-8-0", "16 be 565"];

for (const { name, start, encodings, nearestColours, resizes, lossy } of SERVERS) {
  for (const encoding of encodings) {
    Deno.test(`libvncclient shows the screen of ${name} by ${encoding}, pixel by pixel`, async () => {
      await using xvfb = await Xvfb.start({ width: 500, height: 370 });
      await using drawing = await Drawing.start(xvfb.display);
      await drawing.draw("cursor -1 -1", "gradient -1 0 0 500 370", "rects -1 20 1");
      await using server = await start(xvfb.display);
      for (const title of [...FORMATS, ...(BIG_ENDIAN.includes(encoding) ? BIG_ENDIAN_FORMATS : [])]) {
        const format = pixelFormat(title);
        await using client = await LibVncClient.connect({
          port: server.port,
          encodings: `${encoding} copyrect raw`,
          format,
        });
        for (const workload of Object.values(WORKLOADS)) await perform(drawing, workload, 12);
        const least = Math.min(format.redMax, format.greenMax, format.blueMax);
        const tolerance = nearestColours || least === 255 ? 0 : Math.ceil(255 / least);
        await client.converge(() => drawing.screenshot(), tolerance).catch((error: Error) => {
          throw new Error(`${encoding}, ${title}: ${error.message}`, { cause: error });
        });
      }
    });
  }

  if (encodings.includes("tight")) {
    Deno.test(`libvncclient that allows JPEG shows the screen of ${name}`, async () => {
      await using xvfb = await Xvfb.start({ width: 500, height: 370 });
      await using drawing = await Drawing.start(xvfb.display);
      await drawing.draw("cursor -1 -1", "gradient -1 0 0 500 370", "rects -1 20 1");
      await using server = await start(xvfb.display);
      for (const title of ["32 le 16-8-0", "32 le 0-8-16", "16 le 565"]) {
        await using client = await LibVncClient.connect({
          port: server.port,
          encodings: "tight copyrect raw",
          format: pixelFormat(title),
          quality: 8,
        });
        for (const workload of Object.values(WORKLOADS)) await perform(drawing, workload, 12);
        await client.converge(() => drawing.screenshot(), lossy ? 96 : 0).catch((error: Error) => {
          throw new Error(`${title}: ${error.message}`, { cause: error });
        });
      }
    });
  }

  Deno.test(`libvncclient logs in to ${name} with a password, and follows its size`, async () => {
    await using xvfb = await Xvfb.start({ width: 500, height: 370 });
    await using drawing = await Drawing.start(xvfb.display);
    await drawing.draw("cursor -1 -1", "rects -1 20 1");
    await using server = await start(xvfb.display, { password: "geheim" });
    const options = {
      port: server.port,
      encodings: "zrle copyrect raw",
      format: pixelFormat("32 le 16-8-0"),
    };
    await assert.rejects(LibVncClient.connect({ ...options, password: "falsch" }), /refused|ended/);
    await using client = await LibVncClient.connect({ ...options, password: "geheim" });
    await client.converge(() => drawing.screenshot());
    if (resizes) await client.tell("desktopsize 320 200");
    else await resizeScreen(xvfb.display, { width: 320, height: 200 });
    await client.event(/^resize 320 200$/);
    await drawing.draw("rects -1 20 2");
    assert.deepEqual(await drawing.size(), { width: 320, height: 200 });
    await client.converge(() => drawing.screenshot());
  });
}
