/**
 * Counters, gauges and histograms, and their text for Prometheus (exposition format 0.0.4).
 *
 * ```ts ignore
 * const registry = new MetricsRegistry();
 * const served = registry.counter("pages_served_total", "Pages served", ["result"]);
 * served.with("ok").add();
 * registry.text(); // # HELP pages_served_total Pages served …
 * ```
 *
 * Adding to a metric costs a few nanoseconds: look its label values up once, not at every event.
 *
 * @module
 */

import { atOnce } from "../core/in_turns.ts";

/** Most combinations of label values of one metric; what comes beyond counts together, as "other". */
const MOST_SERIES = 100;

/** What values beyond {@linkcode MOST_SERIES} are called. */
const OTHER = "other";

/** Content-Type of {@linkcode MetricsRegistry.text}. */
export const METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** A number that only rises. */
export class Counter {
  #value = 0;

  get value(): number {
    return this.#value;
  }

  /** @throws {RangeError} `amount` is negative or no number: counters never fall. */
  add(amount = 1): void {
    if (!(amount >= 0)) throw new RangeError(`Cannot add ${amount} to a counter: it never falls`);
    this.#value += amount;
  }
}

/** A number that rises and falls. */
export class Gauge {
  value = 0;

  add(amount: number): void {
    this.value += amount;
  }
}

/** How many values there were up to each of some bounds. */
export class Histogram {
  /** Upper bounds, rising; one more bucket without a bound follows. */
  readonly bounds: readonly number[];
  readonly #counts: Float64Array;
  #sum = 0;

  /** @throws {RangeError} The bounds do not rise. */
  constructor(bounds: readonly number[]) {
    if (bounds.some((bound, at) => !Number.isFinite(bound) || (at > 0 && bound <= bounds[at - 1]!))) {
      throw new RangeError(`Cannot use bounds ${bounds.join(", ")}: they must be numbers that rise`);
    }
    this.bounds = bounds;
    this.#counts = new Float64Array(bounds.length + 1);
  }

  /** Values in each bucket, those of lower ones not counted in. */
  get counts(): readonly number[] {
    return [...this.#counts];
  }

  get sum(): number {
    return this.#sum;
  }

  get count(): number {
    return this.#counts.reduce((sum, count) => sum + count, 0);
  }

  observe(value: number): void {
    const { bounds } = this;
    let at = 0;
    while (at < bounds.length && value > bounds[at]!) at++;
    this.#counts[at]!++;
    this.#sum += value;
  }
}

type Kind = "counter" | "gauge" | "histogram";
type Metric = Counter | Gauge | Histogram;

/** A metric by its label values. */
export interface Labelled<M> {
  /** The one with these values, made at the first call. In the order of the label names. */
  with(...values: string[]): M;
}

/** One combination of label values. */
interface Series<M> {
  /** As they stand in the text, in braces; "" where there are none. */
  readonly labels: string;
  readonly metric: M;
}

/** All series of one name. */
class Family<M extends Metric> implements Labelled<M> {
  readonly series = new Map<string, Series<M>>();
  readonly name: string;
  readonly help: string;
  readonly kind: Kind;
  readonly labels: readonly string[];
  readonly #make: () => M;

  constructor(kind: Kind, name: string, help: string, labels: readonly string[], make: () => M) {
    this.kind = kind;
    this.name = name;
    this.help = help;
    this.labels = labels;
    this.#make = make;
  }

  with(...values: string[]): M {
    if (values.length !== this.labels.length) {
      throw new TypeError(
        `Cannot label ${this.name} with ${values.length} values: it has ${this.labels.length} labels`,
      );
    }
    const key = values.join("\0");
    const known = this.series.get(key);
    if (known) return known.metric;
    if (this.series.size >= MOST_SERIES && values.some((value) => value !== OTHER)) {
      return this.with(...values.map(() => OTHER));
    }
    const metric = this.#make();
    const pairs = this.labels.map((label, at) => `${label}="${escapeValue(values[at]!)}"`);
    this.series.set(key, { labels: pairs.length > 0 ? `{${pairs.join(",")}}` : "", metric });
    return metric;
  }
}

/** Metrics by name. */
export class MetricsRegistry {
  readonly #families = new Map<string, Family<Metric>>();
  readonly #collectors: (() => void)[] = [];

  /** A counter without labels. Its name ends in `_total`. @throws {TypeError} The name is wrong or taken. */
  counter(name: string, help: string): Counter;
  /** Counters, one for each combination of label values. */
  counter(name: string, help: string, labels: readonly string[]): Labelled<Counter>;
  counter(name: string, help: string, labels: readonly string[] = []): Counter | Labelled<Counter> {
    if (!name.endsWith("_total")) throw new TypeError(`Cannot call a counter ${name}: it must end in _total`);
    return this.#add(new Family("counter", name, help, labels, () => new Counter()));
  }

