/**
 * Writes docs/metrics/dashboard.json, the dashboard for Grafana, from a table of its panels.
 *
 *     deno task docs
 *
 * @module
 */

/** One line in a panel. */
interface Query {
  readonly expr: string;
  readonly legend: string;
}

/** One panel: a figure or a graph. */
interface Panel {
  readonly kind: "stat" | "timeseries";
  readonly title: string;
  /** What it tells, and when to worry. */
  readonly description: string;
  /** Grafana's name of the unit. */
  readonly unit: string;
  readonly queries: readonly Query[];
  /** Of the 24 columns. */
  readonly width: number;
}

const JOB = '{job=~"$job", instance=~"$instance"}';

/** `name{…}` for what the dashboard shows. @param more Further label matchers. */
function of(name: string, more = ""): string {
  return `${name}${more ? JOB.replace("}", `, ${more}}`) : JOB}`;
}

/** How fast a counter rises, in sum or by label. */
function rate(name: string, by = "", more = ""): string {
  return `sum${by && ` by (${by}) `}(rate(${of(name, more)}[$__rate_interval]))`;
}

function quantiles(name: string, what = ""): Query[] {
  return [0.5, 0.95, 0.99].map((q) => ({
    expr: `histogram_quantile(${q}, ${rate(`${name}_bucket`, "le")})`,
    legend: `${what}${what && " "}${q * 100} %`,
  }));
}

function stat(title: string, unit: string, expr: string, description: string): Panel {
  return { kind: "stat", title, description, unit, queries: [{ expr, legend: "" }], width: 4 };
}

function graph(
  title: string,
  unit: string,
  queries: readonly Query[],
  description: string,
  width = 12,
): Panel {
  return { kind: "timeseries", title, description, unit, queries, width };
}

const PANELS: readonly Panel[] = [
  stat("Viewers", "none", `sum(${of("porthole_sessions")})`, "Viewers that have come in and are there."),
  stat("Updates", "ops", rate("porthole_updates_total"), "Updates with pixels, to all viewers together."),
  stat("Sent", "Bps", rate("porthole_sent_bytes_total"), "To all viewers together."),
  stat(
    "Display",
    "bool_on_off",
    `min(${of("porthole_display_up")})`,
    "Off while the X server cannot be reached.",
  ),
  stat("Processor", "percentunit", rate("process_cpu_seconds_total"), "1 is one processor fully used."),
  stat("Memory", "bytes", `sum(${of("process_resident_memory_bytes")})`, "Memory that is really there."),
  graph(
    "Connections",
    "none",
    [
      { expr: `sum(${of("porthole_sessions")})`, legend: "viewers" },
      { expr: `sum(${of("porthole_pending_connections")})`, legend: "coming in" },
    ],
    "Many that are coming in and never do: somebody scans, or guesses passwords.",
  ),
  graph(
    "Connections by what became of them",
    "ops",
    [{ expr: rate("porthole_connections_total", "result"), legend: "{{result}}" }],
    "failed is a defect of the server, with an ERROR in its log. turned_away and refused: see the limits.",
  ),
  graph(
    "Sent, by encoding",
    "Bps",
    [{ expr: rate("porthole_rectangle_bytes_total", "encoding"), legend: "{{encoding}}" }],
    "Bytes of rectangles with their headers.",
  ),
  graph(
    "Bytes per pixel, by encoding",
    "none",
    [{
      expr: `${rate("porthole_rectangle_bytes_total", "encoding")} / ${
        rate("porthole_rectangle_pixels_total", "encoding")
      }`,
      legend: "{{encoding}}",
    }],
    "4 is as many as the screen has itself.",
  ),
  graph("Encoding one update", "s", quantiles("porthole_encode_seconds"), "Without waiting for the viewer."),
  graph(
    "Sending one update",
    "s",
    quantiles("porthole_write_seconds"),
    "Until the system has taken it. Slow links wait here, which harms nobody else.",
  ),
  graph(
    "Looking at the screen",
    "s",
    [...quantiles("porthole_capture_seconds", "capture"), ...quantiles("porthole_diff_seconds", "compare")],
    "Reading what may have changed, and finding out what has. Once for all viewers.",
  ),
  graph(
    "Round trip",
    "s",
    quantiles("porthole_round_trip_seconds"),
    "To viewers and back, of those that answer fences.",
  ),
  graph(
    "Frames",
    "ops",
    [
      { expr: rate("porthole_capture_seconds_count"), legend: "looks at the screen" },
      { expr: rate("porthole_updates_total"), legend: "updates sent" },
      { expr: rate("porthole_merged_frames_total"), legend: "merged into later ones" },
      { expr: rate("porthole_moves_total"), legend: "moves found" },
    ],
    "Frames are merged for viewers whose link or machine is slower than the screen.",
  ),
  graph(
    "Delay of the main thread",
    "s",
    quantiles("porthole_event_loop_delay_seconds"),
    "What a key waits for at worst. Measured while there is work.",
  ),
  graph(
    "Input",
    "ops",
    [
      { expr: rate("porthole_key_events_total"), legend: "keys" },
      { expr: rate("porthole_pointer_events_total"), legend: "pointer" },
    ],
    "Presses and releases; movements and clicks.",
  ),
  graph(
    "Faults",
    "ops",
    [
      { expr: rate("porthole_errors_total", "error"), legend: "{{error}}" },
      { expr: rate("porthole_authentication_failures_total"), legend: "failed logins" },
      { expr: rate("porthole_login_lockouts_total"), legend: "locked out" },
      { expr: rate("porthole_display_losses_total"), legend: "display lost" },
    ],
    "ProtocolError: a peer that speaks something else.",
  ),
  graph(
    "File descriptors",
    "none",
    [{ expr: of("process_open_fds"), legend: "{{instance}}" }],
    "Files and connections that are open; 1024 is the usual limit.",
  ),
  graph(
    "How long viewers stay",
    "s",
    quantiles("porthole_session_duration_seconds"),
    "Of those that have gone.",
  ),
];

