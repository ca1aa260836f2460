/**
 * Real viewers on a display of their own: their window is found by the picture that it must show, and keys and pointer go
 * into it as a user's would.
 *
 * @module
 */
import type { Point } from "../../lib/core/geometry.ts";
import { type DisplayProgram, startOnDisplay } from "./display_program.ts";
import { eventually, run } from "./input_observer.ts";
import { passwordFile } from "./rfb/password_file.ts";
import { compareRgb, cropRgb, findRgb, keepArtifact, type RgbImage } from "./rgb_image.ts";
import { managedWindows, startWindowManager } from "./window_manager.ts";
import { Drawing } from "./x11_desktop.ts";
import { Xvfb } from "./xvfb.ts";

/** What a viewer is to do. */
export interface ViewerOptions {
  /** On 127.0.0.1. */
  readonly port: number;
  readonly password?: string;
  /** One of the viewer's own names for encodings; without, what it prefers. */
  readonly encoding?: string;
  /** For what a viewer takes from its environment only. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A viewer program. */
export interface ViewerDefinition {
  readonly name: string;
  /** Encodings that it can be told to prefer; empty if it cannot be told. */
  readonly encodings: readonly string[];
  /** Whether it asks for JPEG, and cannot be told not to. */
  readonly lossy: boolean;
  /** @param passwordFile A file as vncpasswd makes it, if there is a password. */
  args(options: ViewerOptions, passwordFile: string | undefined): readonly string[];
}

const xtigervncviewer: ViewerDefinition = {
  name: "xtigervncviewer",
  encodings: ["Tight", "ZRLE", "Hextile", "Raw"],
  lossy: false,
  args: ({ port, encoding = "Tight" }, passwordFile) => [
    ...["-AutoSelect=0", `-PreferredEncoding=${encoding}`, "-NoJPEG=1", "-FullColour=1", "-RemoteResize=0"],
    ...["-AlertOnFatalError=0", "-ReconnectOnError=0", "-DotWhenNoCursor=0"],
    ...(passwordFile === undefined ? [] : [`-PasswordFile=${passwordFile}`]),
    `127.0.0.1::${port}`,
  ],
};

/** gtk-vnc's example. It asks for a password in a dialogue only. */
const gvncviewer: ViewerDefinition = {
  name: "gvncviewer",
  encodings: [],
  lossy: true,
  args: ({ port }) => [`127.0.0.1:${port - 5900}`],
};

const xtightvncviewer: ViewerDefinition = {
  name: "xtightvncviewer",
  encodings: ["tight", "zlib", "hextile", "corre", "rre", "raw"],
  lossy: false,
  args: ({ port, encoding = "tight" }, passwordFile) => [
    ...["-encodings", `${encoding} copyrect`, "-nojpeg", "-noraiseonbeep"],
    ...(passwordFile === undefined ? [] : ["-passwd", passwordFile]),
    `127.0.0.1::${port}`,
  ],
};

export const VIEWERS: readonly ViewerDefinition[] = [xtigervncviewer, gvncviewer, xtightvncviewer];

/** A display with a window manager, for viewers. Owns both, and the viewers' home directory. */
export class ViewerDesk implements AsyncDisposable {
  readonly display: string;
  readonly drawing: Drawing;
  readonly #resources: AsyncDisposableStack;

  private constructor(display: string, drawing: Drawing, resources: AsyncDisposableStack) {
    this.display = display;
    this.drawing = drawing;
    this.#resources = resources;
  }

  /** @param size Larger than what viewers are to show, by what windows have around them. */
  static async start(size = { width: 900, height: 700 }): Promise<ViewerDesk> {
    await using opening = new AsyncDisposableStack();
    const xvfb = opening.use(await Xvfb.start(size));
    const drawing = opening.use(await Drawing.start(xvfb.display));
    await drawing.draw("fill -1 0 0 9999 9999 445566");
    opening.use(await startWindowManager(xvfb.display));
    return new ViewerDesk(xvfb.display, drawing, opening.move());
  }

