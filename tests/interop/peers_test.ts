import assert from "node:assert/strict";
import { rect } from "../../lib/core/geometry.ts";
import { PIXEL_FORMATS, pixelFormat } from "../support/pixel_formats.ts";
import { decodeJpeg } from "../support/decoders/jpeg.ts";
import { type StartServer, startX0tigervnc, startX11vnc } from "../support/peers.ts";
import { compareRgb } from "../support/rgb_image.ts";
import { Encoding, Refused, RfbClient } from "../support/rfb_client.ts";
import { Drawing, perform, resizeScreen, WORKLOADS } from "../support/x11_desktop.ts";
import { Xvfb } from "../support/xvfb.ts";

/** What a peer can do, beside being one. Its padding is not always 0. */
const PEERS: readonly {
  name: string;
  start: StartServer;
  encodings: readonly number[];
  formats: readonly string[];
}[] = [
  {
    name: "x11vnc",
    start: startX11vnc,
    encodings: [0, 2, 4, 5, 6, 7, 16],
    // It takes its time for each connection, and its ZRLE has wrong bytes of little-endian pixels with a shift of 24.
    formats: [
      "32 le 16-8-0",
      "32 le 0-8-16",
      "32 be 16-8-0",
      "16 be 565",
      "16 le 555",
      "8 bgr233",
      "8 colour map",
    ],
  },
  {
    name: "x0tigervncserver",
    start: startX0tigervnc,
    encodings: [0, 2, 5, 7, 16],
    formats: Object.keys(PIXEL_FORMATS),
  },
];
/** The pointer is blank where pictures are compared: servers draw it into them when they think that the client cannot. */
const PSEUDO = [Encoding.CopyRect, Encoding.LastRect, Encoding.DesktopSize, Encoding.Cursor];
const decoders = { zeroPadding: false };

for (const { name, start, encodings, formats } of PEERS) {
  Deno.test(`RfbClient shows the pixels that ${name} sends, in every encoding of it`, async () => {
    await using xvfb = await Xvfb.start({ width: 400, height: 300 });
    await using drawing = await Drawing.start(xvfb.display);
    await drawing.draw("cursor -1 -1", "gradient -1 0 0 400 300", "noise -1 20 20 90 70 1", "rects -1 30 4");
    await using server = await start(xvfb.display);
    for (const encoding of encodings) {
      await using client = await RfbClient.connect({ port: server.port, decoders });
      await client.setEncodings([encoding, ...PSEUDO]);
      await perform(drawing, WORKLOADS.random!, 12, () => client.settle(0));
      await client.converge(() => drawing.screenshot());
      const used = client.received.flatMap((message) => message.kind === "update" ? message.rects : []);
      assert.ok(used.some((r) => r.encoding === encoding), `${name} does not use ${encoding}`);
      assert.equal(client.unrequestedUpdates, 0);
    }
  });

  Deno.test(`RfbClient reads every pixel format of ${name}`, async () => {
    await using xvfb = await Xvfb.start({ width: 200, height: 150 });
    await using drawing = await Drawing.start(xvfb.display);
    await drawing.draw("cursor -1 -1", "gradient -1 0 0 200 150", "rects -1 30 4");
    const expected = await drawing.screenshot();
    await using server = await start(xvfb.display);
    for (const title of formats) {
      const format = pixelFormat(title);
      const maxima = [format.redMax, format.greenMax, format.blueMax];
      if (maxima.some((max) => max > 255)) continue; // TigerVNC refuses more than eight bits a channel
      // Two notions of the nearest colour differ by less than one step of the coarsest channel.
      const tolerance = format.trueColour ? Math.ceil(255 / Math.min(...maxima)) : 255;
      for (const encoding of [Encoding.Raw, Encoding.Hextile, Encoding.Tight, Encoding.Zrle]) {
        await using client = await RfbClient.connect({
          port: server.port,
          decoders,
          format,
          encodings: [encoding],
        });
        await client.refresh();
        const { wrong, firstAt } = compareRgb(client.rgb(), expected, tolerance);
        assert.equal(wrong, 0, `${title}, encoding ${encoding}: ${JSON.stringify(firstAt)}`);
      }
    }
  });

  Deno.test(`RfbClient logs in to ${name} with every version of the protocol, by None and by password`, async () => {
    await using xvfb = await Xvfb.start({ width: 64, height: 48 });
    {
      await using server = await start(xvfb.display);
      for (const version of ["3.3", "3.7", "3.8"]) {
        await using client = await RfbClient.connect({ port: server.port, version, decoders });
        assert.equal((await client.refresh()).rects[0]!.encoding, Encoding.Raw);
        assert.deepEqual([client.width, client.height], [64, 48]);
      }
    }
    await using server = await start(xvfb.display, { password: "geheim" });
    for (const version of ["3.3", "3.7", "3.8"]) {
      await using client = await RfbClient.connect({
        port: server.port,
        version,
        password: "geheim",
        decoders,
      });
      await client.refresh();
    }
    await assert.rejects(RfbClient.connect({ port: server.port, password: "falsch" }), Refused);
  });
}

