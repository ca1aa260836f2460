/**
 * A recording as a screen that can be shared: any viewer sees it as it was.
 *
 * It begins to play when somebody looks, and stays at its last picture when it is over, or begins anew.
 *
 * @module
 */
import type {
  ResizeResult,
  ScreenCapabilities,
  ScreenLayout,
  ScreenSource,
  WindowMove,
} from "../capture/screen_source.ts";
import { type Clock, SYSTEM_CLOCK } from "../core/clock.ts";
import { RecordingError } from "../core/errors.ts";
import { intersect, type Point, type Rect, rectOf, type Size } from "../core/geometry.ts";
import { Latch } from "../core/latch.ts";
import { getLogger } from "../core/log.ts";
import { nextTurn } from "../core/next_turn.ts";
import { createFrame, type CursorImage, type Frame } from "../core/pixels.ts";
import { sleepUntil } from "./sleep_until.ts";
import { Playback } from "./playback.ts";
import { openRecordingSource, RecordingReader } from "./recording_reader.ts";

/** How to play a recording to viewers. */
export interface RecordedScreenOptions {
  /** 2 is twice as fast; 1 by default. */
  readonly speed?: number;
  /** Where to begin; 0 by default. */
  readonly seekSeconds?: number;
  /** Begin anew when it is over. */
  readonly loop?: boolean;
  readonly clock?: Clock;
}

/**
 * Opens a recording as a screen.
 *
 * @throws {RecordingError} It is none, or nothing of it can be seen.
 * @throws {RangeError} The speed is not above 0, or the place to begin at is before the beginning.
 */
export async function openRecordedScreen(
  path: string,
  options: RecordedScreenOptions = {},
): Promise<ScreenSource> {
  const { speed = 1, seekSeconds = 0 } = options;
  if (!(speed > 0)) throw new RangeError(`Cannot play at speed ${speed}: must be above 0`);
  if (!(seekSeconds >= 0)) throw new RangeError(`Cannot begin at ${seekSeconds} s: must be 0 or more`);
  const reader = await RecordingReader.open(await openRecordingSource(path));
  const screen = new RecordedScreen(path, reader, options);
  try {
    await screen.begin();
    return screen;
  } catch (error) {
    await screen[Symbol.asyncDispose]();
    throw error;
  }
}

/** What was, cannot have another size (rfbproto "ExtendedDesktopSize"). */
const PROHIBITED: ResizeResult = 1;

/** Owns the recording. */
class RecordedScreen implements ScreenSource {
  readonly name: string;
  readonly capabilities: ScreenCapabilities = { damage: true, cursor: true, resize: false };
  readonly #reader: RecordingReader;
  readonly #options: RecordedScreenOptions;
  readonly #clock: Clock;
  readonly #log = getLogger("recording");
  readonly #ended = new AbortController();
  readonly #news = new Latch();
  readonly #startMs: number;
  #playback: Playback;
  #playing: Promise<void> | undefined;
  #failure: unknown;
  /** What readers have been given: of the size that they know. */
  #shown: Frame = createFrame(1, 1);
  #layout: readonly ScreenLayout[] = [];
  #damage: Rect[] = [];
  #cursor: CursorImage | undefined;

  constructor(path: string, reader: RecordingReader, options: RecordedScreenOptions) {
    this.name = `recording "${path}"`;
    this.#reader = reader;
    this.#options = options;
    this.#clock = options.clock ?? SYSTEM_CLOCK;
    this.#startMs = Math.round((options.seekSeconds ?? 0) * 1000);
    this.#playback = new Playback(reader);
  }

  /** Goes to where it is to begin, so that there is a picture. */
  async begin(): Promise<void> {
    await this.#playback.seek(this.#startMs);
    while (!this.#playback.picture?.hasPixels) {
      if (!await this.#playback.step()) {
        throw new RecordingError("Cannot play the recording: there is no picture in it");
      }
    }
    this.takeDamage();
  }

