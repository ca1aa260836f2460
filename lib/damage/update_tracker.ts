/**
 * What one client has not seen yet.
 *
 * The promise kept throughout: when the client has carried out the pending moves in their order, every pixel outside
 * of the pending region is the screen's. So a client that is slow, or asks for parts only, never ends up wrong; in the
 * worst case it gets pixels where a move would have done.
 *
 * @module
 */
import { type Rect, translate } from "../core/geometry.ts";
import { Region } from "../core/region.ts";
import type { Changes, Move } from "./changes.ts";

/** More moves than this are not worth their care: the client has fallen behind, and gets pixels. */
const MOST_PENDING_MOVES = 4;

/** As far as RFB's coordinates reach. */
const EVERYTHING = { x: 0, y: 0, width: 0xffff, height: 0xffff };

/** A move as it goes to a client: CopyRect of `to` from (to.x - dx, to.y - dy). */
export interface PendingUpdate {
  readonly moves: readonly Move[];
  readonly changed: Region;
}

/** Pending changes of one client. Written by the desktop (`add`) and by its session's update loop (the rest). */
export class UpdateTracker {
  #moves: Move[] = [];
  #changed: Region = Region.EMPTY;
  #acceptsMoves = false;
  #composing = false;

  /** Whether the client takes CopyRect. When it stops doing so, what is pending becomes pixels. */
  set acceptsMoves(accepts: boolean) {
    this.#acceptsMoves = accepts;
    if (!accepts) this.#movesBecomePixels();
  }

  /** Whether anything is pending. */
  get isEmpty(): boolean {
    return this.#moves.length === 0 && this.#changed.isEmpty;
  }

  /** Whether anything is pending within `area`. */
  isPending(area: Region): boolean {
    return this.#moves.some((move) => area.intersects(move.to)) || !this.changedIn(area).isEmpty;
  }

  /**
   * What is pending within `area`, in two parts: where moves lead to, and pixels. An update may take the first whole and
   * any part of the second.
   */
  pendingIn(area: Region): { readonly moved: Region; readonly changed: Region } {
    return {
      moved: Region.from(this.#moves.map(({ to }) => to)).intersect(area),
      changed: this.changedIn(area),
    };
  }

  /** The pixels that are pending within `area`, but for those that moves make. */
  changedIn(area: Region): Region {
    return this.#changed.intersect(area);
  }

  /** The screen has changed. */
  add(changes: Changes): void {
    for (const move of changes.moves) this.#addMove(move);
    if (!changes.changed.isEmpty) this.#changed = this.#changed.union(changes.changed);
  }

  /** These pixels have to be sent whatever the client may have: it asked for them anew, or lost them. */
  invalidate(area: Region): void {
    this.#movesBecomePixels();
    this.#changed = this.#changed.union(area);
  }

  /**
   * Everything that was pending is void: the screen is another one, or has another size. All is pending now, beyond the
   * screen's borders too: a client that keeps its old size sees what is there.
   */
  reset(): void {
    this.#moves = [];
    this.#changed = Region.of(EVERYTHING);
  }

  /**
   * Takes what is pending within `area` for one update. What lies outside stays pending.
   *
   * Until {@linkcode UpdateTracker.composed} is called, moves are taken as pixels: encoding reads the screen as it is
   * then, and a move that happens meanwhile would copy what the client does not have yet.
   */
  take(area: Region): PendingUpdate {
    if (!this.#moves.every((move) => area.covers(move.to))) this.#movesBecomePixels();
    const moves = this.#moves;
    const changed = this.changedIn(area);
    this.#moves = [];
    this.#changed = this.#changed.subtract(area);
    this.#composing = true;
    return { moves, changed };
  }

  /** All pixels of the update taken last have been read. */
  composed(): void {
    this.#composing = false;
  }

  #addMove(move: Move): void {
    const target = Region.of(move.to);
    if (!this.#acceptsMoves || this.#composing || this.#moves.length >= MOST_PENDING_MOVES) {
      this.#movesBecomePixels();
      this.#changed = this.#changed.union(target);
      return;
    }
    // What is not up to date in the source is not up to date in the target either.
    const source = Region.of(translate(move.to, -move.dx, -move.dy));
    const stale = this.#changed.intersect(source).translate(move.dx, move.dy);
    this.#changed = this.#changed.subtract(target).union(stale);
    const pieces = target.subtract(stale).rects().toSorted(inOrderOf(move));
    for (const to of pieces) this.#moves.push({ to, dx: move.dx, dy: move.dy });
  }

  #movesBecomePixels(): void {
    for (const move of this.#moves) this.#changed = this.#changed.union(move.to);
    this.#moves = [];
  }
}

/** The pieces of one move must not overwrite each other's sources: those that go first lie furthest in its direction. */
function inOrderOf({ dx, dy }: Move): (a: Rect, b: Rect) => number {
  const down = dy > 0 ? -1 : 1;
  const right = dx > 0 ? -1 : 1;
  return (a, b) => (a.y - b.y) * down || (a.x - b.x) * right;
}
