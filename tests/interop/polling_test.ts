/**
 * A display without DAMAGE: the screen is looked at again and again, for so much processor time and no more.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { FrameCaptured } from "../../lib/core/observer.ts";
import { VNCServer, type VNCServerOptions } from "../../lib/mod.ts";
import { Encoding, RfbClient } from "../support/rfb_client.ts";
import { Drawing, perform, resizeScreen, WORKLOADS } from "../support/x11_desktop.ts";
import { without } from "../support/x11_stage.ts";
import { Xvfb } from "../support/xvfb.ts";

const ENCODINGS = [Encoding.Zrle, Encoding.CopyRect, Encoding.DesktopSize, Encoding.Cursor];

async function serve(xvfb: Xvfb, options: VNCServerOptions): Promise<VNCServer> {
  const server = new VNCServer({ hostname: "127.0.0.1", port: 0, display: xvfb.display, ...options });
  await server.start();
  return server;
}

Deno.test("A viewer sees what is drawn on a display without DAMAGE, and its changes of size", async () => {
  await using xvfb = await Xvfb.start({ width: 500, height: 370, ...without("DAMAGE", "Composite") });
  await using drawing = await Drawing.start(xvfb.display);
  await drawing.draw("cursor -1 -1", "rects -1 20 1");
  await using server = await serve(xvfb, { frameRate: 60 });
  await using client = await RfbClient.connect({ port: server.port, encodings: ENCODINGS });
  await client.converge(() => drawing.screenshot());
  for (const workload of Object.values(WORKLOADS)) {
    await perform(drawing, workload, 8, () => client.settle(5));
    await client.converge(() => drawing.screenshot());
  }
  await resizeScreen(xvfb.display, { width: 320, height: 200 });
  await drawing.draw("rects -1 20 2");
  await client.converge(() => drawing.screenshot());
  assert.equal(client.framebuffer.width, 320);
});

Deno.test("Looking for changes takes no more than its share of a processor (poll_share)", async () => {
  await using xvfb = await Xvfb.start({ width: 1024, height: 768, ...without("DAMAGE", "Composite") });
  await using drawing = await Drawing.start(xvfb.display);
  await drawing.draw("cursor -1 -1", "rects -1 20 1");
  for (const pollShare of [5, 40]) {
    const looks: number[] = [];
    const observer = {
      frameCaptured: ({ captureMs, diffMs }: FrameCaptured) => void looks.push(captureMs + diffMs),
    };
    await using server = await serve(xvfb, {
      capture: "get-image",
      frameRate: 60,
      pollShare,
      observers: [observer],
    });
    await using client = await RfbClient.connect({ port: server.port, encodings: ENCODINGS });
    await client.settle(200);
    looks.length = 0;
    const start = performance.now();
    for (let i = 0; i < 5; i++) {
      await drawing.draw(`rects -1 3 ${i}`);
      await client.settle(200);
    }
    const elapsed = performance.now() - start;
    // The last one is paid for by the pause behind it.
    const spent = looks.reduce((sum, ms) => sum + ms, 0) - Math.max(...looks);
    assert.ok(looks.length >= 3, `${looks.length} looks`);
    assert.ok(spent * 100 / elapsed <= pollShare, `${spent} of ${elapsed} ms with ${pollShare} %`);
    await client.converge(() => drawing.screenshot());
  }
});
