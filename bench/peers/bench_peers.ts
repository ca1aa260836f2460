/**
 * `deno task bench:peers`: Porthole and other VNC servers take turns on one X server, with the same drawing and the same
 * viewer. bench/README.md says how to read the results.
 *
 * @module
 */
import { describeMachine, write } from "./console.ts";
import { installMissing } from "./install.ts";
import type { KeySample, Sample } from "./measure.ts";
import { HELP, type Options, parseOptions } from "./options.ts";
import { figure, toMarkdown } from "./report.ts";
import type { Repeated, Results } from "./results.ts";
import { runAll } from "./run.ts";
import { Screen } from "./screen.ts";

/** The screen of all measurements but those of growth. */
const SIZE = { width: 1920, height: 1080 };

const progress = (line: string) => write(Deno.stderr, `${line}\n`);

function describe(sample: Sample): string {
  const {
    server,
    case: name,
    viewers,
    linked,
    fps,
    cpuPerFrame,
    kilobytesPerSecond,
    latencyP50,
    latencyP99,
  } = sample;
  const what = `${name}${viewers > 1 ? ` x${viewers}` : ""}${linked ? " linked" : ""}`;
  return `${server.padEnd(12)} ${what.padEnd(16)} ${figure(cpuPerFrame)} ms, ${
    figure(kilobytesPerSecond)
  } KB/s, ` +
    `${figure(latencyP50)} / ${figure(latencyP99)} ms, ${figure(fps)} fps`;
}

async function run(options: Options, command: string): Promise<Results> {
  const samples: Repeated<Sample>[] = [], keys: Repeated<KeySample>[] = [];
  const date = new Date().toISOString().slice(0, 16).replace("T", " ") + " UTC";
  await using screen = await Screen.start(SIZE);
  await runAll(options, screen, {
    sample(sample) {
      samples.push(sample);
      progress(describe(sample));
    },
    keys(sample) {
      keys.push(sample);
      const { server, workload, linked, keyP50, keyP99, lost, fps } = sample;
      const what = `keys ${workload}${linked ? " linked" : ""}`;
      progress(
        `${server.padEnd(12)} ${what.padEnd(16)} ${figure(keyP50)} / ${figure(keyP99)} ms, ${lost} lost, ${
          figure(fps)
        } fps`,
      );
    },
    failed(server, what, error) {
      progress(`${server.padEnd(12)} ${what} FAILED: ${error instanceof Error ? error.message : error}`);
    },
  });
  return { date, command, machine: describeMachine(), seconds: options.seconds, samples, keys };
}

async function main(args: readonly string[]): Promise<number> {
  let options: Options | undefined;
  try {
    options = parseOptions(args);
  } catch (error) {
    progress(error instanceof Error ? error.message : String(error));
    return 2;
  }
  if (!options) {
    write(Deno.stdout, HELP);
    return 0;
  }
  await installMissing(options.servers.includes("xvnc"));
  const results = await run(options, ["deno task bench:peers", ...args].join(" "));
  const markdown = toMarkdown(results);
  write(Deno.stdout, markdown);
  if (options.markdown !== undefined) Deno.writeTextFileSync(options.markdown, markdown);
  if (options.json !== undefined) {
    Deno.writeTextFileSync(options.json, JSON.stringify(results, null, 1) + "\n");
  }
  return 0;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
