/**
 * How each session does at the moment, for whoever looks: `porthole top`, the control socket, the page.
 *
 * @module
 */
import { area } from "../core/geometry.ts";
import type {
  ConnectionOpened,
  FrameCaptured,
  RoundTripMeasured,
  ServerObserver,
  SessionClosed,
  SessionId,
  UpdateSent,
} from "../core/observer.ts";
import { encodingName } from "./encoding_names.ts";
import { RateWindow } from "./rate_window.ts";

/** One encoding's part in what a session was sent of late. */
export interface EncodingFigures {
  /** "tight", "copyrect" and so on. */
  readonly encoding: string;
  readonly rectsPerSecond: number;
  readonly bytesPerSecond: number;
}

/** A session, over the last two seconds. */
export interface SessionFigures {
  /** Updates with pixels. */
  readonly framesPerSecond: number;
  /** To the client, and from it. */
  readonly sentBytesPerSecond: number;
  readonly receivedBytesPerSecond: number;
  readonly pixelsPerSecond: number;
  /** Of one update, on average; in ms. `undefined` when there was none. */
  readonly encodeMs: number | undefined;
  readonly writeMs: number | undefined;
  /** Of the last measurement, and the least of late; `undefined` for clients that it cannot be measured with. */
  readonly roundTripMs: number | undefined;
  readonly leastRoundTripMs: number | undefined;
  /** Those that were used, the one with most bytes first. */
  readonly encodings: readonly EncodingFigures[];
  /** From the connection on. */
  readonly totals: SessionTotals;
}

/** What there was of everything. */
export interface SessionTotals {
  readonly updates: number;
  readonly rects: number;
  readonly pixels: number;
  readonly sentBytes: number;
  readonly receivedBytes: number;
  readonly keyEvents: number;
  readonly pointerEvents: number;
}

/** The screen, over the last two seconds. */
export interface DesktopFigures {
  readonly capturesPerSecond: number;
  /** Of one look, on average; in ms. `undefined` when there was none. */
  readonly captureMs: number | undefined;
  readonly diffMs: number | undefined;
  readonly movesPerSecond: number;
  /** Frames that clients got only together with later ones. */
  readonly mergedPerSecond: number;
}

/** Keeps the figures of all sessions that are there. Tell it as one of the server's observers. */
export class SessionStatistics implements ServerObserver {
  readonly #now: () => number;
  readonly #sessions = new Map<SessionId, Tally>();
  readonly #ended = new Map<string, number>();
  readonly #captures: RateWindow;
  readonly #captureMs: RateWindow;
  readonly #diffMs: RateWindow;
  readonly #moves: RateWindow;
  readonly #merged: RateWindow;

  /** @param now Milliseconds that never go back. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    const begun = now();
    this.#captures = new RateWindow(begun);
    this.#captureMs = new RateWindow(begun);
    this.#diffMs = new RateWindow(begun);
    this.#moves = new RateWindow(begun);
    this.#merged = new RateWindow(begun);
  }

  /** A session's figures; `undefined` when it is over. */
  of(session: SessionId): SessionFigures | undefined {
    return this.#sessions.get(session)?.figures(this.#now());
  }

  /** Sessions that are over, by why they ended. */
  get ended(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#ended);
  }

