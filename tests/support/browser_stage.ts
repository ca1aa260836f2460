/**
 * What tests of browsers begin with: a real X desktop with something on it, a server for it, and Chromium.
 *
 * @module
 */
import { VNCServer, type VNCServerOptions } from "../../lib/mod.ts";
import { TestBrowser, type TestPage } from "./browser.ts";
import { Drawing } from "./x11_desktop.ts";
import { Xvfb } from "./xvfb.ts";

/** A desktop, a server for it, a browser. */
export class Stage implements AsyncDisposable {
  readonly xvfb: Xvfb;
  readonly drawing: Drawing;
  readonly browser: TestBrowser;
  server: VNCServer;
  readonly #resources: AsyncDisposableStack;

  private constructor(
    xvfb: Xvfb,
    drawing: Drawing,
    browser: TestBrowser,
    server: VNCServer,
    resources: AsyncDisposableStack,
  ) {
    this.xvfb = xvfb;
    this.drawing = drawing;
    this.browser = browser;
    this.server = server;
    this.#resources = resources;
  }

  static async start(options: VNCServerOptions = {}): Promise<Stage> {
    await using opening = new AsyncDisposableStack();
    const xvfb = opening.use(await Xvfb.start({ width: 640, height: 480 }));
    const drawing = opening.use(await Drawing.start(xvfb.display));
    await drawing.draw(
      "fill -1 0 0 9999 9999 2b5c74",
      "window 9 20 30 400 200 101018",
      "text 9 10 30 d0ffd0 What is seen here is seen there",
      "rects 9 20 7",
    );
    const browser = opening.use(await TestBrowser.start());
    const server = await startServer(xvfb.display, options);
    return new Stage(xvfb, drawing, browser, server, opening.move());
  }

  get url(): string {
    return `http://127.0.0.1:${this.server.webPort}/`;
  }

  readonly screenshot = () => this.drawing.screenshot();

  /** The page, connected. */
  async connect(
    url = this.url,
    options: Parameters<TestBrowser["open"]>[1] = {},
    timeoutMs?: number,
  ): Promise<TestPage> {
    const page = await this.browser.open(url, options);
    try {
      await page.reaches("connected", timeoutMs);
    } catch (error) {
      await page[Symbol.asyncDispose]();
      throw error;
    }
    return page;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.stop();
    await this.#resources.disposeAsync();
  }
}

/** Serves a display on this machine alone, to browsers too. */
export async function startServer(display: string, options: VNCServerOptions): Promise<VNCServer> {
  const server = new VNCServer({
    hostname: "127.0.0.1",
    port: 0,
    display,
    frameRate: 30,
    web: { port: 0 },
    ...options,
  });
  await server.start();
  return server;
}

/** Options of tests with a browser: Chromium's pipes stay with Playwright for a while. */
export const IN_CHROMIUM = { sanitizeOps: false, sanitizeResources: false } as const;