  /** A gauge without labels. @throws {TypeError} The name is wrong or taken. */
  gauge(name: string, help: string): Gauge;
  /** Gauges, one for each combination of label values. */
  gauge(name: string, help: string, labels: readonly string[]): Labelled<Gauge>;
  gauge(name: string, help: string, labels: readonly string[] = []): Gauge | Labelled<Gauge> {
    return this.#add(new Family("gauge", name, help, labels, () => new Gauge()));
  }

  /** A histogram. @param bounds Upper bounds of its buckets, rising. @throws {TypeError} The name is wrong or taken. */
  histogram(name: string, help: string, bounds: readonly number[]): Histogram {
    const family = new Family("histogram", name, help, [], () => new Histogram(bounds));
    return this.#add(family) as Histogram;
  }

  /** A number that is asked for whenever the text is made; left out while it is `undefined`. */
  measured(kind: "counter" | "gauge", name: string, help: string, measure: () => number | undefined): void {
    const family = new Family(kind, name, help, [], () => new Gauge());
    this.#add(family, false);
    this.#collectors.push(() => {
      const value = measure();
      if (value === undefined) family.series.clear();
      else family.with().value = value;
    });
  }

  /** Everything, as Prometheus reads it. */
  text(): string {
    return atOnce(this.rendering());
  }

  /** As {@linkcode text}, in steps of one metric each. All values are those that there are in the first step. */
  *rendering(): Generator<void, string> {
    for (const collect of this.#collectors) collect();
    const snapshots = this.#families.values().map(snapshotOf).toArray();
    const texts: string[] = [];
    for (const snapshot of snapshots) {
      yield;
      texts.push(textOf(snapshot));
    }
    return texts.join("");
  }

  #add<M extends Metric>(family: Family<M>, begun = true): M | Labelled<M> {
    const { name, labels } = family;
    if (!/^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(name)) throw new TypeError(`Cannot call a metric "${name}"`);
    if (this.#families.has(name)) throw new TypeError(`Cannot have two metrics ${name}`);
    const wrong = labels.find((label) => !/^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/.test(label) || label === "le");
    if (wrong !== undefined) throw new TypeError(`Cannot call a label of ${name} "${wrong}"`);
    this.#families.set(name, family as unknown as Family<Metric>);
    if (labels.length > 0) return family;
    // A metric without labels is there from the start, as 0: what rises from nothing is not seen to rise.
    return begun ? family.with() : family;
  }
}

type Buckets = Pick<Histogram, "bounds" | "counts" | "sum">;

/** What a metric has come to. */
type Values = { readonly value: number } | Buckets;

/** A family at one moment. */
interface Snapshot extends Pick<Family<Metric>, "name" | "help" | "kind"> {
  readonly series: readonly { readonly labels: string; readonly values: Values }[];
}

function snapshotOf({ name, help, kind, series }: Family<Metric>): Snapshot {
  return {
    name,
    help,
    kind,
    series: Array.from(series.values(), ({ labels, metric }) => ({ labels, values: valuesOf(metric) })),
  };
}

function valuesOf(metric: Metric): Values {
  if (!(metric instanceof Histogram)) return { value: metric.value };
  const { bounds, counts, sum } = metric;
  return { bounds, counts, sum };
}

function textOf({ name, help, kind, series }: Snapshot): string {
  if (series.length === 0) return "";
  const lines = [
    `# HELP ${name} ${help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n")}`,
    `# TYPE ${name} ${kind}`,
  ];
  for (const { labels, values } of series) {
    if ("value" in values) lines.push(`${name}${labels} ${numberText(values.value)}`);
    else lines.push(...bucketLines(name, values));
  }
  return `${lines.join("\n")}\n`;
}

/** Buckets count what is in the lower ones, too. Histograms have no labels of their own. */
function bucketLines(name: string, { bounds, counts, sum }: Buckets): string[] {
  let below = 0;
  const lines = counts.map((count, at) => {
    below += count;
    return `${name}_bucket{le="${numberText(bounds[at] ?? Infinity)}"} ${below}`;
  });
  return [...lines, `${name}_sum ${numberText(sum)}`, `${name}_count ${below}`];
}

function escapeValue(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}

function numberText(value: number): string {
  if (value === Infinity) return "+Inf";
  return value === -Infinity ? "-Inf" : String(value);
}
