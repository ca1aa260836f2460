import assert from "node:assert/strict";
import type { PixelReader } from "../../lib/capture/pixel_reader.ts";
import { GetImageReader } from "../../lib/capture/x11_get_image.ts";
import { ShmReader } from "../../lib/capture/x11_shm.ts";
import { type OpenReader, openX11Source } from "../../lib/capture/x11_source.ts";
import { DisplayLostError } from "../../lib/core/errors.ts";
import { FrameMemory } from "../../lib/core/frame_memory.ts";
import { type Rect, rectOf } from "../../lib/core/geometry.ts";
import { LIBXEXT } from "../../lib/ffi/libxext.ts";
import { XDisplay } from "../../lib/ffi/x_display.ts";
import { XError } from "../../lib/ffi/x_error.ts";
import { BAD_MATCH } from "../../lib/ffi/x_names.ts";
import { VNCServer } from "../../lib/mod.ts";
import { Encoding, RfbClient } from "../support/rfb_client.ts";
import { compareRgb } from "../support/rgb_image.ts";
import { Drawing, resizeScreen } from "../support/x11_desktop.ts";
import { imageOf, setUpX11 } from "../support/x11_stage.ts";
import { Xvfb } from "../support/xvfb.ts";

const BAD_ACCESS = 10;

function refusal(code: number): XError {
  return new XError({ code, request: 130, minor: 4, resource: 0x200001, serial: 1 }, new Map());
}

/** Readers that fail when they are told to. */
class Faults {
  /** How many of the next reads fail, and with which error. */
  left = 0;
  code = BAD_ACCESS;
  opened = 0;

  wrap(open: OpenReader): OpenReader {
    return (display, memory, size) => {
      this.opened++;
      const reader = open(display, memory, size);
      const read = async (rects: readonly Rect[]) => {
        if (this.left === 0) return await reader.read(rects);
        this.left--;
        reader.frame.pixels.fill(0xbad);
        throw refusal(this.code);
      };
      return {
        name: reader.name,
        frame: reader.frame,
        read,
        [Symbol.dispose]: () => reader[Symbol.dispose](),
      } satisfies PixelReader;
    };
  }
}

const shm: OpenReader = (display, memory, size) => new ShmReader(display, memory, size);
const getImage: OpenReader = (display, memory, size) => new GetImageReader(display, memory, size);

for (const code of [BAD_ACCESS, BAD_MATCH]) {
  Deno.test(`ScreenSource of X11 goes over to the next way to read when error ${code} stays, with the whole picture right`, async () => {
    const faults = new Faults();
    faults.code = code;
    await using stage = await setUpX11({}, { readers: [faults.wrap(shm), getImage] });
    const { source, drawing } = stage;
    await drawing.draw("rects -1 30 1");
    await source.capture(source.takeDamage());
    assert.equal(source.name, "MIT-SHM");
    await drawing.draw("noise -1 100 100 50 40 2");
    faults.left = 2;
    const frame = await source.capture([{ x: 100, y: 100, width: 50, height: 40 }]);
    assert.equal(source.name, "XGetImage");
    assert.equal(compareRgb(imageOf(frame), await drawing.screenshot()).wrong, 0);
    await source.changed(AbortSignal.timeout(5000));
    assert.deepEqual(source.takeDamage(), [rectOf(source.size)], "all is to be compared");
  });
}

Deno.test("ScreenSource of X11 stays with its way to read when an error does not come twice", async () => {
  const faults = new Faults();
  await using stage = await setUpX11({}, { readers: [faults.wrap(shm), getImage] });
  const { source, drawing } = stage;
  source.takeDamage();
  faults.left = 1;
  const frame = await source.capture([rectOf(source.size)]);
  assert.equal(source.name, "MIT-SHM");
  assert.equal(compareRgb(imageOf(frame), await drawing.screenshot()).wrong, 0);
  assert.equal(faults.opened, 1);
});

Deno.test("ScreenSource of X11 tries the better way again when the screen has another size", async () => {
  const faults = new Faults();
  await using stage = await setUpX11({}, { readers: [faults.wrap(shm), getImage] });
  const { source, xvfb, drawing } = stage;
  source.takeDamage();
  faults.left = 2;
  await source.capture([rectOf(source.size)]);
  assert.equal(source.name, "XGetImage");
  await resizeScreen(xvfb.display, { width: 320, height: 200 });
  while (source.size.width !== 320) {
    await source.changed(AbortSignal.timeout(5000));
    source.takeDamage();
  }
  assert.equal(source.name, "MIT-SHM");
  const frame = await source.capture([rectOf(source.size)]);
  assert.equal(compareRgb(imageOf(frame), await drawing.screenshot()).wrong, 0);
});

Deno.test("ScreenSource of X11 counts as lost when the last way to read fails, too", async () => {
  const faults = new Faults();
  await using stage = await setUpX11({}, { readers: [faults.wrap(shm), faults.wrap(getImage)] });
  stage.source.takeDamage();
  faults.left = 4;
  await assert.rejects(stage.source.capture([rectOf(stage.source.size)]), DisplayLostError);
});

/** Remembers what shared memory the X server was given, so that a test can take it away again. */
function spyOnAttach(display: XDisplay): { detach(): void } {
  const library = display.library(LIBXEXT);
  const { XShmAttach: attach, XShmCreatePixmap: createPixmap } = library;
  let given: Parameters<typeof attach>[1] | undefined;
  const pixmaps: ReturnType<typeof createPixmap>[] = [];
  Object.defineProperties(library, {
    XShmAttach: {
      value: (...args: Parameters<typeof attach>) => {
        given = args[1];
        return attach(...args);
      },
    },
    XShmCreatePixmap: {
      value: (...args: Parameters<typeof createPixmap>) => {
        const id = createPixmap(...args);
        pixmaps.push(id);
        return id;
      },
    },
  });
  return {
    detach: () => {
      for (const id of pixmaps) display.x11.XFreePixmap(display.handle, id);
      library.XShmDetach(display.handle, given!);
    },
  };
}

for (const pixmap of [true, false]) {
  Deno.test(`clients stay and see the desktop when the X server loses the shared memory, and it is counted; ${pixmap ? "with" : "without"} shared pixmaps`, async () => {
    await using x = await Xvfb.start({ width: 320, height: 240 });
    await using drawing = await Drawing.start(x.display);
    using display = XDisplay.open({ display: x.display });
    const memory = spyOnAttach(display);
    const ways: OpenReader = (display, memory, size) => new ShmReader(display, memory, size, { pixmap });
    await using server = new VNCServer({
      hostname: "127.0.0.1",
      port: 0,
      openDesktop: async () => ({
        screen: await openX11Source(display, new FrameMemory(), { readers: [ways, getImage] }),
      }),
    });
    await server.start();
    const encodings = [Encoding.Zrle, Encoding.CopyRect, Encoding.Cursor];
    await using client = await RfbClient.connect({ port: server.port, encodings });
    await client.refresh();
    await client.converge(() => drawing.screenshot());
    const switches = () => /^porthole_capture_switches_total.*$/m.exec(server.metrics!.text())?.[0];
    assert.equal(switches(), undefined);

    memory.detach();
    for (const seed of [1, 2, 3]) {
      await drawing.draw(`rects -1 20 ${seed}`, `scroll -1 10 10 200 150 0 -20`);
      await client.converge(() => drawing.screenshot());
    }
    assert.equal(switches(), 'porthole_capture_switches_total{from="MIT-SHM",to="XGetImage"} 1');
    assert.equal(server.sessions.length, 1);
  });
}
