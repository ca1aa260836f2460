/**
 * `deno task bench:growth`: measures how cost grows with viewers, screen and changed area, and draws docs/growth.svg;
 * the numbers are beside it in docs/growth.json.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { describeMachine, write } from "./console.ts";
import { type Dimension, growthPanels, type GrowthPoint, measureGrowth } from "./growth.ts";
import { installMissing } from "./install.ts";
import { lineCharts } from "./line_chart.ts";
import { figure } from "./report.ts";
import { serverKinds } from "./servers.ts";

const HELP = `Measures how cost grows with viewers, screen and changed area.

  deno task bench:growth [OPTION...]

  --dimensions LIST  of viewers,screen,area [all]
  --servers LIST     [porthole,x0vncserver,x11vnc]
  --reps N           [1]
  --seconds N        that count, of one measurement [3]
  --porthole PATH    a compiled Porthole; otherwise this source by "deno run"
  --out PATH         without ending; PATH.svg and PATH.json are written [docs/growth]
`;

async function main(args: readonly string[]): Promise<number> {
  const text = { type: "string" } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      dimensions: { ...text, default: "viewers,screen,area" },
      servers: { ...text, default: "porthole,x0vncserver,x11vnc" },
      reps: { ...text, default: "1" },
      seconds: { ...text, default: "3" },
      out: { ...text, default: new URL("../../docs/growth", import.meta.url).pathname },
      porthole: text,
      help: { type: "boolean" },
    },
  });
  if (values.help) {
    write(Deno.stdout, HELP);
    return 0;
  }
  await installMissing(false);
  const kinds = serverKinds(values.porthole);
  const servers = values.servers.split(",").map((name) => {
    const kind = kinds.get(name);
    if (!kind || kind.ownsDisplay) throw new TypeError(`--servers: "${name}" cannot be measured`);
    return kind;
  });
  const points: GrowthPoint[] = [];
  const options = {
    dimensions: values.dimensions.split(",") as Dimension[],
    reps: Number(values.reps),
    seconds: Number(values.seconds),
  };
  const say = (line: string) => write(Deno.stderr, `${line}\n`);
  await measureGrowth(
    servers,
    options,
    (point) => {
      points.push(point);
      const { dimension, server, x, cpuPerFrame, residentMegabytes, fps } = point;
      say(
        `${dimension.padEnd(8)} ${figure(x).padEnd(6)} ${server.padEnd(12)} ${figure(cpuPerFrame)} ms, ` +
          `${figure(residentMegabytes)} MB, ${figure(fps)} fps`,
      );
    },
    (server, what, error) =>
      say(`${server} ${what} FAILED: ${error instanceof Error ? error.message : error}`),
  );

  const command = ["deno task bench:growth", ...args].join(" ");
  const date = new Date().toISOString().slice(0, 10);
  const machine = describeMachine();
  const note = `${date}, ${command}; ${machine.cores} cores of ${machine.processor}`;
  const panels = growthPanels(points);
  const columns = new Set(points.map(({ dimension }) => dimension)).size;
  Deno.writeTextFileSync(`${values.out}.svg`, lineCharts(panels, columns, "How cost grows", note));
  Deno.writeTextFileSync(
    `${values.out}.json`,
    JSON.stringify({ date, command, machine, points }, null, 1) + "\n",
  );
  return 0;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