/** Lines of one stat, and of one graph. */
const HEIGHTS = { stat: 4, timeseries: 8 };

/** The whole dashboard, as Grafana imports it. */
export function dashboard(): Record<string, unknown> {
  let [x, y, rowHeight] = [0, 0, 0];
  const panels = PANELS.map((panel, at) => {
    if (x + panel.width > 24) [x, y, rowHeight] = [0, y + rowHeight, 0];
    const h = HEIGHTS[panel.kind];
    const made = panelOf(panel, at + 1, { x, y, w: panel.width, h });
    [x, rowHeight] = [x + panel.width, Math.max(rowHeight, h)];
    return made;
  });
  return {
    __inputs: [{ name: "DS_PROMETHEUS", label: "Prometheus", type: "datasource", pluginId: "prometheus" }],
    __requires: [
      { type: "grafana", id: "grafana", name: "Grafana", version: "9.0.0" },
      { type: "datasource", id: "prometheus", name: "Prometheus", version: "1.0.0" },
    ],
    uid: "porthole",
    title: "Porthole",
    description: "VNC server: viewers, bytes, times.",
    tags: ["vnc", "porthole"],
    timezone: "browser",
    schemaVersion: 36,
    version: 1,
    editable: true,
    refresh: "30s",
    time: { from: "now-1h", to: "now" },
    templating: {
      list: [
        variable("job", "porthole_build_info"),
        variable("instance", 'porthole_build_info{job=~"$job"}'),
      ],
    },
    panels,
  };
}

/** Every expression in it. */
export function expressions(): string[] {
  return PANELS.flatMap(({ queries }) => queries.map(({ expr }) => expr));
}

const SOURCE = { type: "prometheus", uid: "${DS_PROMETHEUS}" };

function panelOf({ kind, title, description, unit, queries }: Panel, id: number, gridPos: object): object {
  return {
    id,
    type: kind,
    title,
    description,
    datasource: SOURCE,
    gridPos,
    fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
    ...(kind === "timeseries" &&
      { options: { tooltip: { mode: "multi" }, legend: { displayMode: "list" } } }),
    targets: queries.map(({ expr, legend }, at) => ({
      refId: String.fromCharCode("A".charCodeAt(0) + at),
      datasource: SOURCE,
      expr,
      legendFormat: legend,
    })),
  };
}

function variable(name: string, series: string): object {
  return {
    name,
    type: "query",
    datasource: SOURCE,
    query: `label_values(${series}, ${name})`,
    refresh: 2,
    multi: true,
    includeAll: true,
    current: {},
  };
}

/** The file's text. */
export function dashboardText(): string {
  return `${JSON.stringify(dashboard(), null, 2)}\n`;
}

if (import.meta.main) {
  await Deno.writeTextFile(new URL("../docs/metrics/dashboard.json", import.meta.url), dashboardText());
}
