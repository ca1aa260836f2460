/**
 * The X server dies under viewers, again and again; and the server dies that holds keys down on it.
 *
 * @module
 */
import assert from "node:assert/strict";
import { XDisplay } from "../../lib/ffi/x_display.ts";
import { VNCServer } from "../../lib/mod.ts";
import { Encoding, RfbClient } from "../support/rfb_client.ts";
import { ServedProgram } from "../support/served_program.ts";
import { denoDirectory, startCommand } from "../support/start_command.ts";
import { Drawing } from "../support/x11_desktop.ts";
import { Xvfb } from "../support/xvfb.ts";

const SIZE = { width: 400, height: 300 };
const PATIENCE_MS = 30_000;
const SHIFT = 0xffe1;
const LETTER = 0x61;

Deno.test("three viewers live through two deaths of the X server, and a fourth comes in while there is none", async () => {
  let xvfb = await Xvfb.start(SIZE);
  const { display } = xvfb;
  try {
    await using server = new VNCServer({ hostname: "127.0.0.1", port: 0, display, shared: "always" });
    await server.start();
    await using clients = new AsyncDisposableStack();
    const connect = async (...encodings: number[]) =>
      clients.use(await RfbClient.connect({ port: server.port, encodings, timeoutMs: PATIENCE_MS }));
    const viewers = [
      await connect(Encoding.Zrle, Encoding.ExtendedDesktopSize, Encoding.Cursor),
      await connect(Encoding.Hextile, Encoding.DesktopSize, Encoding.Cursor),
      await connect(Encoding.Tight, Encoding.CopyRect, Encoding.Cursor),
    ];
    await Promise.all(viewers.map((viewer) => viewer.refresh()));
    for (let death = 0; death < 2; death++) {
      await viewers[0]!.key(SHIFT, true);
      await viewers[1]!.pointer(10, 10, 1);
      await xvfb.kill();
      // Into nothing: neither may it be lost on the way, nor turn up at the next X server.
      for (const viewer of viewers) await viewer.type(LETTER);
      await viewers[2]!.requestUpdate();
      if (death === 0) viewers.push(await connect(Encoding.Raw, Encoding.Cursor));
      xvfb = await Xvfb.start({ ...SIZE, display });
      await using drawing = await Drawing.start(display);
      await drawing.draw(
        `fill -1 0 0 ${SIZE.width} ${SIZE.height} 20${death}040`,
        `rects -1 30 ${death + 1}`,
      );
      const screen = () => drawing.screenshot();
      await Promise.all(viewers.map((viewer) => viewer.converge(screen, PATIENCE_MS)));
      assert.equal(server.sessions.length, viewers.length);
    }
  } finally {
    await xvfb[Symbol.asyncDispose]();
  }
});

/** Keycodes that are down. */
function keysDown(display: XDisplay): number[] {
  const bits = new Uint8Array(32);
  display.x11.XQueryKeymap(display.handle, bits);
  return Array.from({ length: 256 }, (_, code) => code).filter((code) => bits[code >> 3]! >> (code & 7) & 1);
}

Deno.test("keys that a killed server held down are let go when the next one starts", async () => {
  await using xvfb = await Xvfb.start(SIZE);
  using display = XDisplay.open({ display: xvfb.display });
  const start = async () =>
    new ServedProgram(startCommand(), ["--display", xvfb.display], await denoDirectory());
  {
    await using killed = await start();
    await using viewer = await RfbClient.connect({ port: await killed.port(), timeoutMs: PATIENCE_MS });
    await viewer.key(SHIFT, true);
    await viewer.key(LETTER, true);
    for (const end = performance.now() + PATIENCE_MS; keysDown(display).length < 2;) {
      assert.ok(performance.now() < end, "the keys never went down");
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    killed.kill("SIGKILL");
    await killed.ended();
  }
  assert.equal(keysDown(display).length, 2, "the X server knows no better by itself");
  await using next = await start();
  await next.port();
  assert.deepEqual(keysDown(display), []);
});
