/**
 * How long a change of the screen takes to a well-behaved viewer.
 *
 * @module
 */
import { RfbClient, TimedOut } from "../../tests/support/rfb_client.ts";
import type { Drawing } from "../../tests/support/x11_desktop.ts";

/** Longest wait for a change, in ms; what takes longer counts as this. */
export const MOST_MS = 2500;

/** Where is drawn. */
const SPOT = { x: 200, y: 120, width: 16, height: 16 } as const;
/** Pauses between two changes, in ms: no multiple of any server's interval. */
const PAUSE_MS = { least: 17, most: 31 };

/** A viewer, and somebody who draws for it. Owns the viewer. */
export class Probe implements AsyncDisposable {
  readonly #client: RfbClient;
  readonly #drawing: Drawing;
  #colour = 0;

  private constructor(client: RfbClient, drawing: Drawing) {
    this.#client = client;
    this.#drawing = drawing;
  }

  /** Comes in and gets a first picture. */
  static async connect(port: number, drawing: Drawing): Promise<Probe> {
    const client = await RfbClient.connect({
      port,
      timeoutMs: MOST_MS,
      encodings: [0],
      keepMessages: false,
      decoders: { zeroPadding: false },
    });
    const probe = new Probe(client, drawing);
    await client.refresh();
    await client.requestUpdate({ incremental: true });
    return probe;
  }

  /** Measures for about so long. @returns ms from drawing to arrival; ends with the first change that does not arrive. */
  async run(ms: number): Promise<number[]> {
    const latencies: number[] = [];
    for (const end = performance.now() + ms; performance.now() < end;) {
      const { least, most } = PAUSE_MS;
      await new Promise((resolve) => setTimeout(resolve, least + Math.random() * (most - least)));
      const latency = await this.once();
      latencies.push(latency);
      if (latency >= MOST_MS) break;
    }
    return latencies;
  }

  /** One change. */
  async once(): Promise<number> {
    const colour = this.#colour = (this.#colour + 0x10305) & 0xffffff;
    const { x, y, width, height } = SPOT;
    const begun = performance.now();
    const drawn = this.#drawing.draw(`fill -1 ${x} ${y} ${width} ${height} ${colour.toString(16)}`);
    const latency = await this.#arrival(colour, begun);
    await drawn;
    return latency;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client[Symbol.asyncDispose]();
  }

  async #arrival(colour: number, begun: number): Promise<number> {
    const { framebuffer } = this.#client;
    const at = (SPOT.y + 4) * framebuffer.width + SPOT.x + 4;
    try {
      do {
        await this.#client.nextUpdate();
        await this.#client.requestUpdate({ incremental: true });
      } while ((framebuffer.pixels[at]! & 0xffffff) !== colour && performance.now() - begun < MOST_MS);
    } catch (error) {
      if (!(error instanceof TimedOut)) throw error;
    }
    return Math.min(MOST_MS, performance.now() - begun);
  }
}
