/**
 * The person at the machine itself, as far as viewers concern them: who comes in is asked about there, and while somebody
 * is in, monitors may be dark and devices idle.
 *
 * @module
 */
import { NativeError } from "./core/errors.ts";
import { getLogger } from "./core/log.ts";
import type { ServerObserver, SessionClosed, SessionId, SessionOpened } from "./core/observer.ts";
import type { DesktopBackend } from "./desktop/backend.ts";
import { Consent } from "./security/consent.ts";
import type { ResolvedOptions } from "./server_options.ts";

/** How often it is looked whether monitors are still dark, and devices idle. */
const KEEP_MS = 1000;

/** Follows the display that is open, and the sessions that are in. */
export class LocalSide implements ServerObserver, Disposable {
  /** Asks about viewers, where that is wanted. */
  readonly consent: Consent;
  readonly #log = getLogger("desktop");
  readonly #options: () => ResolvedOptions;
  readonly #inside = new Set<SessionId>();
  #backend: DesktopBackend | undefined;
  #keeping: ReturnType<typeof setInterval> | undefined;
  #watchdog: Disposable | undefined;
  #told: readonly string[] = [];

  /** @param options Read at the moment of use. */
  constructor(options: () => ResolvedOptions) {
    this.#options = options;
    this.consent = new Consent(() => this.#backend?.questioner, options);
  }

  /** Opens a display, and takes it for the one that is there from now on. */
  async open(open: () => Promise<DesktopBackend>): Promise<DesktopBackend> {
    this.#backend = undefined;
    this.#backend = await open();
    this.refresh();
    return this.#backend;
  }

  sessionOpened({ session }: SessionOpened): void {
    this.#inside.add(session);
    this.refresh();
  }

  sessionClosed({ session }: SessionClosed): void {
    if (this.#inside.delete(session)) this.refresh();
  }

  /** Sessions or settings have changed. */
  refresh(): void {
    const { blankScreen, lockLocalInput, watchdog, authority } = this.#options();
    const isInUse = this.#inside.size > 0 && (blankScreen || lockLocalInput);
    if (isInUse && !this.#keeping) {
      this.#keeping = setInterval(() => this.#draw(), KEEP_MS);
      // Before anything is done that would have to be undone.
      const display = this.#backend?.name;
      if (display && this.#backend?.curtain) this.#watchdog = watchdog?.({ display, authority });
    }
    this.#draw();
    if (!isInUse) this[Symbol.dispose]();
  }

  /** Nothing is kept up any more. What was done is undone by the last session's end. */
  [Symbol.dispose](): void {
    if (this.#keeping !== undefined) clearInterval(this.#keeping); // the first use of timers takes 10 ms
    this.#keeping = undefined;
    this.#watchdog?.[Symbol.dispose]();
    this.#watchdog = undefined;
    this.#told = [];
  }

  #draw(): void {
    const { blankScreen, lockLocalInput } = this.#options();
    const isIn = this.#inside.size > 0;
    const wishes = { blank: isIn && blankScreen, lock: isIn && lockLocalInput };
    const isWanted = wishes.blank || wishes.lock;
    const curtain = this.#backend?.curtain;
    try {
      const problems = curtain?.draw(wishes) ??
        (isWanted ? ["This desktop has no monitors and devices"] : []);
      for (const problem of problems) {
        if (!this.#told.includes(problem)) this.#log.error("{problem}", { problem });
      }
      if (isWanted) this.#told = problems;
    } catch (error) {
      // The display is being lost; what comes after it begins anew.
      if (!(error instanceof NativeError)) throw error;
      this.#log.debug("Monitors and devices cannot be reached: {error}", { error });
    }
  }
}