Deno.test("RfbClient follows the screen's size, and asks for another one", async () => {
  await using xvfb = await Xvfb.start({ width: 640, height: 480 });
  await using drawing = await Drawing.start(xvfb.display);
  await drawing.draw("cursor -1 -1", "rects -1 50 1");
  await using server = await startX0tigervnc(xvfb.display);
  await using client = await RfbClient.connect({ port: server.port, decoders });
  await client.setEncodings([
    Encoding.Zrle,
    Encoding.DesktopSize,
    Encoding.ExtendedDesktopSize,
    Encoding.Cursor,
  ]);
  await client.converge(() => drawing.screenshot());
  await resizeScreen(xvfb.display, { width: 500, height: 300 });
  await drawing.draw("rects -1 50 2");
  await client.converge(() => drawing.screenshot());
  assert.deepEqual([client.width, client.height], [500, 300]);
  assert.equal(client.screens.length, 1);
});

Deno.test("RfbClient receives the pointer's picture, cut text, and what keys and pointer do", async () => {
  await using xvfb = await Xvfb.start({ width: 640, height: 480 });
  await using drawing = await Drawing.start(xvfb.display);
  await using server = await startX0tigervnc(xvfb.display);
  await using client = await RfbClient.connect({ port: server.port, decoders });
  await client.setEncodings([Encoding.Zrle, Encoding.Cursor]);
  await client.refresh();
  await drawing.draw("window 0 100 100 200 100 334455", "cursor 0 34");
  const before = client.cursor;
  await client.pointer(150, 140);
  for (let i = 0; client.cursor === before && i < 20; i++) {
    await client.requestUpdate({ incremental: true });
    await client.settle(50);
  }
  assert.ok(client.cursor && client.cursor.width > 0 && client.cursor.pixels.some((pixel) => pixel !== 0));
  const location = await xvfb.run("xdotool", "getmouselocation");
  assert.match(location, /x:150 y:140/);
  await client.requestUpdate({ rect: rect(10, 10, 20, 20) });
  assert.deepEqual((await client.nextUpdate()).rects.map(({ x, y }) => [x, y]), [[10, 10]]);
});

Deno.test("RfbClient shows JPEG of Tight, as libjpeg-turbo decodes it", async () => {
  await using xvfb = await Xvfb.start({ width: 200, height: 150 });
  await using drawing = await Drawing.start(xvfb.display);
  await drawing.draw("cursor -1 -1", "gradient -1 0 0 200 150");
  await using server = await startX0tigervnc(xvfb.display);
  await using client = await RfbClient.connect({
    port: server.port,
    encodings: [Encoding.Tight, Encoding.Cursor, Encoding.quality(8)],
    decoders: { ...decoders, jpeg: decodeJpeg },
    keepBodies: true,
  });
  const { rects } = await client.refresh();
  assert.ok(rects.some(({ body }) => body![0] === 0x90), "no JPEG came");
  assert.equal(compareRgb(client.rgb(), await drawing.screenshot(), 64).wrong, 0);
  assert.notEqual(compareRgb(client.rgb(), await drawing.screenshot()).wrong, 0);
});
