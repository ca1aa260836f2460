/**
 * A real X server's desktop as clients see it and point at it when it is shown at another size.
 *
 * @module
 */
import assert from "node:assert/strict";
import { VNCServer } from "../../lib/mod.ts";
import { Encoding, RfbClient } from "../support/rfb_client.ts";
import { scaleRgb } from "../support/scaled_image.ts";
import { Drawing, perform, resizeScreen, WORKLOADS } from "../support/x11_desktop.ts";
import { Xev } from "../support/xev.ts";
import { Xvfb } from "../support/xvfb.ts";

const ENCODINGS = [Encoding.Zrle, Encoding.CopyRect, Encoding.ExtendedDesktopSize, Encoding.Cursor];

async function setUp(scaleFactor: number, width: number, height: number) {
  await using opening = new AsyncDisposableStack();
  const x = opening.use(await Xvfb.start({ width, height }));
  const drawing = opening.use(await Drawing.start(x.display));
  const server = opening.use(
    new VNCServer({ hostname: "127.0.0.1", port: 0, display: x.display, scaleFactor, frameRate: 60 }),
  );
  await server.start();
  const client = opening.use(
    await RfbClient.connect({ port: server.port, encodings: ENCODINGS, timeoutMs: 10_000 }),
  );
  /** What the client is to see. */
  const shown = async () => {
    const screen = await drawing.screenshot();
    const size = {
      width: Math.round(screen.width * scaleFactor),
      height: Math.round(screen.height * scaleFactor),
    };
    return scaleRgb(screen, size);
  };
  const resources = opening.move();
  return { x, drawing, server, client, shown, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}

for (const factor of [0.5, 1.5]) {
  Deno.test(`scale_factor ${factor}: the picture is the X server's at that scale, through changes of its size`, async () => {
    await using stage = await setUp(factor, 321, 239);
    const { client, drawing, x } = stage;
    await client.refresh();
    assert.deepEqual([client.width, client.height], [321, 239].map((side) => Math.round(side * factor)));
    await client.converge(stage.shown);
    for (const name of ["terminal", "drag", "random"]) {
      await perform(drawing, WORKLOADS[name]!, 5, () => client.converge(stage.shown));
    }

    await resizeScreen(x.display, { width: 200, height: 160 });
    await drawing.draw("rects -1 20 3");
    await client.converge(stage.shown);
    assert.deepEqual([client.width, client.height], [200 * factor, 160 * factor]);

    await client.setDesktopSize(280 * factor, 200 * factor);
    await drawing.draw("rects -1 20 4");
    await client.converge(stage.shown);
    assert.deepEqual([client.width, client.height], [280 * factor, 200 * factor]);
    assert.deepEqual(await drawing.size(), { width: 280, height: 200 });
  });

  Deno.test(`scale_factor ${factor}: a dragged window is a move of what is shown, to the pixel`, async () => {
    await using stage = await setUp(factor, 640, 480);
    const { client, drawing } = stage;
    await drawing.draw("window 1 20 20 300 200 ffffff", "noise 1 0 0 300 200 5");
    await client.converge(stage.shown);
    client.received.length = 0;
    for (let step = 1; step <= 4; step++) {
      await drawing.draw(`move 1 ${20 + 24 * step} ${20 + 12 * step}`);
      await client.converge(stage.shown);
    }
    const moves = client.received.flatMap((message) => message.kind === "update" ? message.rects : [])
      .filter(({ encoding }) => encoding === Encoding.CopyRect);
    assert.ok(moves.length >= 4, `${moves.length} moves`);
  });

  Deno.test(`scale_factor ${factor}: clicks land on what is shown under them, the edges included`, async () => {
    await using stage = await setUp(factor, 640, 480);
    const { client } = stage;
    await using xev = await Xev.start(stage.x, 640, 480);
    const [right, bottom] = [640 * factor - 1, 480 * factor - 1];
    for (
      const [x, y] of [[0, 0], [right, bottom], [100, 33], [101, 34], [right >> 1, bottom >> 2]] as const
    ) {
      xev.clear();
      await client.pointer(x, y, 1);
      await client.pointer(x, y, 0);
      const click = await xev.waitFor((event) => event.type === "ButtonRelease");
      const under = (at: number, place: number) =>
        place >= Math.floor(at / factor) && place < Math.ceil((at + 1) / factor);
      assert.ok(under(x, click.x) && under(y, click.y), `${x},${y} went to ${click.x},${click.y}`);
      if (x === 0) assert.deepEqual([click.x, click.y], [0, 0]);
      if (x === right) assert.deepEqual([click.x, click.y], [639, 479]);
    }
  });
}

Deno.test("scale_factor 2: the pointer's picture is twice as large, and points with the same pixel", async () => {
  await using stage = await setUp(2, 320, 240);
  await stage.drawing.draw("window 1 0 0 320 240 ffffff", "cursor 1 34", "warp 100 100");
  await using real = new VNCServer({ hostname: "127.0.0.1", port: 0, display: stage.x.display });
  await real.start();
  await using unscaled = await RfbClient.connect({ port: real.port, encodings: ENCODINGS });
  await unscaled.refresh();
  await stage.client.refresh();
  const [large, small] = [stage.client.cursor!, unscaled.cursor!];
  assert.deepEqual([large.width, large.height], [small.width * 2, small.height * 2]);
  assert.deepEqual([large.hotspot.x >> 1, large.hotspot.y >> 1], [small.hotspot.x, small.hotspot.y]);
});
