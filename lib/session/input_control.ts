/**
 * Who controls the desktop: everybody who may, or one at a time (the setting `input_control_policy`).
 *
 * Rules only: no bytes, no display. The one place where it is written down who has control.
 *
 * @module
 */
import type { Clock } from "../core/clock.ts";
import type { SessionId } from "../core/observer.ts";
import { IdleTimer } from "./idle_timer.ts";

/** How those get on who may touch the desktop. */
export const CONTROL_POLICIES = ["shared", "single-controller"] as const;
/** One of {@linkcode CONTROL_POLICIES}. */
export type ControlPolicy = typeof CONTROL_POLICIES[number];

/** Read at the moment of use, so that they can change. */
export interface ControlRules {
  readonly inputControlPolicy: ControlPolicy;
  /** Who does nothing for so long gives control up, in seconds; 0: never. */
  readonly controlIdleSeconds: number;
}

/** A session, as far as control goes. */
export interface Participant {
  readonly id: SessionId;
  /** Whether it may touch anything at all, at this moment. */
  readonly mayControl: boolean;
  /** An owner need not wait for those who are none. */
  readonly isOwner: boolean;
  /** Lets go of every key and button that it holds. */
  letGo(): void;
  /** Who has control has changed, which it may tell its user. */
  controlChanged(): void;
}

/** Why control went from one to another, or became free. */
export type ControlReason =
  /** Nobody had it when the new one came, or when it pressed something. */
  | "free"
  /** An owner pressed something. */
  | "owner"
  /** The operator of the server decided so. */
  | "operator"
  | "left"
  | "idle"
  /** It may look only, from now on; or control is for everybody. */
  | "rules";

/** Who had control, and who has it. */
export interface ControlChange {
  readonly from: SessionId | undefined;
  readonly to: SessionId | undefined;
  readonly reason: ControlReason;
}

/** Who was made to give control up cannot take it again at once, in ms: others get a chance to press something. */
const RELEASE_PAUSE_MS = 5000;

/** What control is made with. */
export interface InputControlOptions {
  readonly clock: Clock;
  readonly rules: () => ControlRules;
  readonly changed?: (change: ControlChange) => void;
}

/** Written by sessions that come, press and go, and by the operator. Owns a timer. */
export class InputControl implements Disposable {
  readonly #options: InputControlOptions;
  readonly #participants = new Set<Participant>();
  #controller: Participant | undefined;
  #idle: IdleTimer | undefined;
  /** Was made to give control up, and until when it has to wait. */
  #paused: { readonly who: Participant; readonly until: number } | undefined;

  constructor(options: InputControlOptions) {
    this.#options = options;
  }

  /** Who has control, where only one can; `undefined` when nobody has, or everybody. */
  get controller(): SessionId | undefined {
    return this.#isSingle ? this.#controller?.id : undefined;
  }

  /** Whether what `participant` does counts at this moment. */
  has(participant: Participant): boolean {
    return participant.mayControl && (!this.#isSingle || this.#controller === participant);
  }

  /** Whether it has control, or nobody has: then its clipboard and the size that it wants count. */
  isOpenTo(participant: Participant): boolean {
    return participant.mayControl &&
      (!this.#isSingle || !this.#controller || this.#controller === participant);
  }

  /**
   * Somebody has come in; who finds control free has it.
   *
   * @returns To be disposed when it has gone, and has let go of everything.
   */
  join(participant: Participant): Disposable {
    this.#participants.add(participant);
    if (this.#isSingle && !this.#controller && participant.mayControl) this.#pass(participant, "free");
    return { [Symbol.dispose]: () => this.#leave(participant) };
  }

  /**
   * Somebody does something. Only a press takes control, so that a pointer that passes by does not.
   *
   * @param press A key or a button went down.
   * @returns Whether it counts.
   */
  act(participant: Participant, press: boolean): boolean {
    if (!participant.mayControl) return false;
    if (!this.#isSingle) return true;
    if (this.#controller !== participant) {
      const reason = press ? this.#mayTake(participant) : undefined;
      if (!reason) return false;
      this.#pass(participant, reason);
    }
    this.#idle?.touch();
    return true;
  }

  /** The operator gives control to a session. @returns Why it cannot be, or `undefined` when it is done. */
  give(id: SessionId): string | undefined {
    if (!this.#isSingle) return "Everybody has control (input_control_policy is shared)";
    const participant = [...this.#participants].find((one) => one.id === id);
    if (!participant) return `There is no session ${id}`;
    if (!participant.mayControl) return `Session ${id} may look only`;
    if (participant !== this.#controller) this.#pass(participant, "operator");
    return undefined;
  }

  /** The operator takes control away. @returns Why it cannot be, or `undefined` when it is done. */
  release(): string | undefined {
    if (!this.#isSingle) return "Everybody has control (input_control_policy is shared)";
    const controller = this.#controller;
    if (!controller) return "Nobody has control";
    this.#paused = { who: controller, until: this.#options.clock.now() + RELEASE_PAUSE_MS };
    this.#pass(undefined, "operator");
    return undefined;
  }

  /** The rules, or what participants may, have changed: who has control no longer lets go of what it holds. */
  review(): void {
    const controller = this.#controller;
    if (controller && !(this.#isSingle && controller.mayControl)) this.#pass(undefined, "rules");
    else this.#watchIdleness();
    for (const participant of this.#participants) {
      if (!this.has(participant)) participant.letGo();
      participant.controlChanged();
    }
  }

  [Symbol.dispose](): void {
    this.#idle?.[Symbol.dispose]();
  }

  #leave(participant: Participant): void {
    this.#participants.delete(participant);
    if (this.#paused?.who === participant) this.#paused = undefined;
    if (this.#controller === participant) this.#pass(undefined, "left");
  }

  get #isSingle(): boolean {
    return this.#options.rules().inputControlPolicy === "single-controller";
  }

  /** Why `participant` may take control now; `undefined` when it may not. */
  #mayTake(participant: Participant): ControlReason | undefined {
    const controller = this.#controller;
    if (controller && participant.isOwner && !controller.isOwner) return "owner";
    const hasToWait = this.#paused?.who === participant && this.#paused.until > this.#options.clock.now();
    return controller || hasToWait ? undefined : "free";
  }

  #pass(to: Participant | undefined, reason: ControlReason): void {
    const from = this.#controller;
    this.#controller = to;
    if (to) this.#paused = undefined;
    from?.letGo();
    this.#watchIdleness();
    this.#options.changed?.({ from: from?.id, to: to?.id, reason });
    for (const participant of this.#participants) participant.controlChanged();
  }

  #watchIdleness(): void {
    this.#idle?.[Symbol.dispose]();
    this.#idle = undefined;
    const { controlIdleSeconds } = this.#options.rules();
    if (!this.#controller || controlIdleSeconds === 0) return;
    this.#idle = new IdleTimer(this.#options.clock, controlIdleSeconds * 1000, () => {
      this.#pass(undefined, "idle");
    });
  }
}
