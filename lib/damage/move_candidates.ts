/**
 * How far something may have moved, read out of the pixels. Guesses: whoever uses them has to verify.
 *
 * Scrolls: pieces of rows (or columns) keep their pixels and change their place; each piece that is found again, and
 * only once, votes for a distance. Drags in two dimensions: a few striking rows of pixels are looked for everywhere.
 *
 * @module
 */
import type { FrameMemory } from "../core/frame_memory.ts";
import type { Rect, Size } from "../core/geometry.ts";
import type { Kernels } from "../kernels/kernels.ts";
import type { Delta, PicturePair } from "./match_grid.ts";

/** Rows vote in pieces of so many pixels, columns in pieces of so many rows. */
const SPAN = 64;

/** Lines are known by themselves and the ones behind them: alone, too many look like others. */
const CONTEXT = 4;

/** Pieces per line that vote, spread over the area: more make the result no surer. */
const MOST_VOTERS = 8;

/** Votes below this are chance. */
const LEAST_VOTES = 6;

/** So many of the lines, in all, for one distance, and nobody else has to vote. */
const CLEAR_PART = 1 / 2;

/** The strongest distances that are looked into, per direction. */
const MOST_CANDIDATES = 2;

/** A probe has so many pixels, of at least so many colours. */
const PROBE_LENGTH = 24;
const PROBE_COLOURS = 5;

/** A probe that stands at more than one place says nothing, so that it is enough to know of a second one. */
const MOST_PLACES = 2;

/** Probes per area. */
const PROBES = 4;

/** One in so many voters and probes is asked where a glance has to do; others the next time. */
const GLANCE_STEP = 4;

/** Works out candidates for one screen; keeps its memory, in which kernels are fast, from one call to the next. */
export class MoveCandidates implements Disposable {
  readonly #kernels: Kernels;
  readonly #memory: FrameMemory;
  readonly #piece: Uint8Array;
  readonly #now: Uint32Array;
  readonly #before: Uint32Array;
  readonly #found: Uint32Array;

