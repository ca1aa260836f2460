/**
 * One encoding for all clients that want the same bytes (DESIGN §3.6): what one of them has had made of the present
 * picture, the others take as it is.
 *
 * @module
 */
import type { HandedJob } from "./executor.ts";
import type { EncodeJob, FinishedRect } from "./finished_rect.ts";

/** Made, or being made by somebody else. */
export type SharedRect = FinishedRect | HandedJob;

/** Kept for one picture of one desktop; used by the update loops of all its clients. */
export class SharedRects {
  readonly #audience = new Map<string, number>();
  readonly #finished = new Map<string, SharedRect>();
  #serial = -1;

  /** One more client has a target with this key, until what is returned is disposed. */
  join(key: string): Disposable {
    this.#audience.set(key, (this.#audience.get(key) ?? 0) + 1);
    return {
      [Symbol.dispose]: () => {
        const left = this.#audience.get(key)! - 1;
        if (left > 0) this.#audience.set(key, left);
        else this.#audience.delete(key);
      },
    };
  }

  /** Whether more than one client wants such bytes, so that keeping them is worth while. */
  isShared(key: string): boolean {
    return (this.#audience.get(key) ?? 0) > 1;
  }

  /**
   * What has been made of a rectangle, or what `make` makes of it.
   *
   * @param serial Of the picture: what belongs to another one is forgotten.
   */
  get(
    serial: number,
    job: EncodeJob,
    make: (job: EncodeJob) => SharedRect,
  ): SharedRect {
    if (serial !== this.#serial) {
      this.#finished.clear();
      this.#serial = serial;
    }
    const key = keyOf(job);
    const known = this.#finished.get(key);
    if (known) return known;
    const finished = make(job);
    this.#finished.set(key, finished);
    return finished;
  }
}

function keyOf({ rect: { x, y, width, height }, encoding, target }: EncodeJob): string {
  return `${encoding.name} ${x},${y} ${width}x${height} ${target.key}`;
}
