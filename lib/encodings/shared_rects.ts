/**
 * One encoding for all clients that want the same bytes (DESIGN §3.6): what one of them has had made of the present
 * picture, the others take as it is.
 *
 * @module
 */
import { area, rectKey } from "../core/geometry.ts";
import type { HandedJob } from "./executor.ts";
import type { EncodeJob, FinishedRect } from "./finished_rect.ts";
import { PictureCache } from "./picture_cache.ts";
import type { Plan } from "./rect_planner.ts";

/** Pixels whose bytes are kept at most: those of a screen of 4096x3072. */
const MOST_PIXELS = 4096 * 3072;

/** Plans that are kept at most. */
const MOST_PLANS = 64;

/** Made, or being made by somebody else. */
export type SharedRect = FinishedRect | HandedJob;

/** Kept for one picture of one desktop; used by the update loops of all its clients. */
export class SharedRects {
  readonly #audience = new Map<string, number>();
  readonly #finished = new PictureCache<SharedRect>(MOST_PIXELS);
  readonly #plans = new PictureCache<Plan>(MOST_PLANS);

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
    return this.#finished.get(serial, keyOf(job), area(job.rect), () => make(job));
  }

  /**
   * How one of them sends the picture, or what `make` plans. Clients that plan for themselves would cut the same picture
   * in different ways, as each remembers another past, and then would have nothing to share.
   *
   * @param serial As of {@linkcode get}.
   */
  plan(serial: number, key: string, make: () => Plan): Plan {
    return this.#plans.get(serial, key, 1, make);
  }
}

function keyOf({ rect, encoding, target }: EncodeJob): string {
  return `${encoding.name} ${rectKey(rect)} ${target.key}`;
}
