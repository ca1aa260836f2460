/**
 * What has been made of the present picture, for the next one who wants the same.
 *
 * @module
 */

/** Belongs to one desktop; used by the update loops of all its clients. */
export class PictureCache<T> {
  readonly #most: number;
  readonly #made = new Map<string, T>();
  #weight = 0;
  #serial = -1;

  /** @param most Of the weights of all that is kept; a client can ask for any part of a picture that stays as it is. */
  constructor(most: number) {
    this.#most = most;
  }

  /**
   * What is known by this key, or what `make` makes.
   *
   * @param serial Of the picture: what belongs to another one is forgotten.
   * @param weight What keeping it costs. When all together weighs too much, all of it is forgotten.
   */
  get(serial: number, key: string, weight: number, make: () => T): T {
    if (serial !== this.#serial) this.#forget(serial);
    const known = this.#made.get(key);
    if (known !== undefined) return known;
    const made = make();
    if (this.#weight + weight > this.#most) this.#forget(serial);
    this.#made.set(key, made);
    this.#weight += weight;
    return made;
  }

  #forget(serial: number): void {
    this.#made.clear();
    this.#weight = 0;
    this.#serial = serial;
  }
}
