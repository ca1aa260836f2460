/**
 * The port of what hides a desktop from whoever sits at the machine, and keeps their hands off it, while viewers use it.
 *
 * @module
 */

/** What is wanted. */
export interface CurtainWishes {
  /** Monitors are dark. What viewers see does not change. */
  readonly blank: boolean;
  /** Keyboards and pointers of the machine do nothing. What viewers type does. */
  readonly lock: boolean;
}

/** Undone by whoever drew it, or, when that process was killed, by its notes. */
export interface Curtain {
  /**
   * Does what is wanted, and undoes what is not wanted any more. Also called now and then, as devices come and other
   * programs make monitors light again.
   *
   * @returns What cannot be had on this display, in words; nothing when all is well.
   */
  draw(wishes: CurtainWishes): readonly string[];
}
