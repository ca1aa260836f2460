/**
 * Chromium, driven by Playwright, on Porthole's page.
 *
 * @module
 */
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from "playwright-core";
import { eventually } from "./input_observer.ts";
import { compareRgb, keepArtifact, type RgbImage } from "./rgb_image.ts";

/** Debian's Chromium. */
export const CHROMIUM = "/usr/bin/chromium";

/** No sandbox, as tests may run as root; and no talk with the world. */
const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** States of the page, as lib/web/page/connection.ts has them. */
export type PageState = "idle" | "connecting" | "asking" | "connected" | "waiting" | "refused";

/** Figures that the page shows, as numbers. */
export interface PageStatistics {
  readonly fps: number;
  readonly bytesPerSecond: number;
  readonly roundTripMs: number;
  /** Since the beginning. */
  readonly frames: number;
  readonly bytes: number;
}

/** A running browser. Owns it and its pages. */
export class TestBrowser implements AsyncDisposable {
  readonly #browser: Browser;

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  static async start(): Promise<TestBrowser> {
    return new TestBrowser(
      await chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS, headless: true }),
    );
  }

  /** Opens a page with a profile of its own. */
  async open(url: string, options: BrowserContextOptions = {}): Promise<TestPage> {
    const context = await this.#browser.newContext({
      ignoreHTTPSErrors: true,
      viewport: { width: 900, height: 700 },
      ...options,
    });
    const page = await context.newPage();
    const opened = new TestPage(page, context);
    try {
      await page.goto(url);
    } catch (error) {
      await context.close();
      throw error;
    }
    return opened;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
  }
}

/** Porthole's page, or any other. */
export class TestPage {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What went wrong in it: errors, and what its policy has blocked. */
  readonly problems: string[] = [];
  /** Everything that it asked for. */
  readonly requests: string[] = [];
  /** Where the desktop is drawn, as a selector; other pages than ours have it elsewhere. */
  canvas = "#screen canvas";

  constructor(page: Page, context: BrowserContext) {
    this.page = page;
    this.context = context;
    page.on("pageerror", (error) => this.problems.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error") this.problems.push(message.text());
    });
    page.on("request", (request) => this.requests.push(request.url()));
    page.on("websocket", (socket) => this.requests.push(socket.url()));
  }

  /** Waits until the page is in this state. */
  async reaches(state: PageState, timeoutMs = 15_000): Promise<void> {
    await this.page.waitForSelector(`body[data-state=${state}]`, { state: "attached", timeout: timeoutMs });
  }

  /** What the card in the middle says. */
  async says(): Promise<string> {
    return await this.page.innerText("#curtain");
  }

  /** The desktop as the page has drawn it, in its own size. */
  async picture(): Promise<RgbImage> {
    // Run in the page, where it has a DOM; here it is a text.
    const { width, height, base64 } = await this.page.evaluate(`(() => {
      const canvas = document.querySelector(${JSON.stringify(this.canvas)});
      const { width, height } = canvas;
      const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
      let text = "";
      for (let i = 0; i < data.length; i += 32768) text += String.fromCharCode(...data.subarray(i, i + 32768));
      return { width, height, base64: btoa(text) };
    })()`) as { width: number; height: number; base64: string };
    const bytes = Uint8Array.fromBase64(base64);
    const pixels = new Uint32Array(width * height);
    for (let i = 0; i < pixels.length; i++) {
      pixels[i] = bytes[4 * i]! << 16 | bytes[4 * i + 1]! << 8 | bytes[4 * i + 2]!;
    }
    return { width, height, pixels };
  }

  /** Waits until the picture is `wanted`, which is asked for again and again. */
  async shows(wanted: () => Promise<RgbImage>, timeoutMs = 15_000): Promise<void> {
    await eventually(async () => {
      const [truth, picture] = [await wanted(), await this.picture()];
      if (truth.width !== picture.width || truth.height !== picture.height) {
        throw new Error(`The picture has ${picture.width}x${picture.height} pixels`);
      }
      const { wrong, firstAt } = compareRgb(picture, truth);
      if (wrong === 0) return;
      await keepArtifact("page.ppm", picture);
      await keepArtifact("wanted.ppm", truth);
      throw new Error(`${wrong} pixels are wrong, the first at ${JSON.stringify(firstAt)}`);
    }, timeoutMs);
  }

  /** Where a pixel of the desktop is on the page. */
  async place(x: number, y: number): Promise<{ x: number; y: number }> {
    const [left, top, scale] = await this.page.evaluate(`(() => {
      const canvas = document.querySelector(${JSON.stringify(this.canvas)});
      const box = canvas.getBoundingClientRect();
      return [box.left, box.top, box.width / canvas.width];
    })()`) as [number, number, number];
    return { x: left + (x + 0.5) * scale, y: top + (y + 0.5) * scale };
  }

  /** Moves the pointer to a pixel of the desktop. */
  async point(x: number, y: number): Promise<void> {
    const place = await this.place(x, y);
    await this.page.mouse.move(place.x, place.y);
  }

  /** What the page shows in figures. */
  async statistics(): Promise<PageStatistics> {
    const numbers = await this.page.evaluate(`["fps", "bandwidth", "rtt"].map((name) => {
      const { value, total } = document.getElementById("stat-" + name).dataset;
      return [Number(value), Number(total)];
    })`) as [number, number][];
    const [[fps, frames], [bytesPerSecond, bytes], [roundTripMs]] = numbers as [
      [number, number],
      [number, number],
      [number, number],
    ];
    return { fps, frames, bytesPerSecond, bytes, roundTripMs };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.context.close();
  }
}

/** What a page's canvas shows. @param selector Finds it. */
export async function canvasPicture(page: Page, selector: string): Promise<RgbImage> {
  // Run in the page, where it has a DOM; here it is a text.
  const { width, height, pixels } = await page.evaluate(`(() => {
    const canvas = document.querySelector(${JSON.stringify(selector)});
    const { width, height } = canvas;
    const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
    const colour = (at) => data[at] << 16 | data[at + 1] << 8 | data[at + 2];
    return { width, height, pixels: Array.from({ length: width * height }, (_, i) => colour(4 * i)) };
  })()`) as { width: number; height: number; pixels: number[] };
  return { width, height, pixels: Uint32Array.from(pixels) };
}
