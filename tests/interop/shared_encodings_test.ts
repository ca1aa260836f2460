/**
 * Deflate blocks that are made once and spliced into the streams of several viewers: libvncclient, TigerVNC's viewer and
 * noVNC decode them, several of each at once, also when one comes late or goes.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { UpdateSent } from "../../lib/core/observer.ts";
import type { EncodingDefinition } from "../../lib/encodings/encoding.ts";
import { ENCODINGS, VNCServer } from "../../lib/mod.ts";
import { TestBrowser, type TestPage } from "../support/browser.ts";
import { LibVncClient } from "../support/libvncclient.ts";
import { pixelFormat } from "../support/pixel_formats.ts";
import { Encoding, RfbClient } from "../support/rfb_client.ts";
import type { RgbImage } from "../support/rgb_image.ts";
import { ViewerDesk, VIEWERS } from "../support/viewers.ts";
import { Drawing, perform, WORKLOADS } from "../support/x11_desktop.ts";
import { Xvfb } from "../support/xvfb.ts";

const SIZE = { width: 480, height: 360 };

/** A server with one encoding besides Raw, which counts how often it is called, and how often it is sent. */
class Stage implements AsyncDisposable {
  readonly xvfb: Xvfb;
  readonly drawing: Drawing;
  readonly server: VNCServer;
  /** Rectangles that were encoded, and that were sent. */
  encoded = 0;
  sent = 0;
  readonly #resources: AsyncDisposableStack;

