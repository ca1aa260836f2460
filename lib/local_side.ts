/**
 * The person at the machine itself, as far as viewers concern them: who comes in is asked about there.
 *
 * @module
 */
import type { DesktopBackend } from "./desktop/backend.ts";
import { Consent } from "./security/consent.ts";
import type { ResolvedOptions } from "./server_options.ts";

/** Follows the display that is open. */
export class LocalSide {
  /** Asks about viewers, where that is wanted. */
  readonly consent: Consent;
  #backend: DesktopBackend | undefined;

  /** @param options Read at the moment of use. */
  constructor(options: () => ResolvedOptions) {
    this.consent = new Consent(() => this.#backend?.questioner, options);
  }

  /** Opens a display, and takes it for the one that is there from now on. */
  async open(open: () => Promise<DesktopBackend>): Promise<DesktopBackend> {
    this.#backend = undefined;
    return this.#backend = await open();
  }
}
