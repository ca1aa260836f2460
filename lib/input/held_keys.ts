/**
 * Which client holds which key down. Pure.
 *
 * @module
 */

/** A client of the keyboard, by identity. */
export type Holder = object;

/** Names a key as one client means it: a keysym, or a place. A client's names never collide. */
export type KeyName = number;

/** Remembers what each name has pressed, so that an up lets the same keycode go; and counts, for keys that several hold. */
export class HeldKeys {
  readonly #byHolder = new Map<Holder, Map<KeyName, number>>();
  readonly #counts = new Map<number, number>();

  /** The keycode that a client holds under a name. */
  keycode(holder: Holder, name: KeyName): number | undefined {
    return this.#byHolder.get(holder)?.get(name);
  }

  /** A name under which a client holds some keycode that fits. */
  find(holder: Holder, fits: (keycode: number) => boolean): KeyName | undefined {
    for (const [name, keycode] of this.#byHolder.get(holder) ?? []) if (fits(keycode)) return name;
    return undefined;
  }

  /** All names under which a client holds something. */
  names(holder: Holder): readonly KeyName[] {
    return [...this.#byHolder.get(holder)?.keys() ?? []];
  }

  /** Whether anybody holds the keycode. */
  has(keycode: number): boolean {
    return this.#counts.has(keycode);
  }

  /** All keycodes that anybody holds. */
  get keycodes(): ReadonlySet<number> {
    return new Set(this.#counts.keys());
  }

  /** A client presses a key that it does not hold under that name. */
  press(holder: Holder, name: KeyName, keycode: number): void {
    let names = this.#byHolder.get(holder);
    if (!names) this.#byHolder.set(holder, names = new Map());
    names.set(name, keycode);
    this.#counts.set(keycode, (this.#counts.get(keycode) ?? 0) + 1);
  }

  /** A client lets go. @returns The keycode, if nobody holds it any more. */
  release(holder: Holder, name: KeyName): number | undefined {
    const names = this.#byHolder.get(holder);
    const keycode = names?.get(name);
    if (!names || keycode === undefined) return undefined;
    names.delete(name);
    if (names.size === 0) this.#byHolder.delete(holder);
    const count = this.#counts.get(keycode)! - 1;
    if (count > 0) {
      this.#counts.set(keycode, count);
      return undefined;
    }
    this.#counts.delete(keycode);
    return keycode;
  }
}
