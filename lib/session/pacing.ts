/**
 * When a client is sent its next update: not before its link has room for it, so that what it gets is new when it
 * arrives. Changes that come meanwhile are merged in its tracker.
 *
 * Clients that answer fences have a window of bytes on their way (see `congestion_window.ts`). For others the next
 * request says that they have got the last update; and the system says what it could not send yet.
 *
 * @module
 */
import type { ByteWriter } from "../core/bytes.ts";
import type { Clock } from "../core/clock.ts";
import type { Transport } from "../transport/transport.ts";
import { CongestionWindow } from "./congestion_window.ts";
import { type NetworkProfile, networkProfile, type NetworkProfileName } from "./network_profile.ts";
import { RoundTrips } from "./round_trip.ts";

/** Limits of updates per second do not count for so long after input, in ms: what comes of it is waited for. */
const HURRY_MS = 100;

/** A timer may be late by so much, in ms; so updates may be early by it. */
const TIMER_SLACK_MS = 2;

/** The system is asked again after so long, in ms, at the least and at the most, while it has too much to send. */
const POLL_MS = { least: 2, most: 50 };

/** A client that still sends requests and has not answered a fence for so long, in ms, does not answer fences. */
const FENCE_PATIENCE_MS = 30_000;

/** An update is what the link carries in so many ms, so that what is urgent need not wait for long. */
const PIECE_MS = 10;
/** While others are under way, it is a part of the window, so that they are confirmed one after the other. */
const PIECES_PER_WINDOW = 4;
/** Smaller ones are not worth their headers. */
const LEAST_PIECE_BYTES = 2048;

/** What a pacer works with. Borrows all of it. */
export interface PacerOptions {
  readonly transport: Transport;
  readonly profile: NetworkProfileName;
  readonly clock: Clock;
  /** Called when it is worth asking again. */
  wake(): void;
  /** Called with each round trip that was measured. */
  measured?(pace: Pace): void;
}

/** How it goes. */
export interface Pace {
  /** Of the last milestone, and the least of late; in ms. */
  readonly roundTripMs: number;
  readonly leastRoundTripMs: number;
  /** Bytes that may be, and that are on their way. */
  readonly windowBytes: number;
  readonly bytesInFlight: number;
}

/** Paces one session. Used by its update loop; its receive loop tells of answers and input. */
export class Pacer {
  /** Whether the client lists fences at present. */
  usesFences = false;
  readonly #options: PacerOptions;
  readonly #signal: AbortSignal;
  readonly #trips = new RoundTrips();
  readonly #window: CongestionWindow;
  #profile: NetworkProfile;
  /** The client has answered one. */
  #fencesTrusted = false;
  /** No update until the link is empty: its round trip is to be measured. */
  #emptying = false;
  #lastFrameAt = -Infinity;
  #hurriedUntil = -Infinity;
  #alarmAt = Infinity;
  #pace: Pace | undefined;

