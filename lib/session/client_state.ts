/**
 * What one client has asked for. Written by its receive loop; its update loop reads it and takes what it answers.
 *
 * @module
 */
import { type Rect, rectOf, type Size } from "../core/geometry.ts";
import { PEER_LIMITS } from "../core/limits.ts";
import { Latch } from "../core/latch.ts";
import { Region } from "../core/region.ts";
import { NATIVE_PIXEL_FORMAT, type PixelFormat } from "../protocol/pixel_format.ts";
import { type ClientEncodings, NO_ENCODINGS } from "../protocol/set_encodings.ts";
import type { DesktopSizeStatus } from "../protocol/extensions/extended_desktop_size.ts";
import { ProtocolError } from "../core/errors.ts";

/** Viewers ask for all of the screen, or for a few parts of it; each request costs as much as there are rectangles. */
const MOST_WANTED_RECTS = 64;

/** Pixels that a client waits for. */
export interface UpdateWish {
  /** Where it wants to know of changes. */
  readonly area: Region;
  /** Of it, what it wants whether changed or not; may be empty. */
  readonly full: Region;
}

/** One session's wishes, settings and waiting replies. */
export class ClientState {
  /** Set whenever the update loop should look again. */
  readonly wake = new Latch();
  /** The framebuffer as the client knows it. Written by the update loop, which is who announces sizes. */
  size: Size;
  #format = NATIVE_PIXEL_FORMAT;
  /** As listed; and as they count. */
  #listed = NO_ENCODINGS;
  #encodings = NO_ENCODINGS;
  #compressLevel: number | undefined;
  #settingsSerial = 1;
  #requested = Region.EMPTY;
  #full = Region.EMPTY;
  #continuous: Rect | undefined;
  #replies: Uint8Array[] = [];
  #replyBytes = 0;
  #sizeAnswers: DesktopSizeStatus[] = [];
  #resizesUnderWay = 0;
  #wantsLayout = false;

  constructor(size: Size) {
    this.size = size;
  }

  get format(): PixelFormat {
    return this.#format;
  }

  get encodings(): ClientEncodings {
    return this.#encodings;
  }

  /** Changes with every SetPixelFormat and SetEncodings. */
  get settingsSerial(): number {
    return this.#settingsSerial;
  }

  /** SetPixelFormat (§7.5.1): takes effect with the next update; what the client has is void then. */
  setFormat(format: PixelFormat): void {
    this.#format = format;
    this.#settingsSerial++;
    this.wake.set();
  }

  /** SetEncodings (§7.5.2) replaces all that was listed before. */
  setEncodings(encodings: ClientEncodings): void {
    this.#listed = encodings;
    this.#takeOver();
    this.wake.set();
  }

  /** Sets the compression level that counts where the client leaves it open: 0 to 9, or what all get. */
  suggestCompressLevel(level: number | undefined): void {
    if (level === this.#compressLevel) return;
    this.#compressLevel = level;
    if (this.#listed.compressLevel === undefined) this.#takeOver();
  }

  #takeOver(): void {
    const level = this.#listed.compressLevel ?? this.#compressLevel;
    this.#encodings = level === undefined ? this.#listed : { ...this.#listed, compressLevel: level };
    this.#settingsSerial++;
  }

  /** FramebufferUpdateRequest (§7.5.3). Requests add up until an update answers them; what lies outside is cut off. */
  request(area: Rect, incremental: boolean): void {
    const inside = Region.of(area).intersect(rectOf(this.size));
    if (inside.isEmpty) return;
    if (!incremental) {
      this.#full = simple(this.#full.union(inside));
      this.#wantsLayout = true;
    }
    // With continuous updates incremental requests say nothing new; full ones hold even outside of their area.
    if (!incremental || !this.#continuous) this.#requested = simple(this.#requested.union(inside));
    this.wake.set();
  }

  /** EnableContinuousUpdates (rfbproto): updates flow in `area` without requests; `undefined` ends that. */
  setContinuous(area: Rect | undefined): void {
    this.#continuous = area;
    if (area) this.#requested = this.#full;
    this.wake.set();
  }

  /** Whether updates flow without requests. */
  get isContinuous(): boolean {
    return this.#continuous !== undefined;
  }

  /** What the client waits for, if it does. */
  get wish(): UpdateWish | undefined {
    const area = this.#continuous
      ? this.#requested.union(Region.of(this.#continuous).intersect(rectOf(this.size)))
      : this.#requested;
    return area.isEmpty ? undefined : { area, full: this.#full };
  }

  /** An update answers all requests so far, but for full ones that have not been noted. */
  answered(): void {
    this.#requested = this.#full;
  }

  /** The framebuffer has another size: what was asked for is void. */
  forgetRequests(): void {
    this.#requested = Region.EMPTY;
    this.#full = Region.EMPTY;
  }

  /** Full areas are part of what is pending from now on; the request itself stays open. */
  fullNoted(): void {
    this.#full = Region.EMPTY;
  }

  /**
   * Carries out a SetDesktopSize and queues its answer; each is told, in order (rfbproto "ExtendedDesktopSize").
   * Nothing is sent meanwhile, so that the new size comes with the answer and not before it.
   */
  async resizeBy(change: () => DesktopSizeStatus | Promise<DesktopSizeStatus>): Promise<void> {
    this.#resizesUnderWay++;
    try {
      this.#sizeAnswers.push(await change());
    } finally {
      this.#resizesUnderWay--;
      this.wake.set();
    }
  }

  /** Whether a SetDesktopSize is being carried out. */
  get isResizing(): boolean {
    return this.#resizesUnderWay > 0;
  }

  /** Takes what has to be told of sizes: answers, and whether the layout was asked for by a full request. */
  takeSizeAnswers(): { readonly answers: readonly DesktopSizeStatus[]; readonly wantsLayout: boolean } {
    const taken = { answers: this.#sizeAnswers, wantsLayout: this.#wantsLayout };
    this.#sizeAnswers = [];
    this.#wantsLayout = false;
    return taken;
  }

  /** Whether `takeSizeAnswers` would give something. */
  get hasSizeAnswers(): boolean {
    return this.#sizeAnswers.length > 0 || this.#wantsLayout;
  }

  /**
   * Queues a whole message to go out before the next update.
   *
   * @throws {ProtocolError} The client makes us answer faster than it reads.
   */
  reply(message: Uint8Array): void {
    this.#replies.push(message);
    this.#replyBytes += message.length;
    if (this.#replyBytes > PEER_LIMITS.replyBytes) {
      throw new ProtocolError(
        `Client does not read: ${this.#replyBytes} bytes of answers wait for it`,
        "7.5",
      );
    }
    this.wake.set();
  }

  /** Whether messages are queued. */
  get hasReplies(): boolean {
    return this.#replies.length > 0;
  }

  /** Takes the queued messages, oldest first. */
  takeReplies(): readonly Uint8Array[] {
    const replies = this.#replies;
    this.#replies = [];
    this.#replyBytes = 0;
    return replies;
  }
}

/** A region that is cheap to work with: what is scattered becomes all that lies in between, too. */
function simple(region: Region): Region {
  return region.rectCount > MOST_WANTED_RECTS ? Region.of(region.bounds) : region;
}
