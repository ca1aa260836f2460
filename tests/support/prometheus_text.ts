/**
 * Reads Prometheus' text format, to compare what a server tells with what is known.
 *
 * @module
 */

/** One line. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const ESCAPES: Readonly<Record<string, string>> = { "\\\\": "\\", '\\"': '"', "\\n": "\n" };

/** All samples. @throws {Error} A line is none. */
export function samplesOf(text: string): Sample[] {
  return text.split("\n").filter((line) => line !== "" && !line.startsWith("#")).map((line) => {
    const match = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/s.exec(line);
    if (!match) throw new Error(`No sample: ${line}`);
    const [, name = "", pairs = "", value = ""] = match;
    const labels = pairs.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"(?:,|$)/gs).map(([, label, escaped]) =>
      [label!, escaped!.replaceAll(/\\[\\"n]/g, (escape) => ESCAPES[escape]!)] as const
    );
    return { name, labels: Object.fromEntries(labels), value: value === "+Inf" ? Infinity : Number(value) };
  });
}

/** The sample with these labels; 0 where there is none, as a counter that has not begun. */
export function sampleOf(text: string, name: string, labels: Readonly<Record<string, string>> = {}): number {
  const wanted = Object.entries(labels);
  const found = samplesOf(text).filter((sample) =>
    sample.name === name && wanted.every(([label, value]) => sample.labels[label] === value)
  );
  return found.reduce((sum, { value }) => sum + value, 0);
}
