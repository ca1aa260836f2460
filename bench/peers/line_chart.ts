/**
 * Line charts as SVG: some panels side by side, with one legend.
 *
 * @module
 */

/** A line through points, in the order of x. */
export interface Series {
  readonly name: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

/** One chart. */
export interface Panel {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  /** Powers of two are at equal distances; for numbers that double. */
  readonly doubling?: boolean;
  readonly series: readonly Series[];
}

const WIDTH = 330, HEIGHT = 250;
const PLOT = { left: 52, right: 14, top: 34, bottom: 42 };
const LEGEND_HEIGHT = 34, FOOT_HEIGHT = 26;
/** Told apart by those, too, who see few colours; each has its own mark as well. */
const COLOURS = ["#0072b2", "#d55e00", "#009e73", "#7a5195"];

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}

/** Short for coordinates. */
function c(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/** Ends of an axis from 0 with about four round steps. */
export function niceTicks(most: number): number[] {
  if (!(most > 0)) return [0, 1];
  const rough = most / 4, size = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((digit) => digit * size).find((value) => value >= rough)!;
  return Array.from(
    { length: Math.ceil(most / step - 1e-9) + 1 },
    (_, i) => Number((i * step).toPrecision(12)),
  );
}

/** A mark of its own for each series, so that colour is not needed to tell them apart. */
function mark(index: number, x: number, y: number): string {
  const fill = `fill="${COLOURS[index % COLOURS.length]}"`;
  switch (index % 4) {
    case 0:
      return `<circle cx="${c(x)}" cy="${c(y)}" r="3.5" ${fill}/>`;
    case 1:
      return `<rect x="${c(x - 3.2)}" y="${c(y - 3.2)}" width="6.4" height="6.4" ${fill}/>`;
    case 2:
      return `<path d="M${c(x)} ${c(y - 4.2)}l4 7h-8z" ${fill}/>`;
    default:
      return `<path d="M${c(x)} ${c(y - 4.5)}l4.5 4.5l-4.5 4.5l-4.5 -4.5z" ${fill}/>`;
  }
}

function panelSvg(panel: Panel, left: number, top: number): string {
  const finite = panel.series.map(({ points }) =>
    points.filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y))
  );
  const all = finite.flat();
  const yTicks = niceTicks(Math.max(0, ...all.map(({ y }) => y)));
  const xs = [...new Set(all.map(({ x }) => x))].sort((a, b) => a - b);
  const place = panel.doubling ? Math.log2 : (x: number) => x;
  const from = panel.doubling ? place(xs[0] ?? 1) : 0, to = place(xs.at(-1) ?? 1);
  const width = WIDTH - PLOT.left - PLOT.right, height = HEIGHT - PLOT.top - PLOT.bottom;
  const px = (x: number) => PLOT.left + (to > from ? (place(x) - from) / (to - from) : 0.5) * width;
  const py = (y: number) => PLOT.top + height - y / yTicks.at(-1)! * height;
  const parts = [
    `<text x="${PLOT.left}" y="18" class="title">${escape(panel.title)}</text>`,
    ...yTicks.map((tick) =>
      `<path d="M${PLOT.left} ${c(py(tick))}h${width}" class="grid"/>` +
      `<text x="${PLOT.left - 6}" y="${c(py(tick) + 4)}" text-anchor="end">${tick}</text>`
    ),
    ...(panel.doubling ? xs : niceTicks(to).filter((tick) => tick <= to)).map((tick) =>
      `<text x="${c(px(tick))}" y="${PLOT.top + height + 16}" text-anchor="middle">${tick}</text>`
    ),
    `<text x="${PLOT.left + width / 2}" y="${HEIGHT - 8}" text-anchor="middle">${
      escape(panel.xLabel)
    }</text>`,
    `<text transform="translate(12 ${PLOT.top + height / 2}) rotate(-90)" text-anchor="middle">${
      escape(panel.yLabel)
    }</text>`,
    ...finite.map((points, index) => {
      const line = points.map(({ x, y }, i) => `${i ? "L" : "M"}${c(px(x))} ${c(py(y))}`).join("");
      return `<path d="${line}" fill="none" stroke="${COLOURS[index % COLOURS.length]}" stroke-width="2"/>` +
        points.map(({ x, y }) => mark(index, px(x), py(y))).join("");
    }),
  ];
  return `<g transform="translate(${left} ${top})">\n${parts.join("\n")}\n</g>`;
}

/**
 * Draws panels in rows. All panels have the same series in the same order.
 *
 * @param columns Panels in a row.
 * @param note One line below.
 */
export function lineCharts(panels: readonly Panel[], columns: number, title: string, note: string): string {
  const width = WIDTH * columns,
    height = LEGEND_HEIGHT + HEIGHT * Math.ceil(panels.length / columns) + FOOT_HEIGHT;
  const names = panels[0]?.series.map(({ name }) => name) ?? [];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${escape(title)}</title>`,
    "<style>text{font:11px system-ui,sans-serif;fill:#333}.title{font-weight:600;font-size:12px}.grid{stroke:#ddd}</style>",
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    ...names.map((name, i) =>
      mark(i, 62 + i * 120, 18) + `<text x="${72 + i * 120}" y="22">${escape(name)}</text>`
    ),
    ...panels.map((panel, i) =>
      panelSvg(panel, i % columns * WIDTH, LEGEND_HEIGHT + Math.floor(i / columns) * HEIGHT)
    ),
    `<text x="${PLOT.left}" y="${height - 9}">${escape(note)}</text>`,
    "</svg>\n",
  ].join("\n");
}
