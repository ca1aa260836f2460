/**
 * Tries cases of one target, looks for what breaks, and makes what it finds as small as it can.
 *
 * @module
 */
import { cpuUsage } from "node:process";
import { setImmediate } from "node:timers";
import { withTimeout } from "../support/rfb/wire.ts";
import { type Random, randomOf } from "./mutations.ts";
import type { FuzzTarget, OpenTarget } from "./target.ts";

/** How much, and which. */
export interface RunOptions {
  readonly seed: number;
  readonly seconds: number;
  readonly cases: number;
  /** When no case has ended for so long, in ms, those under way never will; 20 s by default. */
  readonly patienceMs?: number;
}

/** What came of it. */
export interface RunReport {
  readonly target: string;
  readonly cases: number;
  readonly seconds: number;
  /** Of the processor; less than `seconds` on a machine that others use, too. */
  readonly cpuSeconds: number;
  /** The slowest case, in ms: waiting for others among it. */
  readonly slowestMs: number;
  /** Growth of what is in memory from after the first fifth to the end, in bytes; not there without --expose-gc. */
  readonly growth: number | undefined;
}

/** A case that broke something. */
export class Find extends Error {
  override readonly name = "Find";
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array, cause: unknown) {
    super(cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause), { cause });
    this.bytes = bytes;
  }
}

/** On a busy machine each case may take its time, but some end. */
const PATIENCE_MS = 20_000;
/** What is found is made smaller for so long, in ms. */
const MINIMISING_MS = 5000;
/** Between looks at the clock, and at what others have to say, in ms. */
const MS_PER_LOOK = 5;
/** Between looks beside the cases. */
const CASES_PER_CHECK = 512;
/** What may be in memory at the end that was not before, in bytes: caches and the like. */
const MOST_GROWTH = 32 * 1024 * 1024;
/** Cases that are suspected when something breaks that belongs to none. */
const SUSPECTS = 64;

/**
 * Runs one target.
 *
 * @throws {Find} Something broke: the case is the smallest that still does it.
 * @throws {Error} Memory grows.
 */
export async function runTarget(
  target: FuzzTarget,
  { seed, seconds, cases, patienceMs = PATIENCE_MS }: RunOptions,
): Promise<RunReport> {
  await using open = await target.open();
  try {
    return await new Run(target, open, randomOf(seed), patienceMs).go(seconds, cases);
  } catch (error) {
    if (error instanceof Find) throw new Find(await minimise(open, error.bytes, patienceMs), error.cause);
    throw error;
  }
}

/** Tries one case by itself. @throws {Find} It breaks something, or takes longer than `patienceMs`. */
export async function tryCase(
  open: OpenTarget,
  bytes: Uint8Array,
  patienceMs: number = PATIENCE_MS,
): Promise<void> {
  using stray = new StrayErrors();
  try {
    await withTimeout(
      Promise.try(() => open.attempt(bytes)),
      patienceMs,
      () => `It takes longer than ${patienceMs} ms`,
    );
    await open.check?.();
    await turns();
    stray.check();
  } catch (error) {
    throw new Find(bytes, error);
  }
}

class Run {
  readonly #target: FuzzTarget;
  readonly #open: OpenTarget;
  readonly #random: Random;
  readonly #patienceMs: number;
  readonly #recent: Uint8Array[] = [];
  readonly #underWay = new Map<number, Uint8Array>();
  #lastEnd = performance.now();
  #done = 0;
  #begun = 0;
  #slowestMs = 0;
  #failure: Find | undefined;
  #memory: number | undefined;

  constructor(target: FuzzTarget, open: OpenTarget, random: Random, patienceMs: number) {
    this.#patienceMs = patienceMs;
    this.#target = target;
    this.#open = open;
    this.#random = random;
  }

