/**
 * A real X server's life under clients that look at it: other sizes, no change at all, death and return.
 *
 * @module
 */
import assert from "node:assert/strict";
import { VNCServer } from "../../lib/mod.ts";
import { Encoding, RfbClient } from "../support/rfb_client.ts";
import { cropRgb, type RgbImage } from "../support/rgb_image.ts";
import { ServedProgram } from "../support/served_program.ts";
import { denoDirectory, startCommand } from "../support/start_command.ts";
import { Drawing, resizeScreen } from "../support/x11_desktop.ts";
import { Xvfb } from "../support/xvfb.ts";

const START = { width: 800, height: 600 };

/** Another picture for every seed. */
function scribble(drawing: Drawing, seed: number): Promise<void> {
  return drawing.draw(
    `fill -1 0 0 3000 3000 30${seed}0a0`,
    `rects -1 40 ${seed + 1}`,
    `noise -1 20 30 90 70 ${seed}`,
  );
}

/** What a client that keeps its size has of a smaller or larger screen. */
function seenIn(width: number, height: number, screen: RgbImage): RgbImage {
  const inside = cropRgb(screen, 0, 0, Math.min(width, screen.width), Math.min(height, screen.height));
  const pixels = new Uint32Array(width * height);
  for (let y = 0; y < inside.height; y++) {
    pixels.set(inside.pixels.subarray(y * inside.width, (y + 1) * inside.width), y * width);
  }
  return { width, height, pixels };
}

Deno.test("three clients live through RandR's changes of size, one of them without a way to be told", async () => {
  await using x = await Xvfb.start(START);
  await using drawing = await Drawing.start(x.display);
  await using server = new VNCServer({ hostname: "127.0.0.1", port: 0, display: x.display });
  await server.start();
  const connect = (...encodings: number[]) => RfbClient.connect({ port: server.port, encodings });
  await using extended = await connect(Encoding.Zrle, Encoding.ExtendedDesktopSize, Encoding.Cursor);
  await using plain = await connect(Encoding.Hextile, Encoding.DesktopSize, Encoding.Cursor);
  await using fixed = await connect(Encoding.Tight, Encoding.CopyRect, Encoding.Cursor);
  await Promise.all([extended, plain, fixed].map((client) => client.refresh()));
  for (const [round, size] of [[640, 480], [320, 560], [800, 600]].entries()) {
    const [width, height] = size as [number, number];
    if (round === 1) await extended.setDesktopSize(width, height);
    else await resizeScreen(x.display, { width, height });
    await scribble(drawing, round);
    const screen = () => drawing.screenshot();
    await Promise.all([
      extended.converge(screen),
      plain.converge(screen),
      fixed.converge(async () => seenIn(START.width, START.height, await screen())),
    ]);
    assert.deepEqual([extended.width, extended.height], [width, height]);
    assert.deepEqual([plain.width, plain.height], [width, height]);
  }
  assert.equal(server.sessions.length, 3, "nobody is lost");
});

Deno.test("a client is told of lock lights when they change, although nothing is drawn (rfbproto QEMU LED State)", async () => {
  await using x = await Xvfb.start(START);
  for (const scaleFactor of [1, 0.5]) {
    await using server = new VNCServer({ hostname: "127.0.0.1", port: 0, display: x.display, scaleFactor });
    await server.start();
    await using client = await RfbClient.connect({
      port: server.port,
      encodings: [Encoding.Raw, Encoding.QemuLedState, Encoding.Cursor],
      timeoutMs: 10_000,
    });
    await client.refresh();
    assert.equal(client.leds, 0);
    await client.requestUpdate({ incremental: true });
    await x.run("xdotool", "key", "Caps_Lock");
    await client.nextUpdate();
    assert.equal(client.leds, 4);
    await client.requestUpdate({ incremental: true });
    await x.run("xdotool", "key", "Caps_Lock");
    await client.nextUpdate();
    assert.equal(client.leds, 0);
  }
});

Deno.test("the X server dies and comes back: clients stay, and see the new one", async () => {
  const first = await Xvfb.start(START);
  const { display } = first;
  await using server = new VNCServer({ hostname: "127.0.0.1", port: 0, display });
  await server.start();
  await using client = await RfbClient.connect({
    port: server.port,
    encodings: [Encoding.Zrle, Encoding.ExtendedDesktopSize, Encoding.Cursor],
  });
  await client.refresh();
  await first.kill();
  await using second = await Xvfb.start({ ...START, display });
  await using drawing = await Drawing.start(second.display);
  await scribble(drawing, 5);
  await client.converge(() => drawing.screenshot(), 20_000);
  assert.equal(server.sessions.length, 1);
});

Deno.test("a viewer that looks at a still desktop costs no processor time", async () => {
  await using x = await Xvfb.start(START);
  await using program = new ServedProgram(startCommand(), ["--display", x.display], await denoDirectory());
  await using client = await RfbClient.connect({
    port: await program.port(),
    encodings: [Encoding.Tight, Encoding.CopyRect, Encoding.Cursor, Encoding.ExtendedDesktopSize],
  });
  await client.settle(1500);
  const before = program.cpuMs();
  assert.ok(await client.silentFor(3000));
  assert.ok(program.cpuMs() - before <= 20, `${program.cpuMs() - before} ms in 3 s`);
});