  /** @param signal Ends its timers. */
  constructor(options: PacerOptions, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
    this.#profile = networkProfile(options.profile, options.transport.peer, undefined);
    this.#window = new CongestionWindow(this.#profile.window);
    options.transport.limitUnsent?.(this.#profile.unsentBytes);
  }

  /** What is assumed of the network at present. */
  get profile(): NetworkProfile {
    return this.#profile;
  }

  /** The last measurement, once there is one. */
  get pace(): Pace | undefined {
    return this.#pace;
  }

  /**
   * Whether an update may begin. If not, `wake` is called when it is worth asking again.
   *
   * @param isFrame It begins a new picture, and does not go on with one that was cut.
   */
  mayBegin(isFrame: boolean): boolean {
    const now = this.#options.clock.now();
    const frameAt = this.#lastFrameAt + 1000 / this.#profile.frameRate - TIMER_SLACK_MS;
    if (isFrame && now < frameAt && !this.isHurried) return this.#not(frameAt - now);
    return this.#hasFences ? this.#windowIsOpen(now) : this.#systemHasRoom();
  }

  /** How many bytes an update should have at most, for a client that gets the next one without asking. */
  get pieceBytes(): number {
    if (!this.#hasFences) return Infinity;
    const share = this.#window.bytes / PIECES_PER_WINDOW;
    const quick = this.#window.burstRate * PIECE_MS || share;
    return Math.max(LEAST_PIECE_BYTES, this.#trips.isWaiting ? Math.min(share, quick) : quick);
  }

  /**
   * An update begins.
   *
   * @param out Receives what goes before it: perhaps a fence that measures the round trip.
   */
  begin(isFrame: boolean, out: ByteWriter): void {
    const now = this.#options.clock.now();
    if (isFrame) this.#lastFrameAt = now;
    if (!this.#hasFences || this.#trips.isWaiting) {
      this.#trips.begin(now);
      return;
    }
    this.#trips.forget(); // what was sent and not marked has arrived long ago, or will with the next mark
    this.#window.resumed(now);
    this.#emptying = false;
    this.#trips.begin(now);
    if (!this.#window.isRoundTripStale(now)) return;
    const before = out.length;
    this.#trips.mark(out, 0, false, now);
    this.#trips.sent(out.length - before);
  }

  /** Bytes of an update have been handed to the system. */
  sent(bytes: number): void {
    this.#trips.sent(bytes);
  }

  /**
   * An update ends.
   *
   * @param out Its last bytes, of which `sent()` was not told yet. Receives what follows it: a fence, for clients that
   *   answer them.
   */
  end(out: ByteWriter): void {
    if (!this.#hasFences) {
      this.#trips.forget();
      return;
    }
    const isLimited = this.#trips.inFlight + out.length >= this.#window.bytes / 2;
    this.#trips.mark(out, out.length, isLimited, this.#options.clock.now());
  }

  /** The client has answered a fence. */
  answered(payload: Uint8Array): void {
    this.#fencesTrusted = true;
    const now = this.#options.clock.now();
    const arrival = this.#trips.answered(payload, now);
    if (!arrival) return;
    if (arrival.alone) this.#window.measured(arrival.roundTripMs, now);
    else this.#window.delivered(arrival, now);
    if (this.#window.isRoundTripStale(now)) this.#emptying = true;
    this.#tell(arrival.roundTripMs);
    this.#options.wake();
  }

  /** The client has asked for an update, so it is there. */
  requested(): void {
    const { oldestAt } = this.#trips;
    if (oldestAt === undefined || this.#options.clock.now() - oldestAt < FENCE_PATIENCE_MS) return;
    this.#fencesTrusted = false;
    this.#trips.forget();
  }

  /** The client has done something, and looks for what comes of it. */
  hurry(): void {
    this.#hurriedUntil = this.#options.clock.now() + HURRY_MS;
    if (this.#alarmAt < Infinity) this.#options.wake();
  }

  /** Whether the client has done something a moment ago. */
  get isHurried(): boolean {
    return this.#options.clock.now() <= this.#hurriedUntil;
  }

  get #hasFences(): boolean {
    return this.usesFences && this.#fencesTrusted;
  }

  #windowIsOpen(now: number): boolean {
    if (!this.#trips.isWaiting) return true;
    if (!this.#emptying && this.#window.isRoundTripStale(now)) this.#emptying = true;
    return !this.#emptying && this.#trips.inFlight < this.#window.bytes;
  }

  /** Without fences: not more in the system than the way to the peer's system holds. */
  #systemHasRoom(): boolean {
    const backlog = this.#options.transport.backlog?.();
    if (!backlog) return true;
    const { unsent, unacknowledged, leastRoundTripMs, rate } = backlog;
    const { start, most } = this.#profile.window;
    const room = Math.min(most, Math.max(start, rate * leastRoundTripMs * 1.25));
    const excess = unsent + unacknowledged - room;
    if (excess <= 0) return true;
    return this.#not(Math.min(POLL_MS.most, Math.max(POLL_MS.least, excess / Math.max(rate, 1))));
  }

  /** Not now, but perhaps after `ms`. */
  #not(ms: number): false {
    const { clock, wake } = this.#options;
    const at = clock.now() + ms;
    if (at >= this.#alarmAt) return false;
    this.#alarmAt = at;
    clock.sleep(ms, this.#signal).then(() => {
      if (this.#alarmAt === at) this.#alarmAt = Infinity;
      wake();
    }, () => {}); // the session has ended
    return false;
  }

  #tell(roundTripMs: number): void {
    const { transport, profile: name, measured } = this.#options;
    const leastRoundTripMs = this.#window.leastRoundTripMs ?? roundTripMs;
    const profile = networkProfile(name, transport.peer, leastRoundTripMs);
    if (profile.unsentBytes !== this.#profile.unsentBytes) transport.limitUnsent?.(profile.unsentBytes);
    this.#profile = profile;
    this.#pace = {
      roundTripMs,
      leastRoundTripMs,
      windowBytes: this.#window.bytes,
      bytesInFlight: this.#trips.inFlight,
    };
    measured?.(this.#pace);
  }
}
