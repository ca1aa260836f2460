/**
 * One FramebufferUpdate, from what is pending to bytes (RFC 6143 §7.6.1): pseudo-rectangles, then moves, then pixels.
 *
 * @module
 */
import { ByteWriter } from "../core/bytes.ts";
import type { Rect, Size } from "../core/geometry.ts";
import { turnUsedUp } from "../core/next_turn.ts";
import type { RectSent } from "../core/observer.ts";
import type { Frame } from "../core/pixels.ts";
import { Region } from "../core/region.ts";
import type { PendingUpdate } from "../damage/update_tracker.ts";
import { writeCopyRect } from "../encodings/copy_rect.ts";
import type { EncodingDefinition } from "../encodings/encoding.ts";
import { PixelTarget } from "../encodings/pixel_target.ts";
import type { DesktopFacts, PseudoEncodingDefinition } from "../encodings/pseudo/pseudo_encoding.ts";
import { PseudoSet } from "../encodings/pseudo/pseudo_set.ts";
import { type PlannedRect, RectPlanner } from "../encodings/rect_planner.ts";
import type { Workbench } from "../encodings/workbench.ts";
import { EncodingType } from "../protocol/constants.ts";
import { BGR233, samePixelFormat } from "../protocol/pixel_format.ts";
import {
  colourMapOf,
  writeFramebufferUpdateHeader,
  writeRectHeader,
  writeSetColourMapEntries,
} from "../protocol/server_messages.ts";
import type { ClientState } from "./client_state.ts";
import type { CursorOverlay } from "./cursor_overlay.ts";
import { LossyAreas } from "./lossy_areas.ts";
import { type EncodingMeans, RectEncoder, type RectWork } from "./rect_encoder.ts";

/** Bytes that are handed to the transport at a time. */
const CHUNK_BYTES = 64 * 1024;

/** An update so many ms after the last was made is one of something that goes on: a video, a scroll. */
const CLOSE_MS = 150;

/** What an update is made of. */
export interface UpdateContent {
  readonly frame: Frame;
  readonly facts: DesktopFacts;
  readonly pending: PendingUpdate;
  /** What the client has already, but lossy, and is to have as it is; not pending. */
  readonly refined: Region;
  /** The pointer, for clients that do not draw it themselves. */
  readonly overlay: CursorOverlay | undefined;
}

/** A rectangle of the client's framebuffer, how it is sent, and where its pixels are. */
interface SourcedRect extends PlannedRect {
  readonly frame: Frame;
  /** Nobody else can be sent the same. */
  readonly isPrivate: boolean;
}

/** A rectangle under way, and where it goes. */
interface PlacedWork {
  readonly work: RectWork;
  readonly rect: Rect;
}

/** What became of it. */
export interface ComposedUpdate {
  readonly rects: readonly RectSent[];
  readonly bytes: number;
  readonly encodeMs: number;
  readonly writeMs: number;
}

/** Owns one client's zlib streams and pseudo-encodings; used by its update loop only. */
export class UpdateComposer implements Disposable {
  /** What the client has with loss. */
  readonly lossy = new LossyAreas();
  readonly #encodings: readonly EncodingDefinition[];
  readonly #workbench: Workbench;
  readonly #pseudo: PseudoSet;
  readonly #rects: RectEncoder;
  readonly #out = new ByteWriter(CHUNK_BYTES);
  #target = new PixelTarget(BGR233);
  #planner: RectPlanner;
  #settingsSerial = 0;
  #colourMapDue = false;
  #composedAt = -Infinity;

  /** @param means Shared with other sessions of the same desktop. */
  constructor(
    encodings: readonly EncodingDefinition[],
    pseudo: readonly PseudoEncodingDefinition[],
    means: EncodingMeans,
  ) {
    this.#encodings = encodings;
    this.#workbench = means.workbench;
    this.#pseudo = new PseudoSet(pseudo);
    this.#rects = new RectEncoder(means);
    this.#planner = new RectPlanner([], this.#target, encodings);
  }

