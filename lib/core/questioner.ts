/**
 * The port of whoever can ask the person at the desktop something.
 *
 * @module
 */

/** One of the ways to answer. */
export interface Choice {
  /** On the button: "Yes". */
  readonly label: string;
  /** The letter that answers by keyboard, in lower case. */
  readonly key: string;
}

/** What is asked. */
export interface Question {
  readonly title: string;
  /** A few short lines. */
  readonly lines: readonly string[];
  /** One to four of them. Escape and closing the window stand for the last one. */
  readonly choices: readonly Choice[];
  /** What becomes of it without an answer, and when: shown as it comes closer. */
  readonly otherwise: (secondsLeft: number) => string;
  /** How long there is to answer, in ms. */
  readonly timeoutMs: number;
}

/** Asks one question at a time; the caller sees to that. */
export interface Questioner {
  /**
   * Asks.
   *
   * @param signal Takes the question back.
   * @returns The place of the answer in `choices`; `undefined` when none came in time.
   * @throws {NativeError} There is no way to ask. @throws {DisplayLostError} The display went while it was asked.
   */
  ask(question: Question, signal: AbortSignal): Promise<number | undefined>;
}