  async go(seconds: number, cases: number): Promise<RunReport> {
    using stray = new StrayErrors();
    const began = performance.now();
    const { user, system } = cpuUsage();
    const elapsed = () => (performance.now() - began) / 1000;
    while (!this.#failure && this.#done < cases && elapsed() < seconds) {
      const batch = Math.min(CASES_PER_CHECK, cases - this.#done);
      await this.#batch(batch, () => elapsed() < seconds);
      if (this.#failure) break;
      try {
        await this.#open.check?.();
        stray.check();
      } catch (error) {
        throw await this.#suspect(error);
      }
      if (this.#memory === undefined && (elapsed() > seconds / 5 || this.#done > cases / 5)) {
        this.#memory = memoryUsed();
      }
    }
    if (this.#failure) throw this.#failure;
    const growth = this.#memory === undefined ? undefined : memoryUsed()! - this.#memory;
    if (growth !== undefined && growth > MOST_GROWTH) {
      throw new Error(`${this.#target.name}: memory has grown by ${growth} bytes in ${this.#done} cases`);
    }
    return {
      target: this.#target.name,
      cases: this.#done * (this.#target.perCase ?? 1),
      seconds: elapsed(),
      cpuSeconds: (cpuUsage().user + cpuUsage().system - user - system) / 1e6,
      slowestMs: this.#slowestMs,
      growth,
    };
  }

  async #batch(count: number, goesOn: () => boolean): Promise<void> {
    const { atOnce = 1 } = this.#target;
    let left = count;
    let nextLook = 0;
    const watch = setInterval(() => this.#findStuck(), 1000);
    const work = async () => {
      while (left > 0 && !this.#failure) {
        left--;
        const trying = this.#one();
        if (trying) await trying;
        const now = performance.now();
        if (now < nextLook) continue;
        if (!goesOn()) left = 0;
        await new Promise((resolve) => setImmediate(resolve));
        nextLook = now + MS_PER_LOOK;
      }
    };
    const stuck = Promise.withResolvers<void>();
    this.#giveUp = stuck.resolve;
    try {
      await Promise.race([Promise.all(Array.from({ length: atOnce }, work)), stuck.promise]);
    } finally {
      clearInterval(watch);
    }
  }

  #giveUp: () => void = () => {};

  /** One case; waits only for those that do. */
  #one(): Promise<void> | undefined {
    const bytes = this.#open.make(this.#random);
    const number = this.#begun++;
    const began = performance.now();
    this.#recent[number % SUSPECTS] = bytes;
    try {
      const trying = this.#open.attempt(bytes);
      if (!trying) return void this.#ended(began);
      this.#underWay.set(number, bytes);
      return trying.then(
        () => this.#ended(began),
        (error) => void (this.#failure ??= new Find(bytes, error)),
      ).finally(() => this.#underWay.delete(number));
    } catch (error) {
      this.#failure ??= new Find(bytes, error);
      return undefined;
    }
  }

  #ended(began: number): void {
    this.#done++;
    this.#lastEnd = performance.now();
    const ms = this.#lastEnd - began;
    if (ms > this.#slowestMs) this.#slowestMs = ms;
  }

  #findStuck(): void {
    if (performance.now() - this.#lastEnd < this.#patienceMs) return;
    for (const bytes of this.#underWay.values()) {
      this.#failure ??= new Find(bytes, new Error(`It takes longer than ${this.#patienceMs} ms`));
      this.#giveUp();
    }
  }

  /** Which of the last cases it was that broke something beside them. */
  async #suspect(error: unknown): Promise<Find> {
    await turns(); // more of the same may be on its way
    for (const bytes of this.#recent) {
      try {
        await tryCase(this.#open, bytes);
      } catch (found) {
        return found as Find;
      }
    }
    // None does it alone.
    return new Find(this.#recent.at((this.#begun - 1) % SUSPECTS)!, error);
  }
}

/** Lets what a case has left behind come to light. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** Notes what nobody has caught. */
class StrayErrors implements Disposable {
  #found: unknown;
  readonly #note = (event: Event) => {
    event.preventDefault();
    this.#found ??= event instanceof PromiseRejectionEvent ? event.reason : (event as ErrorEvent).error;
  };

  constructor() {
    globalThis.addEventListener("unhandledrejection", this.#note);
    globalThis.addEventListener("error", this.#note);
  }

  check(): void {
    const found = this.#found;
    this.#found = undefined;
    if (found !== undefined) throw new Error(`Nobody has caught this: ${found}`, { cause: found });
  }

  [Symbol.dispose](): void {
    globalThis.removeEventListener("unhandledrejection", this.#note);
    globalThis.removeEventListener("error", this.#note);
  }
}

/** Leaves out parts, and puts 0 in place of bytes, as long as it still breaks; for some seconds at most. */
export async function minimise(
  open: OpenTarget,
  found: Uint8Array,
  patienceMs: number = PATIENCE_MS,
): Promise<Uint8Array> {
  const until = performance.now() + MINIMISING_MS;
  const breaks = async (bytes: Uint8Array) => {
    try {
      await tryCase(open, bytes, patienceMs);
      return false;
    } catch {
      return true;
    }
  };
  if (!await breaks(found)) return found; // it needs company
  let bytes = found;
  for (let size = bytes.length >> 1; size >= 1; size >>= 1) {
    for (let at = 0; at < bytes.length && performance.now() < until;) {
      const less = Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(at + size)]);
      if (await breaks(less)) bytes = less;
      else at += size;
    }
  }
  for (let at = 0; at < bytes.length && performance.now() < until; at++) {
    if (bytes[at] === 0) continue;
    const plain = bytes.slice();
    plain[at] = 0;
    if (await breaks(plain)) bytes = plain;
  }
  return bytes;
}

function memoryUsed(): number | undefined {
  const { gc } = globalThis as { gc?: () => void };
  if (!gc) return undefined;
  gc();
  const { heapUsed, external } = Deno.memoryUsage();
  return heapUsed + external;
}