  /** Whether what the client has on its screen is void: it has set another pixel format. */
  isVoid(client: ClientState): boolean {
    return !samePixelFormat(client.format, this.#target.format);
  }

  /**
   * Takes over what the client has set since the last update.
   *
   * @returns Whether what the client has on its screen was void.
   */
  adopt(client: ClientState): boolean {
    if (this.#settingsSerial === client.settingsSerial) return false;
    this.#settingsSerial = client.settingsSerial;
    const { order, compressLevel, qualityLevel, fineQuality, subsampling } = client.encodings;
    const changed = this.isVoid(client);
    this.#target = new PixelTarget(
      client.format,
      { compressLevel, qualityLevel, fineQuality, subsampling, gradient: hasGradient(order) },
      this.#workbench,
    );
    this.#rects.adopt(this.#target);
    this.#planner = new RectPlanner(order, this.#target, this.#encodings);
    this.#pseudo.select(client.encodings.pseudo);
    if (changed) this.#colourMapDue = !client.format.trueColour;
    return changed;
  }

  /** Whether there is something to tell besides pixels. */
  hasNews(facts: DesktopFacts): boolean {
    return this.#pseudo.hasNews(facts);
  }

  /**
   * Encodes and sends. Others get their turn while it goes on, so the frame may become newer under it.
   *
   * @param send Writes bytes to the client; called one at a time.
   * @param composed Called when the last pixel has been read, with the last bytes; may add messages to them.
   */
  async compose(
    client: ClientState,
    { frame, facts, pending, refined, overlay }: UpdateContent,
    send: (bytes: Uint8Array) => Promise<void>,
    composed: (out: ByteWriter) => void,
  ): Promise<ComposedUpdate> {
    const out = this.#out;
    const timer = new Stopwatch();
    out.clear();
    if (this.#colourMapDue) writeSetColourMapEntries(out, 0, colourMapOf(BGR233));
    this.#colourMapDue = false;
    const planned = [...this.#plan(client, frame, pending.changed), ...this.#planLossless(frame, refined)];
    const countAt = writeFramebufferUpdateHeader(out, 0);
    const pseudoCount = this.#pseudo.write(facts, this.#target, out);
    out.patchU16(countAt, pseudoCount + pending.moves.length + planned.length);
    const rects: RectSent[] = [];
    const now = performance.now();
    for (const move of pending.moves) {
      const { to, dx, dy } = move;
      writeRectHeader(out, to, EncodingType.CopyRect);
      writeCopyRect(out, { x: to.x - dx, y: to.y - dy });
      this.lossy.moved(move, now);
      rects.push({ rect: to, encoding: EncodingType.CopyRect, bytes: 16 });
    }
    let bytes = 0;
    for (const work of this.#begin(planned, overlay)) {
      rects.push(await this.#encode(work, timer));
      if (out.length >= CHUNK_BYTES) {
        bytes += out.length;
        await timer.pauseFor(send(out.view()));
        out.clear();
      }
      const pause = turnUsedUp();
      if (pause) await timer.pauseFor(pause);
    }
    bytes += out.length;
    composed(out);
    this.#composedAt = performance.now();
    await timer.pauseFor(send(out.view()));
    out.clear();
    return { rects, bytes, encodeMs: timer.ranMs, writeMs: timer.pausedMs };
  }

  [Symbol.dispose](): void {
    this.#rects[Symbol.dispose]();
  }

  /** Rectangles of pixels; where the client's framebuffer is larger than the screen, of black. */
  #plan(client: ClientState, frame: Frame, changed: Region): SourcedRect[] {
    const screen = { x: 0, y: 0, width: frame.width, height: frame.height };
    const hurried = performance.now() - this.#composedAt < CLOSE_MS;
    const common = this.#rects.plans;
    const inside = this.#planner.plan(frame, changed.intersect(screen).rects(), { hurried, common })
      .map((planned) => ({ ...planned, frame, isPrivate: false }));
    const outside = changed.subtract(screen);
    if (outside.isEmpty) return inside;
    const black = blackFrame(client.size);
    const rest = this.#planner.plan(black, outside.rects(), { exact: true })
      .map((planned) => ({ ...planned, frame: black, isPrivate: true }));
    return [...inside, ...rest];
  }

  /** Rectangles of what the client has already. */
  #planLossless(frame: Frame, region: Region): SourcedRect[] {
    return this.#planner.plan(frame, region.rects(), { lossless: true, common: this.#rects.plans })
      .map((planned) => ({ ...planned, frame, isPrivate: false }));
  }

  #begin(planned: readonly SourcedRect[], overlay: CursorOverlay | undefined): readonly PlacedWork[] {
    const works = this.#rects.begin(planned.map(({ rect, encoding, frame, isPrivate }) => {
      const painted = overlay?.paint(frame, rect);
      const common = { encoding, target: this.#target };
      return painted
        ? { ...common, frame: painted, rect: { ...rect, x: 0, y: 0 }, isPrivate: true }
        : { ...common, frame, rect, isPrivate };
    }));
    return works.map((work, at) => ({ work, rect: planned[at]!.rect }));
  }

  async #encode({ work, rect }: PlacedWork, timer: Stopwatch): Promise<RectSent> {
    const out = this.#out;
    const before = out.length;
    const { type, isLossy = false } = work.job.encoding;
    this.lossy.sent(rect, isLossy, performance.now());
    writeRectHeader(out, rect, type);
    const writing = this.#rects.write(work, out);
    if (writing) await timer.pauseFor(writing);
    return { rect, encoding: type, bytes: out.length - before };
  }
}

/**
 * Whether a client that reads Tight knows its gradient filter. All do but noVNC before 1.5; and noVNC, of any version,
 * is the one that lists TightPNG.
 */
function hasGradient(order: readonly number[]): boolean {
  return order.includes(EncodingType.Tight) && !order.includes(EncodingType.TightPng);
}

/** One black row, shown as often as there are rows. */
function blackFrame({ width, height }: Size): Frame {
  return { width, height, stride: 0, pixels: new Uint32Array(width) };
}

/** Tells working from waiting. */
class Stopwatch {
  #since = performance.now();
  ranMs = 0;
  pausedMs = 0;

  async pauseFor(promise: Promise<void>): Promise<void> {
    const paused = performance.now();
    this.ranMs += paused - this.#since;
    await promise;
    this.#since = performance.now();
    this.pausedMs += this.#since - paused;
  }
}
