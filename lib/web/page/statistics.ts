/**
 * The figures of a connection, shown live: in the bar, and with plots in a panel.
 *
 * @module
 */
import { button, element, isPressed, press, write } from "./dom.ts";
import { Plot } from "./plot.ts";
import type { Viewer } from "./viewer.ts";

/** Numbers are written twice a second, plots get a point each second. */
const INTERVAL_MS = 500;

const FIGURES = ["fps", "bandwidth", "rtt"] as const;
type Figure = typeof FIGURES[number];

/** Shows figures of the viewer that it is given. */
export class StatisticsPanel {
  readonly #panel = element("statistics", HTMLElement);
  readonly #switch = button("tool-statistics");
  readonly #glance = button("glance");
  readonly #plots: Readonly<Record<Figure, Plot>>;
  readonly #onToggle: (shown: boolean) => void;
  #viewer: Viewer | undefined;
  #since = 0;
  #ticks = 0;

  /** @param onToggle Told when the user opens or closes the panel. */
  constructor(shown: boolean, onToggle: (shown: boolean) => void) {
    this.#onToggle = onToggle;
    const plot = (figure: Figure) => new Plot(element(`plot-${figure}`, HTMLCanvasElement));
    this.#plots = { fps: plot("fps"), bandwidth: plot("bandwidth"), rtt: plot("rtt") };
    for (const control of [this.#switch, this.#glance]) {
      control.addEventListener("click", () => this.#show(!isPressed(this.#switch)));
    }
    this.#show(shown);
    setInterval(() => this.#update(), INTERVAL_MS);
  }

  /** Figures are of this viewer from now on; `undefined` for none. */
  watch(viewer: Viewer | undefined): void {
    this.#viewer = viewer;
    this.#since = performance.now();
    if (!viewer) { for (const figure of FIGURES) this.#plots[figure].clear(); }
  }

  #show(shown: boolean): void {
    this.#panel.hidden = !shown;
    press(this.#switch, shown);
    this.#glance.setAttribute("aria-expanded", String(shown));
    this.#onToggle(shown);
    if (shown) { for (const figure of FIGURES) this.#plots[figure].draw(); }
  }

  #update(): void {
    const viewer = this.#viewer;
    if (!viewer) return;
    const now = performance.now();
    const fps = viewer.frames.perSecond(now);
    const bytes = viewer.bytes.perSecond(now);
    const rtt = viewer.roundTrip.value;
    if (this.#ticks++ % 2 === 0) {
      this.#plots.fps.add(fps);
      this.#plots.bandwidth.add(bytes);
      this.#plots.rtt.add(rtt ?? 0);
    }
    const [amount, unit] = perSecondText(bytes);
    const rttText = rtt === undefined ? "–" : rtt < 10 ? rtt.toFixed(1) : rtt.toFixed(0);
    this.#figure("fps", fps.toFixed(fps < 9.95 && fps > 0 ? 1 : 0), fps, viewer.frames.total);
    this.#figure("bandwidth", amount, bytes, viewer.bytes.total);
    this.#figure("rtt", rttText, rtt ?? 0, 0);
    write(element("glance-unit", HTMLElement), unit);
    if (this.#panel.hidden) return;
    write(element("stat-unit", HTMLElement), unit);
    write(
      element("stat-encoding", HTMLElement),
      viewer.encodings(now).slice(0, 3)
        .map(({ name, share }) => share > 0.995 ? name : `${name}\u00a0${(share * 100).toFixed(0)}\u00a0%`)
        .join(
          ", ",
        ) ||
        "nothing new",
    );
    const { width, height } = viewer.resolution;
    const scale = viewer.scale === 1 ? "" : ` at ${(viewer.scale * 100).toFixed(0)}\u00a0%`;
    write(element("stat-resolution", HTMLElement), `${width}\u00a0×\u00a0${height}${scale}`);
    write(
      element("stat-received", HTMLElement),
      `${sizeText(viewer.bytes.total)} in ${timeText(now - this.#since)}`,
    );
    const secure = viewer.socket.url.startsWith("wss:");
    write(element("stat-connection", HTMLElement), secure ? "encrypted" : "not encrypted");
    for (const figure of FIGURES) this.#plots[figure].draw();
  }

  /** Writes a figure in both places. The exact numbers stand beside it, for programs. */
  #figure(figure: Figure, text: string, value: number, total: number): void {
    write(element(`glance-${figure}`, HTMLElement), text);
    const output = element(`stat-${figure}`, HTMLElement);
    output.dataset.value = String(value);
    output.dataset.total = String(total);
    if (!this.#panel.hidden) write(output, text);
  }
}

/** A number and its unit. Units of network are decimal. */
function perSecondText(bytes: number): [amount: string, unit: string] {
  if (bytes < 1e6) return [(bytes / 1e3).toFixed(bytes < 1e4 && bytes >= 50 ? 1 : 0), "kB/s"];
  return [(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0), "MB/s"];
}

function sizeText(bytes: number): string {
  if (bytes < 1e6) return `${(bytes / 1e3).toFixed(0)} kB`;
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;
}

function timeText(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h > 0 ? `${h} h ${m} min` : m > 0 ? `${m} min ${s} s` : `${s} s`;
}
