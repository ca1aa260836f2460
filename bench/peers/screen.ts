/**
 * The X server that everything happens on, and what it costs.
 *
 * @module
 */
import { Xvfb } from "../../tests/support/xvfb.ts";

/** Pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** An Xvfb whose costs can be read. Disposing it ends it. */
export class Screen implements AsyncDisposable {
  readonly display: string;
  readonly pid: number;
  readonly size: Size;
  readonly #xvfb: Xvfb;

  private constructor(xvfb: Xvfb, size: Size) {
    this.#xvfb = xvfb;
    this.display = xvfb.display;
    this.pid = xvfb.pid;
    this.size = size;
  }

  /** Starts an X server of 24 bits a pixel. */
  static async start(size: Size): Promise<Screen> {
    return new Screen(await Xvfb.start({ ...size, depth: 24 }), size);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#xvfb[Symbol.asyncDispose]();
  }
}
