/**
 * Asking the person at the desktop before a viewer comes in.
 *
 * It is asked after the login, so that only those who could come in anyway are heard of; one at a time; and who sees
 * the desktop already sees the question, too, and can answer it if they may control the desktop.
 *
 * @module
 */
import { abortable } from "../core/abortable.ts";
import { RefusedError } from "../core/errors.ts";
import { getLogger } from "../core/log.ts";
import type { Question, Questioner } from "../core/questioner.ts";
import type { Peer } from "../transport/transport.ts";
import type { Principal } from "./security_type.ts";

/** When to ask, and what no answer means. */
export type AcceptPolicy =
  /** Nobody is asked. */
  | "off"
  /** Without an answer the viewer may not come in. */
  | "ask"
  /** Without an answer the viewer may look. */
  | "view";

/** The settings that decide. */
export interface ConsentRules {
  readonly accept: AcceptPolicy;
  /** Time to answer. */
  readonly acceptSeconds: number;
}

/** Viewers that wait for an answer at a time; more are refused at once. */
const MOST_WAITING = 8;

const NOBODY_THERE = "The person at the desktop has to agree, and cannot be asked";

const CHOICES = [
  { label: "Yes", key: "y" },
  { label: "View only", key: "v" },
  { label: "No", key: "n" },
] as const;
const [YES, VIEW] = [0, 1];

/** Asks for all viewers of a server. */
export class Consent {
  readonly #questioner: () => Questioner | undefined;
  readonly #rules: () => ConsentRules;
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  /**
   * @param questioner Whom to ask by, at the moment; `undefined` where nobody can be asked.
   * @param rules Read for each viewer.
   */
  constructor(questioner: () => Questioner | undefined, rules: () => ConsentRules) {
    this.#questioner = questioner;
    this.#rules = rules;
  }

  /** Whether viewers have to wait for an answer at the moment. */
  get isAsked(): boolean {
    return this.#rules().accept !== "off";
  }

  /**
   * Asks for one viewer that has logged in.
   *
   * @param signal The viewer has gone, or the server stops.
   * @returns What it may do.
   * @throws {RefusedError} It may not come in.
   */
  async ask(peer: Peer, principal: Principal, signal: AbortSignal): Promise<Principal> {
    if (!this.isAsked) return principal;
    if (this.#waiting >= MOST_WAITING) {
      throw new RefusedError("Too many viewers wait for an answer at the desktop");
    }
    this.#waiting++;
    const turn = this.#last.then(() => this.#askNow(peer, principal, signal));
    this.#last = turn.catch(() => {});
    try {
      // Who does not wait any longer takes nobody's place.
      return await abortable(turn, signal);
    } finally {
      this.#waiting--;
    }
  }

  async #askNow(peer: Peer, principal: Principal, signal: AbortSignal): Promise<Principal> {
    signal.throwIfAborted();
    const { accept, acceptSeconds } = this.#rules();
    const questioner = this.#questioner();
    const log = getLogger("security");
    const { address } = peer;
    if (accept === "off") return principal;
    if (!questioner) {
      log.warning("{address} is not let in: nobody can be asked on this display", { address });
      throw new RefusedError(NOBODY_THERE);
    }
    const answer = await this.#put(questioner, {
      title: "Somebody wants to see this desktop",
      lines: this.#describe(peer, principal),
      choices: principal.viewOnly ? CHOICES.filter((_, at) => at !== VIEW) : CHOICES,
      otherwise: (left) => accept === "view" ? `May look on in ${left} s` : `Is refused in ${left} s`,
      timeoutMs: acceptSeconds * 1000,
    }, signal);
    const said = answer === undefined ? undefined : principal.viewOnly && answer > YES ? 2 : answer;
    const may = said === undefined ? (accept === "view" ? VIEW : undefined) : said;
    log.info("{address}: the person at the desktop answered {answer}", {
      address,
      answer: said === undefined ? "nothing" : CHOICES[said]!.label.toLowerCase(),
    });
    if (may === YES) return principal;
    if (may === VIEW) return { ...principal, viewOnly: true, ...(principal.role && { role: "viewer" }) };
    throw new RefusedError(
      said === undefined ? "The person at the desktop did not answer" : "The person at the desktop said no",
    );
  }

  async #put(questioner: Questioner, question: Question, signal: AbortSignal): Promise<number | undefined> {
    try {
      return await questioner.ask(question, signal);
    } catch (error) {
      if (signal.aborted) throw error;
      getLogger("security").error("Nobody can be asked: {error}", { error });
      throw new RefusedError(NOBODY_THERE);
    }
  }

  #describe({ address, transport }: Peer, { user, viewOnly }: Principal): string[] {
    const others = this.#waiting - 1;
    return [
      `From:  ${address} (${transport})`,
      ...(user ? [`User:  ${user}`] : []),
      viewOnly ? "They may look only." : "They want to control keyboard and pointer.",
      ...(others > 0 ? [`${others} more wait for an answer.`] : []),
    ];
  }
}