  /** The screen's. */
  desktop(): DesktopFigures {
    const now = this.#now();
    const captures = this.#captures.sum(now);
    return {
      capturesPerSecond: this.#captures.perSecond(now),
      captureMs: average(this.#captureMs.sum(now), captures),
      diffMs: average(this.#diffMs.sum(now), captures),
      movesPerSecond: this.#moves.perSecond(now),
      mergedPerSecond: this.#merged.perSecond(now),
    };
  }

  connectionOpened({ session }: ConnectionOpened): void {
    this.#sessions.set(session, new Tally(this.#now()));
  }

  sessionClosed({ session, authenticated, kind = "peer" }: SessionClosed): void {
    this.#sessions.delete(session);
    if (authenticated) this.#ended.set(kind, (this.#ended.get(kind) ?? 0) + 1);
  }

  bytesReceived({ session, bytes }: { readonly session: SessionId; readonly bytes: number }): void {
    this.#sessions.get(session)?.received(bytes, this.#now());
  }

  bytesSent({ session, bytes }: { readonly session: SessionId; readonly bytes: number }): void {
    this.#sessions.get(session)?.sent(bytes, this.#now());
  }

  updateSent(update: UpdateSent): void {
    this.#sessions.get(update.session)?.updated(update, this.#now());
  }

  roundTripMeasured(measured: RoundTripMeasured): void {
    const tally = this.#sessions.get(measured.session);
    if (tally) tally.roundTrip = measured;
  }

  keyEvent({ session }: { readonly session: SessionId }): void {
    const tally = this.#sessions.get(session);
    if (tally) tally.keyEvents++;
  }

  pointerEvent({ session }: { readonly session: SessionId }): void {
    const tally = this.#sessions.get(session);
    if (tally) tally.pointerEvents++;
  }

  frameCaptured({ captureMs, diffMs, moves, merged }: FrameCaptured): void {
    const now = this.#now();
    this.#captures.add(1, now);
    this.#captureMs.add(captureMs, now);
    this.#diffMs.add(diffMs, now);
    this.#moves.add(moves, now);
    this.#merged.add(merged, now);
  }
}

/** One session's numbers. */
class Tally {
  roundTrip: RoundTripMeasured | undefined;
  keyEvents = 0;
  pointerEvents = 0;
  readonly #frames: RateWindow;
  readonly #sent: RateWindow;
  readonly #received: RateWindow;
  readonly #pixels: RateWindow;
  readonly #encodeMs: RateWindow;
  readonly #writeMs: RateWindow;
  readonly #encodings = new Map<number, { readonly rects: RateWindow; readonly bytes: RateWindow }>();
  #updatesSum = 0;
  #rectsSum = 0;
  #pixelsSum = 0;
  #sentSum = 0;
  #receivedSum = 0;

  constructor(now: number) {
    this.#frames = new RateWindow(now);
    this.#sent = new RateWindow(now);
    this.#received = new RateWindow(now);
    this.#pixels = new RateWindow(now);
    this.#encodeMs = new RateWindow(now);
    this.#writeMs = new RateWindow(now);
  }

  received(bytes: number, now: number): void {
    this.#received.add(bytes, now);
    this.#receivedSum += bytes;
  }

  sent(bytes: number, now: number): void {
    this.#sent.add(bytes, now);
    this.#sentSum += bytes;
  }

  updated({ rects, encodeMs, writeMs }: UpdateSent, now: number): void {
    let pixels = 0;
    for (const { rect, encoding, bytes } of rects) {
      pixels += area(rect);
      const known = this.#encodings.get(encoding) ?? this.#addEncoding(encoding, now);
      known.rects.add(1, now);
      known.bytes.add(bytes, now);
    }
    this.#updatesSum++;
    if (rects.length === 0) return;
    this.#frames.add(1, now);
    this.#pixels.add(pixels, now);
    this.#encodeMs.add(encodeMs, now);
    this.#writeMs.add(writeMs, now);
    this.#rectsSum += rects.length;
    this.#pixelsSum += pixels;
  }

  figures(now: number): SessionFigures {
    const frames = this.#frames.sum(now);
    const encodings = this.#encodings.entries().map(([encoding, { rects, bytes }]) => ({
      encoding: encodingName(encoding),
      rectsPerSecond: rects.perSecond(now),
      bytesPerSecond: bytes.perSecond(now),
    })).filter(({ rectsPerSecond }) => rectsPerSecond > 0).toArray();
    return {
      framesPerSecond: this.#frames.perSecond(now),
      sentBytesPerSecond: this.#sent.perSecond(now),
      receivedBytesPerSecond: this.#received.perSecond(now),
      pixelsPerSecond: this.#pixels.perSecond(now),
      encodeMs: average(this.#encodeMs.sum(now), frames),
      writeMs: average(this.#writeMs.sum(now), frames),
      roundTripMs: this.roundTrip?.roundTripMs,
      leastRoundTripMs: this.roundTrip?.leastRoundTripMs,
      encodings: encodings.sort((a, b) => b.bytesPerSecond - a.bytesPerSecond),
      totals: {
        updates: this.#updatesSum,
        rects: this.#rectsSum,
        pixels: this.#pixelsSum,
        sentBytes: this.#sentSum,
        receivedBytes: this.#receivedSum,
        keyEvents: this.keyEvents,
        pointerEvents: this.pointerEvents,
      },
    };
  }

  #addEncoding(encoding: number, now: number): { readonly rects: RateWindow; readonly bytes: RateWindow } {
    const windows = { rects: new RateWindow(now), bytes: new RateWindow(now) };
    this.#encodings.set(encoding, windows);
    return windows;
  }
}

function average(sum: number, count: number): number | undefined {
  return count > 0 ? sum / count : undefined;
}
