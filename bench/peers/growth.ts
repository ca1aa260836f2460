/**
 * How cost grows with the number of viewers, the size of the screen, and the part of it that changes.
 *
 * @module
 */
import { type Case, TIGHT, TIGHT_Q8 } from "./cases.ts";
import { Drawing } from "./drawing.ts";
import { type Panel } from "./line_chart.ts";
import { measure, measureBaseline, pause, type Timing } from "./measure.ts";
import { Screen, type Size } from "./screen.ts";
import { RunningServer, type ServerKind, SETTLING_SECONDS } from "./servers.ts";
import { spread } from "./statistics.ts";

/** What is varied. */
export type Dimension = "viewers" | "screen" | "area";

/** One measurement. */
export interface GrowthPoint {
  readonly dimension: Dimension;
  readonly server: string;
  /** Viewers; megapixels of the screen; percent of it that change. */
  readonly x: number;
  readonly rep: number;
  /** Milliseconds of CPU for a frame that arrived. */
  readonly cpuPerFrame: number;
  readonly residentMegabytes: number;
  readonly fps: number;
  readonly latencyP50: number;
}

/** What is measured, and how long. */
export interface GrowthOptions {
  readonly dimensions: readonly Dimension[];
  readonly reps: number;
  readonly seconds: number;
}

const VIEWERS = [1, 2, 4, 8, 16, 32, 64];
const SCREENS: readonly Size[] = [
  { width: 1280, height: 720 },
  { width: 1920, height: 1080 },
  { width: 2560, height: 1440 },
  { width: 3840, height: 2160 },
];
const AREAS = [1, 5, 10, 25, 50, 100];
const FULL_HD = SCREENS[1]!;

const SCROLL: Case = { name: "terminal", title: "", workload: "terminal", rate: 20, encoding: TIGHT };
const REPAINT: Case = { name: "repaint", title: "", workload: "repaint", rate: 10, encoding: TIGHT_Q8 };
const AREA: Case = { name: "area", title: "", workload: "area", rate: 10, encoding: TIGHT_Q8 };

/** What differs between two drawings: a screen, the drawing's arguments, and the points measured on it. */
interface Setting {
  readonly dimension: Dimension;
  readonly case: Case;
  readonly size: Size;
  readonly args: readonly string[];
  readonly points: readonly { readonly x: number; readonly viewers: number }[];
}

const SETTINGS: readonly Setting[] = [
  {
    dimension: "viewers",
    case: SCROLL,
    size: FULL_HD,
    args: [],
    points: VIEWERS.map((viewers) => ({ x: viewers, viewers })),
  },
  ...SCREENS.map((size): Setting => ({
    dimension: "screen",
    case: REPAINT,
    size,
    args: [],
    points: [{ x: size.width * size.height / 1e6, viewers: 1 }],
  })),
  ...AREAS.map((percent): Setting => ({
    dimension: "area",
    case: AREA,
    size: FULL_HD,
    args: [`area=${percent}`],
    points: [{ x: percent, viewers: 1 }],
  })),
];

/** Measures all points of the dimensions asked for; `done` is told each as it comes, `failed` what did not work. */
export async function measureGrowth(
  servers: readonly ServerKind[],
  options: GrowthOptions,
  done: (point: GrowthPoint) => void,
  failed: (server: string, what: string, error: unknown) => void,
): Promise<void> {
  const timing: Timing = { warmUp: 1.5, seconds: options.seconds };
  for (let rep = 0; rep < options.reps; rep++) {
    for (const setting of SETTINGS.filter(({ dimension }) => options.dimensions.includes(dimension))) {
      const { dimension, case: of, size, args, points } = setting;
      await using screen = await Screen.start(size);
      await using drawing = await Drawing.start(screen.display, of.workload, args);
      const baseline = await measureBaseline(screen.pid, drawing, of.rate, timing);
      for (const kind of servers) {
        try {
          await using server = await RunningServer.start(kind, screen);
          await pause(SETTLING_SECONDS);
          for (const { x, viewers } of points) {
            const stage = { drawing, baseline, xPid: screen.pid };
            const { cpuPerFrame, residentMegabytes, fps, latencyP50 } = await measure(
              server,
              { case: of, viewers },
              stage,
              timing,
            );
            done({ dimension, server: kind.name, x, rep, cpuPerFrame, residentMegabytes, fps, latencyP50 });
          }
        } catch (error) {
          failed(kind.name, `${dimension} ${args.join(" ")} ${size.width}x${size.height}`, error);
        }
      }
    }
  }
}

const TITLES: Readonly<Record<Dimension, { readonly title: string; readonly xLabel: string }>> = {
  viewers: { title: "Terminal scroll, Tight", xLabel: "viewers" },
  screen: { title: "Full repaint, Tight q8", xLabel: "megapixels of the screen" },
  area: { title: "Video on a part of 1080p, Tight q8", xLabel: "percent of the screen that changes" },
};

/** Panels of processor time and memory for each dimension: the medians of the points. */
export function growthPanels(points: readonly GrowthPoint[]): Panel[] {
  const servers = [...new Set(points.map(({ server }) => server))];
  const dimensions = [...new Set(points.map(({ dimension }) => dimension))];
  const panel = (
    dimension: Dimension,
    metric: "cpuPerFrame" | "residentMegabytes",
    yLabel: string,
  ): Panel => {
    const mine = points.filter((point) => point.dimension === dimension);
    const xs = [...new Set(mine.map(({ x }) => x))].sort((a, b) => a - b);
    return {
      ...TITLES[dimension],
      yLabel,
      doubling: dimension === "viewers",
      series: servers.map((server) => ({
        name: server,
        points: xs.map((x) => ({
          x,
          y: spread(mine.filter((p) => p.server === server && p.x === x).map((p) => p[metric])).median,
        })),
      })),
    };
  };
  return [
    ...dimensions.map((dimension) => panel(dimension, "cpuPerFrame", "ms of CPU for a frame")),
    ...dimensions.map((dimension) => panel(dimension, "residentMegabytes", "MB resident")),
  ];
}
