/**
 * Checks the public API's documentation (`deno task check:docs`): `deno doc --lint`, with two things taken out. Members
 * of documented things may speak for themselves by name and type (CONTRIBUTING.md: a docstring says what the type
 * cannot), and the types of npm packages are not ours.
 *
 * @module
 */

const ENTRIES = ["lib/mod.ts", "lib/cli/mod.ts"];

/** One complaint of `deno doc --lint`. */
interface Complaint {
  readonly rule: string;
  readonly text: string;
  /** Path, line and column. */
  readonly place: string;
  /** The line of the source. */
  readonly line: string;
}

/** Reads complaints from what `deno doc --lint` prints. */
function complaintsOf(printed: string): Complaint[] {
  const blocks = printed.matchAll(
    /^error\[([\w-]+)\]: (.*)\n\s*--> (\S+)\n\s*\|?\s*\n?\s*\d+ \| ?(.*)$/gm,
  );
  return Array.from(blocks, ([, rule, text, place, line]) => ({ rule, text, place, line }) as Complaint);
}

/** Whether a complaint counts: see above. */
function counts({ rule, place, line }: Complaint): boolean {
  if (!place.includes("/lib/") || place.includes("/npm/")) return false;
  // A type of a package that is imported as a whole, as `v` is.
  if (rule === "private-type-ref" && /\bv\.[A-Z]/.test(line)) return false;
  const companion = /^export type (\w+) = typeof \1\[/.test(line); // of a constant object, documented there
  return rule !== "missing-jsdoc" || (line.startsWith("export") && !companion);
}

if (import.meta.main) {
  const root = new URL("../", import.meta.url);
  const { stderr, stdout, code } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--lint", ...ENTRIES],
    cwd: root,
    env: { NO_COLOR: "1" },
  }).output();
  const printed = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  const complaints = complaintsOf(printed);
  const found = complaints.filter(counts);
  const say = (line: string) => Deno.stderr.writeSync(new TextEncoder().encode(`${line}\n`));
  for (const { rule, text, place } of found) say(`${place}: ${text} (${rule})`);
  // Nothing understood of a failure is a failure too.
  const broken = code !== 0 && complaints.length === 0;
  if (broken) say(printed);
  Deno.exit(found.length > 0 || broken ? 1 : 0);
}
