/**
 * What was drawn without a report of it: found by looking at parts of the screen in turn.
 *
 * @module
 */
import type { Clock } from "../core/clock.ts";
import type { Rect, Size } from "../core/geometry.ts";
import { getLogger } from "../core/log.ts";
import type { ObserverGroup } from "../core/observer_group.ts";
import type { Frame } from "../core/pixels.ts";
import type { ChangeDetector } from "../damage/change_detector.ts";
import type { Changes } from "../damage/changes.ts";
import { DamageAudit } from "../damage/damage_audit.ts";

/** Audits the screen's reports, counts what they leave out, and says so once. One waits for `due()`. */
export class UnreportedChanges {
  readonly #log = getLogger("desktop");
  readonly #audit: DamageAudit;
  readonly #observers: ObserverGroup;
  #hasWarned = false;

  constructor(clock: Clock, observers: ObserverGroup) {
    this.#audit = new DamageAudit(clock);
    this.#observers = observers;
  }

  /** Something goes on, of which more may come than is reported. */
  wake(): void {
    this.#audit.wake();
  }

  /** Somebody looks at the screen after nobody did. */
  restart(): void {
    this.#audit.restart();
  }

  /** Waits until it is time to look at another part. @throws The signal's reason when it aborts. */
  due(signal: AbortSignal): Promise<void> {
    return this.#audit.due(signal);
  }

  /** The part of a screen of this size that is to be looked at now. */
  next(size: Size): Rect {
    return this.#audit.next(size);
  }

  /**
   * Compares a part with what clients know.
   *
   * @param frame `part` of it was captured before `damage` was taken.
   * @returns What has changed there without a report, if anything has.
   */
  find(detector: ChangeDetector, frame: Frame, part: Rect, damage: readonly Rect[]): Changes | undefined {
    const { changes, tiles, missed } = detector.audit(frame, part, damage);
    this.#observers.notify("damageAudited", { tiles, missed });
    if (missed === 0) return undefined;
    this.#audit.found(frame);
    if (!this.#hasWarned) {
      this.#hasWarned = true;
      this.#log.warning(
        "The display does not report all that is drawn; what it leaves out is seen up to some seconds later",
      );
    }
    return changes;
  }
}
