/**
 * Clients of all pixel formats at once, each decoding by the book, see what the X server has: also the formats that real
 * client libraries cannot decode.
 *
 * @module
 */
import assert from "node:assert/strict";
import { PIXEL_FORMATS } from "../support/pixel_formats.ts";
import { startPorthole } from "../support/porthole.ts";
import { Encoding, RfbClient } from "../support/rfb_client.ts";
import { Drawing, perform, WORKLOADS } from "../support/x11_desktop.ts";
import { Xvfb } from "../support/xvfb.ts";

const ENCODINGS = {
  Raw: Encoding.Raw,
  RRE: Encoding.Rre,
  CoRRE: Encoding.CoRre,
  Hextile: Encoding.Hextile,
  Zlib: Encoding.Zlib,
  Tight: Encoding.Tight,
  TRLE: Encoding.Trle,
  ZRLE: Encoding.Zrle,
};

for (const [name, encoding] of Object.entries(ENCODINGS)) {
  Deno.test(`Clients of all pixel formats at once see the screen of Porthole by ${name}`, async () => {
    await using resources = new AsyncDisposableStack();
    const xvfb = resources.use(await Xvfb.start({ width: 260, height: 190 }));
    const drawing = resources.use(await Drawing.start(xvfb.display));
    await drawing.draw("cursor -1 -1", "gradient -1 0 0 260 190", "noise -1 30 40 60 50 1", "rects -1 10 1");
    const server = resources.use(await startPorthole(xvfb.display));
    const clients: { title: string; client: RfbClient }[] = [];
    for (const [title, format] of Object.entries(PIXEL_FORMATS)) {
      const client = resources.use(
        await RfbClient.connect({
          port: server.port,
          format,
          encodings: [encoding, Encoding.CopyRect, Encoding.LastRect, Encoding.Cursor],
        }),
      );
      clients.push({ title, client });
    }
    const together = (work: (client: RfbClient) => Promise<void>) =>
      Promise.all(clients.map(({ title, client }) =>
        work(client).catch((error: Error) => {
          throw new Error(`${title}: ${error.message}`, { cause: error });
        })
      ));
    for (const workload of Object.values(WORKLOADS)) {
      await perform(drawing, workload, 5, async () => void await together((client) => client.settle(0)));
    }
    await together((client) => client.converge(() => drawing.screenshot()));
    for (const { title, client } of clients) {
      assert.equal(client.unrequestedUpdates, 0, title);
      const rects = client.received.flatMap((message) => message.kind === "update" ? message.rects : []);
      assert.ok(rects.some((r) => r.encoding === encoding), `${title}: ${name} is not used`);
    }
  });
}
