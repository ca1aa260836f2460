/**
 * What a client is sent although it has it: all of the screen, when it asks for that (RFC 6143 §7.5.3), or when it
 * changes its pixel format. Who does so all the time would take as much of the machine as there is, and others' pictures
 * would wait for it. What changes on the screen does not count, nor does anything while a client is alone.
 *
 * @module
 */
import { type Clock, SYSTEM_CLOCK } from "../core/clock.ts";
import { type Allowance, WorkAllowance } from "./work_allowance.ts";

/**
 * In ms of work. A person who refreshes, or a viewer that tries several formats when it begins, takes about as much as the
 * burst; who wants pictures again and again has some of them each second.
 */
const REPEATS: Allowance = { share: 1 / 10, burst: 100, portion: 0 };

/** What an update costs beside its pixels, in ms: a look at the screen, and a write. */
const UPDATE_MS = 0.3;

/** What it works with. Borrows all of it. */
export interface RepeatsContext {
  /** Whether there are other clients. */
  readonly desktop: { readonly isShared: boolean };
  readonly client: { readonly wake: { set(): void } };
  readonly clock?: Clock;
}

/** Of one client; used by its update loop only. */
export class Repeats {
  readonly #context: RepeatsContext;
  readonly #signal: AbortSignal;
  readonly #clock: Clock;
  readonly #allowance: WorkAllowance;
  /** Pixels that are pending and have not changed. */
  #pixels = 0;
  #isWaiting = false;

  /** @param signal Ends its timers. */
  constructor(context: RepeatsContext, signal: AbortSignal) {
    this.#context = context;
    this.#signal = signal;
    this.#clock = context.clock ?? SYSTEM_CLOCK;
    this.#allowance = new WorkAllowance(this.#clock.now(), REPEATS);
  }

  /** Whether the client may be sent again what it has. If not, its loop is woken when it may. */
  get mayBegin(): boolean {
    if (this.#isWaiting) return false;
    this.#allowance.spend(0, this.#clock.now());
    const { waitMs } = this.#allowance;
    if (waitMs === 0 || !this.#context.desktop.isShared) return true;
    this.#isWaiting = true;
    this.#clock.sleep(waitMs, this.#signal).then(() => {
      this.#isWaiting = false;
      this.#context.client.wake.set();
    }, () => {}); // the session has ended
    return false;
  }

  /** So many pixels become pending that have not changed. */
  add(pixels: number): void {
    this.#pixels += pixels;
  }

  /** An update has been made. @param ms What it took of the main thread. */
  sent(pixels: number, ms: number): void {
    if (this.#pixels === 0) return;
    const repeated = Math.min(pixels, this.#pixels);
    this.#pixels -= repeated;
    this.#allowance.spend(UPDATE_MS + (pixels > 0 ? ms * repeated / pixels : 0), this.#clock.now());
  }
}
