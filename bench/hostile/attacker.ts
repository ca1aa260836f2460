/**
 * Attacks from another thread.
 *
 * @module
 */
import type { Target } from "./attacks.ts";

/** What the thread is told: to begin, or, without a name, to stop. */
export interface Order {
  readonly name: string | undefined;
  readonly target: Target;
}

/** Owns a thread. */
export class Attacker implements Disposable {
  readonly #target: Target;
  readonly #worker = new Worker(new URL("./attacker_worker.ts", import.meta.url), { type: "module" });

  constructor({ port, webPort }: Target) {
    this.#target = { port, webPort };
  }

  /** Resolves when the attack is under way. @throws {Error} It cannot be made. */
  begin(name: string): Promise<void> {
    return this.#order(name);
  }

  /** Resolves when its connections are closed. */
  stop(): Promise<void> {
    return this.#order(undefined);
  }

  [Symbol.dispose](): void {
    this.#worker.terminate();
  }

  async #order(name: string | undefined): Promise<void> {
    const answered = new Promise<string>((resolve) => {
      this.#worker.addEventListener("message", ({ data }: MessageEvent<string>) => resolve(data), {
        once: true,
      });
    });
    this.#worker.postMessage({ name, target: this.#target } satisfies Order);
    const problem = await answered;
    if (problem) throw new Error(problem);
  }
}
