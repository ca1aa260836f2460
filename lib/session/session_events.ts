/**
 * What one session tells the observers.
 *
 * @module
 */
import type { Point } from "../core/geometry.ts";
import { ByteWriter } from "../core/bytes.ts";
import type { MessagesSent, RectSent, RoundTripMeasured, SessionId } from "../core/observer.ts";
import type { ObserverGroup } from "../core/observer_group.ts";
import { type PixelFormat, writePixelFormat } from "../protocol/pixel_format.ts";

/** Fills in which session it was. */
export class SessionEvents {
  readonly #session: SessionId;
  readonly #observers: ObserverGroup;
  #format: PixelFormat | undefined;

  constructor(session: SessionId, observers: ObserverGroup) {
    this.#session = session;
    this.#observers = observers;
  }

  key(keysym: number, down: boolean): void {
    this.#observers.notify("keyEvent", { session: this.#session, keysym, down });
  }

  pointer({ x, y }: Point, buttons: number): void {
    this.#observers.notify("pointerEvent", { session: this.#session, x, y, buttons });
  }

  /** @param bytes Lent for the call. */
  messages(form: MessagesSent["form"], bytes: Uint8Array): void {
    this.#observers.notify("messagesSent", { session: this.#session, form, bytes });
  }

  /** What pixels are in from now on; may be told again and again. */
  format(format: PixelFormat): void {
    if (format === this.#format) return;
    this.#format = format;
    const out = new ByteWriter(16);
    writePixelFormat(out, format);
    this.#observers.notify("pixelFormatChosen", { session: this.#session, format: out.copy() });
  }

  update(rects: readonly RectSent[], bytes: number, encodeMs: number, writeMs: number): void {
    this.#observers.notify("updateSent", { session: this.#session, rects, bytes, encodeMs, writeMs });
  }

  roundTrip({ roundTripMs, leastRoundTripMs }: Omit<RoundTripMeasured, "session">): void {
    this.#observers.notify("roundTripMeasured", { session: this.#session, roundTripMs, leastRoundTripMs });
  }

  received(bytes: number): void {
    this.#observers.notify("bytesReceived", { session: this.#session, bytes });
  }

  sent(bytes: number): void {
    this.#observers.notify("bytesSent", { session: this.#session, bytes });
  }
}
