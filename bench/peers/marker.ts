/**
 * Which frame an arrival shows: the counterpart of the numbering in native/common.h.
 *
 * @module
 */

/** A frame as the drawing program logs it. Times are nanoseconds of CLOCK_MONOTONIC. */
export interface DrawnFrame {
  readonly number: number;
  /** When it was given to the X server. */
  readonly queued: number;
}

/** A change of the marker, as the measuring client saw it at the end of an update. */
export interface Arrival {
  readonly code: number;
  readonly time: number;
}

/** An arrival whose frame is known. */
export interface Delivery {
  readonly frame: DrawnFrame;
  readonly time: number;
}

/** How many different codes there are: as many frames may be on the way without doubt which is which. */
export const CODES = 216;
const STEP = 77;

/** The code that frame `number` shows. */
export function codeOf(number: number): number {
  return (number * STEP) % CODES;
}

const NUMBERS = new Map(Array.from({ length: CODES }, (_, number) => [codeOf(number), number]));

/**
 * Finds the frame of each arrival: of those that show its code, the last that was drawn before it.
 *
 * @param frames By number, from 1 on, without a gap.
 * @param arrivals In the order of time.
 * @returns Those that can be of a frame, in the same order.
 */
export function matchArrivals(frames: readonly DrawnFrame[], arrivals: readonly Arrival[]): Delivery[] {
  const deliveries: Delivery[] = [];
  for (const { code, time } of arrivals) {
    let found: DrawnFrame | undefined;
    for (let number = NUMBERS.get(code) ?? 0; number <= frames.length; number += CODES) {
      const frame = frames[number - 1];
      if (frame === undefined) continue; // number 0 is the picture before the first frame
      if (frame.queued > time) break;
      found = frame;
    }
    if (found) deliveries.push({ frame: found, time });
  }
  return deliveries;
}

/** How late frames were. */
export interface Lateness {
  /** Nanoseconds from drawing to decoded, of frames that were delivered themselves. */
  readonly latencies: readonly number[];
  /** The same for every frame drawn, where one that was left out counts until a later one is shown. */
  readonly staleness: readonly number[];
  /** Deliveries of an older frame than one before: none, if all is well. */
  readonly backward: number;
}

/** How late the frames were that were drawn from `from` up to `to`. */
export function lateness(
  frames: readonly DrawnFrame[],
  deliveries: readonly Delivery[],
  from: number,
  to: number,
): Lateness {
  const wanted = (frame: DrawnFrame) => frame.queued >= from && frame.queued < to;
  const latencies: number[] = [];
  let newest = 0, backward = 0;
  const progress: Delivery[] = [];
  for (const delivery of deliveries) {
    if (wanted(delivery.frame)) latencies.push(delivery.time - delivery.frame.queued);
    if (delivery.frame.number < newest) backward++;
    else progress.push(delivery);
    newest = Math.max(newest, delivery.frame.number);
  }
  const staleness: number[] = [];
  let next = 0;
  for (const frame of frames.filter(wanted)) {
    while (next < progress.length && progress[next]!.frame.number < frame.number) next++;
    if (next < progress.length) staleness.push(progress[next]!.time - frame.queued);
  }
  return { latencies, staleness, backward };
}