  private constructor(
    xvfb: Xvfb,
    drawing: Drawing,
    definition: EncodingDefinition,
    resources: AsyncDisposableStack,
  ) {
    this.xvfb = xvfb;
    this.drawing = drawing;
    this.#resources = resources;
    const raw = ENCODINGS.filter(({ name }) => name === "Raw");
    this.server = new VNCServer({
      hostname: "127.0.0.1",
      port: 0,
      display: xvfb.display,
      frameRate: 60,
      shared: "always",
      web: { port: 0 },
      // Other threads would call copies of the encoding.
      workers: 0,
      encodings: [this.#counting(definition), ...raw],
      observers: [{
        updateSent: ({ rects }: UpdateSent) => {
          this.sent += rects.filter(({ encoding }) => encoding === definition.type).length;
        },
      }],
    });
  }

  static async start(name: string): Promise<Stage> {
    await using opening = new AsyncDisposableStack();
    const xvfb = opening.use(await Xvfb.start(SIZE));
    const drawing = opening.use(await Drawing.start(xvfb.display));
    await drawing.draw("cursor -1 -1", "gradient -1 0 0 480 360", "rects -1 60 1");
    const stage = new Stage(xvfb, drawing, ENCODINGS.find((one) => one.name === name)!, opening.move());
    stage.#resources.use(stage.server);
    await stage.server.start();
    return stage;
  }

  readonly screenshot = (): Promise<RgbImage> => this.drawing.screenshot();

  get port(): number {
    return this.server.port;
  }

  /** Everything that can be drawn, with all viewers made equal to the screen after each kind of it. */
  async play(converge: () => Promise<unknown>): Promise<void> {
    for (const workload of Object.values(WORKLOADS)) {
      await perform(this.drawing, workload, 10);
      await converge();
    }
  }

  /**
   * What is sent to all viewers is made for few of them: of each rectangle sent, at most such a part.
   *
   * Viewers that are at different frames have different pixels to get, and there is nothing to share. So each frame is
   * drawn when all of them have shown the one before, however slow a viewer is beside the others.
   */
  async assertSharedInStep(converge: () => Promise<unknown>, most = 0.4): Promise<void> {
    const { encoded, sent } = this;
    await perform(this.drawing, WORKLOADS["random"]!, 15, async () => void await converge());
    const [made, delivered] = [this.encoded - encoded, this.sent - sent];
    assert.ok(delivered > 30, `${delivered} rectangles sent`);
    assert.ok(made <= most * delivered, `${made} of ${delivered} rectangles encoded`);
  }

  /** Of all that was sent so far, as {@linkcode assertSharedInStep}: for viewers that keep pace with each other. */
  assertShared(most = 0.75): void {
    assert.ok(this.sent > 50, `${this.sent} rectangles sent`);
    assert.ok(this.encoded <= most * this.sent, `${this.encoded} of ${this.sent} rectangles encoded`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#resources.disposeAsync();
  }

  #counting(definition: EncodingDefinition): EncodingDefinition {
    return {
      ...definition,
      ...(definition.forPhotos && { forPhotos: this.#counting(definition.forPhotos) }),
      encode: (frame, rect, target, out) => {
        this.encoded++;
        definition.encode(frame, rect, target, out);
      },
    };
  }
}

for (const name of ["ZRLE", "Tight", "Zlib"]) {
  Deno.test(`libvncclient, three of it and one more that comes late, decodes ${name} that all of them share`, async () => {
    await using stage = await Stage.start(name);
    const { port } = stage;
    const connect = () =>
      LibVncClient.connect({
        port,
        encodings: `${name.toLowerCase()} copyrect raw`,
        format: pixelFormat("32 le 16-8-0"),
      });
    await using clients = new AsyncDisposableStack();
    const viewers = [await connect(), await connect(), await connect()].map((client) => clients.use(client));
    const converge = () => Promise.all(viewers.map((client) => client.converge(stage.screenshot)));
    await stage.play(converge);
    stage.assertShared();
    await stage.assertSharedInStep(converge);
    viewers.push(clients.use(await connect()));
    await stage.play(converge);
    stage.assertShared();
    // What only one is left for is made for that one: its stream goes on where spliced blocks ended.
    for (const client of viewers.splice(1)) await client[Symbol.asyncDispose]();
    const { encoded, sent } = stage;
    await stage.play(converge);
    assert.equal(stage.encoded - encoded, stage.sent - sent, "nothing is shared any more");
  });
}

for (const encoding of ["ZRLE", "Tight"]) {
  Deno.test(`xtigervncviewer, three of it, decodes ${encoding} that all of them share`, async () => {
    await using stage = await Stage.start(encoding);
    await using resources = new AsyncDisposableStack();
    const viewers = await Promise.all(
      [0, 1, 2].map(async () => {
        const desk = resources.use(await ViewerDesk.start());
        return resources.use(await desk.open(VIEWERS[0]!, { port: stage.port, encoding }));
      }),
    );
    const converge = () => Promise.all(viewers.map((one) => one.shows(stage.screenshot, 0, 60_000)));
    await converge();
    await stage.play(converge);
    await stage.assertSharedInStep(converge);
  });
}

for (const name of ["ZRLE", "Tight", "Zlib"]) {
  Deno.test({
    name: `noVNC, in three pages, decodes ${name} that all of them share`,
    // The browser has its own life beneath the test.
    sanitizeOps: false,
    sanitizeResources: false,
    async fn() {
      await using stage = await Stage.start(name);
      await using browser = await TestBrowser.start();
      const pages: TestPage[] = [];
      for (let i = 0; i < 3; i++) {
        const page = await browser.open(`http://127.0.0.1:${stage.server.webPort}/`);
        pages.push(page);
        await page.reaches("connected", 60_000);
      }
      const converge = () => Promise.all(pages.map((page) => page.shows(stage.screenshot, 60_000)));
      await converge();
      await stage.play(converge);
      await stage.assertSharedInStep(converge);
      for (const page of pages) assert.deepEqual(page.problems, []);
    },
  });
}

Deno.test("viewers of all makes share a server, and see the same", async () => {
  await using stage = await Stage.start("ZRLE");
  await using desk = await ViewerDesk.start();
  await using tiger = await desk.open(VIEWERS[0]!, { port: stage.port, encoding: "ZRLE" });
  const format = pixelFormat("32 le 16-8-0");
  await using library = await LibVncClient.connect({
    port: stage.port,
    encodings: "zrle copyrect raw",
    format,
  });
  const encodings = [Encoding.Zrle, Encoding.CopyRect, Encoding.Cursor];
  await using own = await RfbClient.connect({ port: stage.port, format, encodings });
  await using other = await RfbClient.connect({ port: stage.port, format, encodings });
  const converge = async () => {
    await Promise.all([own, other].map((client) => client.converge(stage.screenshot)));
    await library.converge(stage.screenshot);
    await tiger.shows(stage.screenshot, 0, 60_000);
  };
  await stage.play(converge);
  await stage.assertSharedInStep(converge, 0.75); // their formats differ, and only some can share
});