  constructor(screen: Size, kernels: Kernels, memory: FrameMemory) {
    const most = Math.max(screen.width, screen.height);
    this.#kernels = kernels;
    this.#memory = memory;
    this.#piece = memory.allocate((2 * most + MOST_PLACES * 2) * 4);
    const words = new Uint32Array(this.#piece.buffer, this.#piece.byteOffset, 2 * most + MOST_PLACES * 2);
    this.#now = words.subarray(0, most);
    this.#before = words.subarray(most, 2 * most);
    this.#found = words.subarray(2 * most);
  }

  /**
   * Distances of vertical scrolls in `area`, the likeliest first.
   *
   * @param glance For less than a full search: its number, as each looks at other pieces.
   */
  vertical({ now, before }: PicturePair, area: Rect, glance?: number): Delta[] {
    if (area.height < 2 * CONTEXT) return [];
    const votes = new Votes(area.height);
    for (const left of asked(voters(area.x, area.width), glance)) {
      for (const [frame, hashes] of [[now, this.#now], [before, this.#before]] as const) {
        const offset = area.y * frame.stride + left;
        this.#kernels.spanHashes(frame.pixels, offset, frame.stride, SPAN, area.height, SPAN, hashes);
      }
      votes.count(this.#now, this.#before);
      if (votes.areClear) break;
    }
    return votes.best().map((dy) => ({ dx: 0, dy }));
  }

  /** Distances of horizontal scrolls in `area`, the likeliest first. @param glance As for {@linkcode vertical}. */
  horizontal({ now, before }: PicturePair, area: Rect, glance?: number): Delta[] {
    if (area.width < 2 * CONTEXT) return [];
    const votes = new Votes(area.width);
    for (const top of asked(voters(area.y, area.height), glance)) {
      for (const [frame, hashes] of [[now, this.#now], [before, this.#before]] as const) {
        const offset = top * frame.stride + area.x;
        this.#kernels.columnHashes(frame.pixels, offset, frame.stride, area.width, SPAN, hashes);
      }
      votes.count(this.#now, this.#before);
      if (votes.areClear) break;
    }
    return votes.best().map((dx) => ({ dx, dy: 0 }));
  }

  /**
   * Distances at which striking pieces of the new picture stood in the old one, both in `area`.
   *
   * @param glance As for {@linkcode vertical}.
   */
  anyDirection({ now, before }: PicturePair, area: Rect, glance?: number): Delta[] {
    const deltas = new Map<string, Delta>();
    for (const i of asked(EVERY_PROBE, glance)) {
      const y = area.y + Math.floor(area.height * (2 * i + 1) / (2 * PROBES));
      const x = strikingAt(now.pixels, y * now.stride, area.x, area.x + area.width);
      if (x === undefined) continue;
      const places = this.#kernels.findSpan(
        before.pixels,
        area.y * before.stride + area.x,
        before.stride,
        area.width,
        area.height,
        now.pixels,
        y * now.stride + x,
        PROBE_LENGTH,
        this.#found,
      );
      if (places !== 1) continue;
      const delta = { dx: x - area.x - this.#found[0]!, dy: y - area.y - this.#found[1]! };
      if (delta.dx !== 0 || delta.dy !== 0) deltas.set(`${delta.dx},${delta.dy}`, delta);
    }
    return [...deltas.values()];
  }

  [Symbol.dispose](): void {
    this.#memory.release(this.#piece);
  }
}

/** Counts, for every distance, how many lines were found that far away. */
class Votes {
  readonly #lines: number;
  readonly #votes: Int32Array;
  /** Lines of the old picture by hash, open addressing: a line plus 1, or 0. A `Map` would take ten times as long. */
  readonly #table: Int32Array;
  /** 1 where a line stands more than once, and says nothing. */
  readonly #repeated: Uint8Array;
  #most = 0;

  /** @param lines Rows or columns of the area. */
  constructor(lines: number) {
    this.#lines = lines;
    this.#votes = new Int32Array(2 * lines);
    this.#table = new Int32Array(2 << (32 - Math.clz32(lines)));
    this.#repeated = new Uint8Array(lines);
  }

  /** One piece of every line. Overwrites the hashes. */
  count(now: Uint32Array, before: Uint32Array): void {
    const lines = this.#lines - CONTEXT + 1;
    withContext(now, lines);
    withContext(before, lines);
    this.#table.fill(0);
    this.#repeated.fill(0);
    for (let line = 0; line < lines; line++) {
      const slot = this.#slotOf(before[line]!, before);
      const first = this.#table[slot]! - 1;
      if (first >= 0) this.#repeated[first] = 1;
      else this.#table[slot] = line + 1;
    }
    for (let line = 0; line < lines; line++) {
      if (now[line] === before[line]) continue;
      const place = this.#table[this.#slotOf(now[line]!, before)]! - 1;
      if (place < 0 || this.#repeated[place] === 1) continue;
      this.#most = Math.max(this.#most, ++this.#votes[line - place + this.#lines]!);
    }
  }

  /** Where the table has a hash, or has room for it: more than half of it is empty. */
  #slotOf(hash: number, before: Uint32Array): number {
    const last = this.#table.length - 1;
    let slot = (hash ^ hash >>> 16) & last;
    for (;; slot = (slot + 1) & last) {
      const entry = this.#table[slot]!;
      if (entry === 0 || before[entry - 1] === hash) return slot;
    }
  }

  /** Whether one distance has won already. */
  get areClear(): boolean {
    return this.#most >= Math.max(4 * LEAST_VOTES, this.#lines * CLEAR_PART);
  }

  /** The distances with the most votes. */
  best(): number[] {
    const best: number[] = [];
    for (let i = 0; i < MOST_CANDIDATES && this.#most >= LEAST_VOTES; i++) {
      const winner = greatestAbove(this.#votes, LEAST_VOTES - 1);
      if (winner < 0) break;
      best.push(winner - this.#lines);
      this.#votes[winner] = 0;
    }
    return best;
  }
}

/** Where the greatest of the values is, the first of equal ones, if it is above `least`; else -1. */
function greatestAbove(values: Int32Array, least: number): number {
  let found = -1;
  for (let at = 0; at < values.length; at++) {
    if (values[at]! > least) {
      least = values[at]!;
      found = at;
    }
  }
  return found;
}

/** Mixes each hash with those of the lines behind it. */
function withContext(hashes: Uint32Array, lines: number): void {
  for (let line = 0; line < lines; line++) hashes[line] = mixedAt(hashes, line);
}

function mixedAt(hashes: Uint32Array, line: number): number {
  let mixed = hashes[line]!;
  for (let i = 1; i < CONTEXT; i++) mixed = Math.imul(mixed ^ hashes[line + i]!, 0x9e3779b1) ^ mixed >>> 15;
  return mixed;
}

const EVERY_PROBE = Array.from({ length: PROBES }, (_, i) => i);

/** All of `them`, or those whose turn it is. */
function asked(them: readonly number[], glance: number | undefined): readonly number[] {
  if (glance === undefined) return them;
  return them.filter((_, i) => i % GLANCE_STEP === glance % Math.min(GLANCE_STEP, them.length));
}

/** Where pieces begin that vote for a side of `length` pixels: few, and spread evenly. */
function voters(start: number, length: number): number[] {
  const pieces = Math.floor(length / SPAN);
  const count = Math.min(pieces, MOST_VOTERS);
  return Array.from({ length: count }, (_, i) => start + Math.floor((i + 0.5) * pieces / count) * SPAN);
}

/**
 * Where, between two columns of a row, a probe's worth of pixels begins that is unlikely to stand elsewhere. It begins
 * with the rarest of its colours, as the search compares the first pixel with every pixel of the old picture.
 */
function strikingAt(pixels: Uint32Array, row: number, left: number, right: number): number | undefined {
  const counts = new Map<number, number>();
  for (let x = left; x + 2 * PROBE_LENGTH <= right; x += PROBE_LENGTH) {
    counts.clear();
    for (let i = 0; i < PROBE_LENGTH; i++) {
      const colour = pixels[row + x + i]! & 0xffffff;
      counts.set(colour, (counts.get(colour) ?? 0) + 1);
    }
    if (counts.size < PROBE_COLOURS) continue;
    let rarest = 0;
    const countAt = (i: number) => counts.get(pixels[row + x + i]! & 0xffffff)!;
    for (let i = 1; i < PROBE_LENGTH; i++) if (countAt(i) < countAt(rarest)) rarest = i;
    return x + rarest;
  }
  return undefined;
}
