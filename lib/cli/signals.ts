/**
 * What the system asks of a running server: stop, stop at once, read the configuration again.
 *
 * @module
 */

/** What to do; all return at once. */
export interface SignalActions {
  /** First SIGINT or SIGTERM. */
  stop(signal: string): void;
  /** Second one: the user does not want to wait. */
  abandon(signal: string): void;
  /** SIGHUP. */
  reload(): void;
}

/** Listens for signals until it is disposed. */
export class SignalListener implements Disposable {
  readonly #resources = new DisposableStack();
  #stopping = false;

  constructor(actions: SignalActions) {
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      this.#listen(signal, () => {
        if (this.#stopping) return actions.abandon(signal);
        this.#stopping = true;
        actions.stop(signal);
      });
    }
    this.#listen("SIGHUP", () => actions.reload());
  }

  [Symbol.dispose](): void {
    this.#resources.dispose();
  }

  #listen(signal: Deno.Signal, listener: () => void): void {
    Deno.addSignalListener(signal, listener);
    this.#resources.defer(() => Deno.removeSignalListener(signal, listener));
  }
}
