/**
 * A viewer made with libvncclient (tests/interop/libvncclient/client.c), built and driven by tests.
 *
 * @module
 */
import { buildC, Program, scratchDirectory } from "./program.ts";
import { type ClientPixelFormat, colourOf, translateColour } from "./pixel_formats.ts";
import { compareRgb, mapRgb, parsePpm, type RgbImage } from "./rgb_image.ts";

/** What a {@linkcode LibVncClient} is to ask for. */
export interface LibVncClientOptions {
  /** On 127.0.0.1. */
  readonly port: number;
  /** libvncclient's string: "tight copyrect raw". */
  readonly encodings: string;
  /** True colour. The library itself decodes ZRLE wrongly where the highest byte has colour. */
  readonly format: ClientPixelFormat;
  /** Allows JPEG, 0 … 9. */
  readonly quality?: number;
  readonly password?: string;
  /** Who to log in as, where names are asked for. */
  readonly user?: string;
  /** The certificate that the server must show, in a file: lets it choose VeNCrypt. */
  readonly authority?: string;
}

let dumps = 0;

/** A running client that keeps itself up to date. Disposing it ends it. */
export class LibVncClient implements AsyncDisposable {
  /** What it said without being asked: "resize 640 480", "cuttext hello", "cursor 16 16". */
  readonly events: string[] = [];
  readonly format: ClientPixelFormat;
  readonly #program: Program;

  private constructor(program: Program, format: ClientPixelFormat) {
    this.#program = program;
    this.format = format;
  }

  /** Starts it and waits until it is connected. @throws {Error} The server refuses it. */
  static async connect(
    { port, encodings, format, quality, password, user, authority }: LibVncClientOptions,
  ): Promise<LibVncClient> {
    const source = new URL("../interop/libvncclient/client.c", import.meta.url);
    const program = await buildC(source, "-lvncclient");
    const numbers = [
      ...[format.bitsPerPixel, format.depth, format.bigEndian ? 1 : 0],
      ...[
        format.redMax,
        format.greenMax,
        format.blueMax,
        format.redShift,
        format.greenShift,
        format.blueShift,
      ],
      ...(quality === undefined ? [] : [quality]),
    ];
    const args = ["127.0.0.1", `${port}`, encodings, ...numbers.map(String)];
    const client = new LibVncClient(
      Program.start(program, args, {
        ...(password !== undefined && { VNC_PASSWORD: password }),
        ...(user !== undefined && { VNC_USERNAME: user }),
        ...(authority !== undefined && { VNC_CA: authority }),
      }),
      format,
    );
    try {
      await client.#hear("connected");
    } catch (error) {
      await client[Symbol.asyncDispose]();
      throw error;
    }
    return client;
  }

  /** A command of client.c's list; returns when it is done. */
  async tell(command: string): Promise<void> {
    await this.#program.say(command);
    await this.#hear("ok");
  }

  /** Its picture now. */
  async screenshot(): Promise<RgbImage> {
    const path = `${scratchDirectory()}/dump-${dumps++}.ppm`;
    await this.tell(`dump ${path}`);
    const image = parsePpm(await Deno.readFile(path));
    await Deno.remove(path);
    return image;
  }

  /** What it should show when the screen shows `screen`: its format may have fewer colours. */
  expected(screen: RgbImage): RgbImage {
    return mapRgb(screen, (rgb) => colourOf(this.format, translateColour(this.format, rgb)));
  }

  /**
   * Waits until it shows the screen.
   *
   * @param tolerance Of each channel: 0 for lossless encodings of a server that rounds as we do.
   * @throws {Error} It does not within `timeoutMs`: how many pixels are wrong, and the first.
   */
  async converge(screen: () => Promise<RgbImage>, tolerance = 0, timeoutMs = 10_000): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const { wrong, firstAt } = compareRgb(
        await this.screenshot(),
        this.expected(await screen()),
        tolerance,
      );
      if (wrong === 0) return;
      if (performance.now() > deadline) {
        throw new Error(
          `${wrong} pixels are wrong after ${timeoutMs} ms, the first at ${JSON.stringify(firstAt)}`,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, 30)); // the library tells nobody when it is up to date
    }
  }

  /** Waits until an event matches. */
  async event(pattern: RegExp): Promise<string> {
    for (;;) {
      const found = this.events.findIndex((event) => pattern.test(event));
      if (found >= 0) return this.events.splice(found, 1)[0]!;
      this.events.push(await this.#program.line());
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program[Symbol.asyncDispose]();
  }

  /** Reads lines until one starts with `word`; keeps the others as events. */
  async #hear(word: string): Promise<void> {
    for (;;) {
      const line = await this.#program.line();
      if (line.startsWith(word)) return;
      if (line === "refused" || line === "closed") throw new Error(`libvncclient: ${line}`);
      this.events.push(line);
    }
  }
}
