/**
 * Fences as milestones: each is sent behind bytes, and its answer tells that the client has dealt with all of them
 * (rfbproto "ServerFence").
 *
 * @module
 */
import type { ByteWriter } from "../core/bytes.ts";
import { FenceFlag, writeServerFence } from "../protocol/extensions/fence.ts";
import type { Delivery } from "./congestion_window.ts";

/** Bytes of a payload: what tells our milestones from other fences, and a number. */
const PAYLOAD_BYTES = 5;
const MILESTONE = 0x6d;

/** Milestones that wait for their answers at the same time; more would tell nothing more. */
const MOST_UNDER_WAY = 256;

/** A fence on its way. */
interface Milestone {
  readonly number: number;
  /** All bytes ever sent, up to it. */
  readonly position: number;
  readonly sentAt: number;
  /** When the bytes before it began to be sent, and all bytes that were confirmed then. */
  readonly begunAt: number;
  readonly confirmedThen: number;
  readonly limited: boolean;
  /** Had the link to itself. */
  readonly alone: boolean;
}

/** What an answer tells. */
export interface Arrival extends Delivery {
  /** The milestone had the link to itself. */
  readonly alone: boolean;
}

/** The bytes on their way to one client. Times are milliseconds of any clock, the same for all calls. */
export class RoundTrips {
  #sent = 0;
  #confirmed = 0;
  #begunAt = 0;
  #confirmedThen = 0;
  #next = 1;
  #underWay: Milestone[] = [];

  /** Bytes that were sent and not confirmed. Rises without end without milestones. */
  get inFlight(): number {
    return this.#sent - this.#confirmed;
  }

  /** Whether a milestone waits for its answer. */
  get isWaiting(): boolean {
    return this.#underWay.length > 0;
  }

  /** When the oldest milestone without an answer was sent. */
  get oldestAt(): number | undefined {
    return this.#underWay[0]?.sentAt;
  }

  /** An update begins. */
  begin(now: number): void {
    this.#begunAt = now;
    this.#confirmedThen = this.#confirmed;
  }

  /** Bytes have been handed to the system. */
  sent(bytes: number): void {
    this.#sent += bytes;
  }

  /**
   * Appends a milestone.
   *
   * @param unsent Bytes that stand before it and that `sent()` was not told of yet.
   * @param limited Whether the window was in use.
   */
  mark(out: ByteWriter, unsent: number, limited: boolean, now: number): void {
    if (this.#underWay.length >= MOST_UNDER_WAY) return;
    const before = out.length;
    const number = this.#next;
    this.#next = (this.#next + 1) >>> 0;
    const payload = new DataView(new ArrayBuffer(PAYLOAD_BYTES));
    payload.setUint8(0, MILESTONE);
    payload.setUint32(1, number);
    writeServerFence(out, FenceFlag.Request | FenceFlag.BlockBefore, new Uint8Array(payload.buffer));
    const position = this.#sent + unsent + out.length - before;
    this.#underWay.push({
      number,
      position,
      sentAt: now,
      begunAt: this.#begunAt,
      confirmedThen: this.#confirmedThen,
      limited,
      alone: unsent === 0 && this.inFlight === 0,
    });
  }

  /**
   * A fence was answered.
   *
   * @returns What it tells; `undefined` if it was none of ours. Answers come in order, so those before it are answered
   *   with it.
   */
  answered(payload: Uint8Array, now: number): Arrival | undefined {
    if (payload.length !== PAYLOAD_BYTES || payload[0] !== MILESTONE) return undefined;
    const number = new DataView(payload.buffer, payload.byteOffset).getUint32(1);
    const at = this.#underWay.findIndex((milestone) => milestone.number === number);
    if (at < 0) return undefined;
    const { position, sentAt, begunAt, confirmedThen, limited, alone } = this.#underWay[at]!;
    this.#underWay.splice(0, at + 1);
    const bytes = Math.max(0, position - this.#confirmed);
    this.#confirmed = Math.max(this.#confirmed, position);
    return {
      bytes,
      roundTripMs: now - sentAt,
      carried: position - confirmedThen,
      elapsedMs: now - begunAt,
      limited,
      alone,
    };
  }

  /** Everything counts as arrived: milestones are given up, or the client has shown that it waits for more. */
  forget(): void {
    this.#underWay = [];
    this.#confirmed = this.#sent;
  }
}