  /** Starts a viewer. Dispose it before the desk. */
  async open(definition: ViewerDefinition, options: ViewerOptions): Promise<Viewer> {
    const file = options.password === undefined ? undefined : await passwordFile(options.password);
    const process = startOnDisplay(
      definition.name,
      definition.args(options, file),
      this.display,
      options.env,
    );
    return new Viewer(this, process, file);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#resources.disposeAsync();
  }
}

/** A running viewer. Disposing it ends it. */
export class Viewer implements AsyncDisposable {
  readonly #desk: ViewerDesk;
  readonly #process: DisplayProgram;
  readonly #passwordFile: string | undefined;
  /** Where the remote picture begins on the desk's screen. */
  #origin: Point | undefined;
  #focused = false;

  constructor(desk: ViewerDesk, process: DisplayProgram, passwordFile: string | undefined) {
    this.#desk = desk;
    this.#process = process;
    this.#passwordFile = passwordFile;
  }

  /**
   * Waits until its window shows a picture, all of it, and remembers where.
   *
   * @param picture What it must show; asked for again and again.
   * @param tolerance Of each channel, for lossy viewers.
   * @throws {Error} It does not within `timeoutMs`.
   */
  async shows(picture: () => Promise<RgbImage>, tolerance = 0, timeoutMs = 15_000): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const wanted = await picture();
      const screen = await this.#desk.drawing.screenshot();
      this.#origin = findRgb(screen, wanted, tolerance) ?? this.#origin;
      const difference = this.#origin && this.#compare(screen, wanted, this.#origin, tolerance);
      if (difference?.wrong === 0) return await this.#focus(wanted);
      if (performance.now() > deadline) {
        await keepArtifact("viewer.ppm", screen);
        await keepArtifact("wanted.ppm", wanted);
        throw new Error(
          difference
            ? `${difference.wrong} pixels are wrong, the first at ${JSON.stringify(difference.firstAt)}` +
              await this.#process.words()
            : `The picture is nowhere on the viewer's screen${await this.#process.words()}`,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, 50)); // a window tells nobody what it shows
    }
  }

  /** Types text, with keys that the viewer's keyboard gets for it if it has none. */
  async type(text: string): Promise<void> {
    await this.#do("type", "--delay", "15", text);
  }

  /** Presses keys by xdotool's names: "ctrl+c", "Return". */
  async key(...names: string[]): Promise<void> {
    await this.#do("key", "--delay", "15", ...names);
  }

  /** Moves the pointer to a place of the remote screen; call {@linkcode Viewer.shows} once before. */
  async move(x: number, y: number): Promise<void> {
    if (!this.#origin) throw new Error("Where the picture is is not known yet");
    await this.#do("mousemove", `${this.#origin.x + x}`, `${this.#origin.y + y}`);
  }

  /** @param button 1 left, 2 middle, 3 right, 4 to 7 the wheel. */
  async click(button: number, times = 1): Promise<void> {
    await this.#do("click", "--delay", "30", "--repeat", `${times}`, `${button}`);
  }

  /** Presses the left button, moves in steps, releases it. */
  async drag(from: Point, to: Point, steps = 4): Promise<void> {
    await this.move(from.x, from.y);
    await this.#do("mousedown", "1");
    for (let i = 1; i <= steps; i++) {
      await this.move(
        Math.round(from.x + (to.x - from.x) * i / steps),
        Math.round(from.y + (to.y - from.y) * i / steps),
      );
    }
    await this.#do("mouseup", "1");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process[Symbol.asyncDispose]();
    if (this.#passwordFile !== undefined) await Deno.remove(this.#passwordFile);
  }

  /**
   * Gives it the focus, without which no key comes to it, and lets it feel the pointer: the first motion on an X server is
   * not told to windows that came before it, and some viewers take the next one as entering only.
   */
  async #focus({ width, height }: RgbImage): Promise<void> {
    if (this.#focused) return;
    await eventually(async () => {
      const newest = (await managedWindows(this.#desk.display)).at(-1);
      if (newest === undefined) throw new Error("The window manager knows no window");
      await this.#do("windowactivate", "--sync", newest);
    });
    await this.move(width >> 1, height >> 1);
    for (const step of ["-2", "1", "1"]) await this.#do("mousemove_relative", "--", step, step);
    this.#focused = true;
  }

  #compare(screen: RgbImage, wanted: RgbImage, { x, y }: Point, tolerance: number) {
    return compareRgb(cropRgb(screen, x, y, wanted.width, wanted.height), wanted, tolerance);
  }

  async #do(...args: string[]): Promise<void> {
    await run("xdotool", args, this.#desk.display);
  }
}