  get size(): Size {
    const { width, height } = this.#shown;
    return { width, height };
  }

  get layout(): readonly ScreenLayout[] {
    return this.#layout;
  }

  async changed(signal: AbortSignal): Promise<void> {
    this.#check();
    this.#playing ??= this.#play().catch((error) => {
      if (!this.#ended.signal.aborted) this.#failure = error;
    });
    if (this.#hasNews) return;
    await this.#news.wait(AbortSignal.any([signal, this.#ended.signal]));
    this.#check();
  }

  takeDamage(): readonly Rect[] {
    this.#check();
    const { frame, cursor } = this.#playback.picture!;
    this.#cursor = cursor;
    this.#collect();
    if (frame.width !== this.#shown.width || frame.height !== this.#shown.height) {
      const { width, height } = frame;
      this.#shown = createFrame(width, height);
      this.#layout = [{ id: 1, x: 0, y: 0, width, height, flags: 0 }];
      this.#damage = [];
      return [rectOf(frame)];
    }
    const damage = this.#damage;
    this.#damage = [];
    return damage;
  }

  capture(rects: readonly Rect[]): Promise<Frame> {
    this.#check();
    const { frame } = this.#playback.picture!;
    const shown = this.#shown;
    for (const rect of rects) {
      // The recording may have gone on to another size: what it shows now is taken with the next damage.
      const part = intersect(rect, rectOf(frame));
      if (!part) continue;
      for (let row = part.y; row < part.y + part.height; row++) {
        const from = row * frame.stride + part.x;
        shown.pixels.set(frame.pixels.subarray(from, from + part.width), row * shown.stride + part.x);
      }
    }
    return Promise.resolve(shown);
  }

  cursor(): CursorImage | undefined {
    this.#check();
    return this.#cursor;
  }

  pointer(): Point | undefined {
    return undefined;
  }

  takeWindowMoves(): readonly WindowMove[] {
    return [];
  }

  resize(): Promise<ResizeResult> {
    return Promise.resolve(PROHIBITED);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#ended.signal.aborted) return;
    this.#ended.abort();
    await this.#playing;
    await this.#playback[Symbol.asyncDispose]();
    this.#reader[Symbol.dispose]();
  }

  get #hasNews(): boolean {
    this.#collect();
    const { frame, cursor } = this.#playback.picture!;
    return this.#damage.length > 0 || cursor !== this.#cursor || frame.width !== this.#shown.width ||
      frame.height !== this.#shown.height;
  }

  #collect(): void {
    const picture = this.#playback.picture!;
    for (const rect of picture.takeDamage()) this.#damage.push(rect);
    if (this.#damage.length > 4000) this.#damage = [rectOf(picture.frame)];
  }

  async #play(): Promise<void> {
    const { loop = false } = this.#options;
    this.#log.info("The recording is played");
    await this.#playOnce();
    while (loop) {
      const again = new Playback(this.#reader);
      await again.seek(0);
      const old = this.#playback;
      this.#playback = again;
      this.#damage = [rectOf(this.#shown)];
      await old[Symbol.asyncDispose]();
      await this.#playOnce(0);
    }
    this.#log.info("The recording is over: its last picture stays");
  }

  /** @param fromMs Where the playback is. */
  async #playOnce(fromMs = this.#startMs): Promise<void> {
    const { speed = 1 } = this.#options;
    const startedAt = this.#clock.now();
    const { signal } = this.#ended;
    for (let steps = 0;; steps++) {
      signal.throwIfAborted();
      const item = await this.#playback.peek();
      if (!item) return;
      const waited = await sleepUntil(startedAt + (item.timeMs - fromMs) / speed, this.#clock, signal);
      if (!waited && steps % 16 === 0) await nextTurn();
      await this.#playback.step();
      if (this.#hasNews) this.#news.set();
    }
  }

  #check(): void {
    if (this.#ended.signal.aborted) throw new TypeError("Cannot use the screen as it is disposed");
    if (this.#failure) throw this.#failure;
  }
}
