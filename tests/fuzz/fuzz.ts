/**
 * Mutated bytes for everything that reads bytes of others:
 *
 *     deno task fuzz [--seconds N] [--seed N] [--cases N] [--target NAME]
 *
 * Takes two minutes by default, shared among the targets; `--cases` bounds each of them. Everything runs in this process and
 * without sockets. What breaks something is made as small as it can be, kept in tests/fuzz/corpus/TARGET, and tried again by
 * every test run from then on.
 *
 * @module
 */
import { randomOf } from "./mutations.ts";
import { Find, type RunReport, runTarget, tryCase } from "./runner.ts";
import type { FuzzTarget } from "./target.ts";
import { TARGETS } from "./targets/registry.ts";

/** How much, and which. */
export interface FuzzOptions {
  readonly seed: number;
  /** Of all targets together. */
  readonly seconds: number;
  /** Of each target, at most. */
  readonly cases: number;
  readonly targets?: readonly FuzzTarget[];
  /** Told after each target. */
  report?(report: RunReport): void;
}

const CORPUS = new URL("./corpus/", import.meta.url);

/** Runs all targets, one after another. @throws {Find} Something broke; the case is in the corpus. */
export async function fuzz(options: FuzzOptions): Promise<RunReport[]> {
  const { seed, seconds, cases, targets = TARGETS } = options;
  const shares = targets.reduce((sum, { share }) => sum + share, 0);
  const seeds = randomOf(seed);
  const reports: RunReport[] = [];
  for (const target of targets) {
    const own = Math.floor(seeds() * 2 ** 32);
    try {
      const run = { seed: own, seconds: seconds * target.share / shares, cases };
      const report = await runTarget(target, run);
      reports.push(report);
      options.report?.(report);
    } catch (error) {
      if (error instanceof Find) {
        error.message = `${target.name}: ${error.message}; kept as ${await keep(target, error.bytes)}`;
      }
      throw error;
    }
  }
  return reports;
}

/** Tries what once broke a target again. @returns How many cases that were. @throws {Find} One does again. */
export async function replay(target: FuzzTarget): Promise<number> {
  const cases = await readCorpus(target);
  if (cases.length === 0) return 0;
  await using open = await target.open();
  for (const bytes of cases) await tryCase(open, bytes);
  return cases.length;
}

function folderOf({ name }: FuzzTarget): URL {
  return new URL(`${name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "_").replace(/_$/, "")}/`, CORPUS);
}

async function readCorpus(target: FuzzTarget): Promise<Uint8Array[]> {
  const folder = folderOf(target);
  try {
    const names = Array.from(Deno.readDirSync(folder), ({ name }) => name).sort();
    return await Promise.all(names.map((name) => Deno.readFile(new URL(name, folder))));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

async function keep(target: FuzzTarget, bytes: Uint8Array): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes.slice()));
  const file = new URL(`${digest.subarray(0, 8).toHex()}.bin`, folderOf(target));
  await Deno.mkdir(folderOf(target), { recursive: true });
  await Deno.writeFile(file, bytes);
  return file.pathname;
}

/** One line of the report. */
export function lineOf({ target, cases, seconds, cpuSeconds, slowestMs, growth }: RunReport): string {
  const number = (value: number, width: number) => Math.round(value).toLocaleString("en").padStart(width);
  const memory = growth === undefined ? "" : `, memory ${(growth / (1 << 20)).toFixed(1)} MiB`;
  const rates = `${number(cases / seconds, 7)}/s (${number(cases / cpuSeconds, 7)}/s of processor)`;
  return `${target.padEnd(26)} ${number(cases, 9)} in ${number(seconds, 4)} s: ${rates}, slowest ${
    number(slowestMs, 5)
  } ms${memory}`;
}

if (import.meta.main) {
  const given = (name: string) => {
    const at = Deno.args.indexOf(`--${name}`);
    return at < 0 ? undefined : Deno.args[at + 1];
  };
  const wanted = given("target")?.toLowerCase();
  const targets = TARGETS.filter(({ name }) => wanted === undefined || name.toLowerCase().includes(wanted));
  const say = (line: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
  const seed = Number(given("seed") ?? 1);
  const reports = await fuzz({
    seed,
    seconds: Number(given("seconds") ?? 120),
    cases: Number(given("cases") ?? Infinity),
    targets,
    report: (report) => say(lineOf(report)),
  });
  const cases = reports.reduce((sum, report) => sum + report.cases, 0);
  const seconds = reports.reduce((sum, report) => sum + report.seconds, 0);
  say(`${cases.toLocaleString("en")} cases in ${seconds.toFixed(0)} s, seed ${seed}: nothing broke`);
}
