/**
 * Structured concurrency: tasks that live and end together.
 *
 * @module
 */

/** A group of tasks. The first that fails aborts the others; `join()` throws its reason when all have ended. */
export class TaskScope implements AsyncDisposable {
  readonly #controller = new AbortController();
  readonly #signal: AbortSignal;
  readonly #tasks = new Set<Promise<void>>();
  #failure: { readonly reason: unknown } | undefined;

  /** @param parent Aborts all tasks when it aborts. */
  constructor(parent?: AbortSignal) {
    this.#signal = parent ? AbortSignal.any([parent, this.#controller.signal]) : this.#controller.signal;
  }

  /** Aborts when a task fails, when the scope is disposed, or when the parent aborts. */
  get signal(): AbortSignal {
    return this.#signal;
  }

  /** Starts `task` at once; it must end soon after its signal aborts. */
  spawn(task: (signal: AbortSignal) => Promise<void>): void {
    const running = this.#run(task);
    this.#tasks.add(running);
    running.then(() => this.#tasks.delete(running));
  }

  /** Tells all tasks to end. */
  abort(reason?: unknown): void {
    this.#controller.abort(reason);
  }

  /** Waits until all tasks have ended, those too that are spawned meanwhile. @throws The first failure. */
  async join(): Promise<void> {
    await this.#ended();
    if (this.#failure) throw this.#failure.reason;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.abort();
    await this.#ended();
  }

  async #ended(): Promise<void> {
    while (this.#tasks.size > 0) await Promise.all(this.#tasks);
  }

  async #run(task: (signal: AbortSignal) => Promise<void>): Promise<void> {
    try {
      await task(this.#signal);
    } catch (reason) {
      this.#failure ??= { reason };
      this.#controller.abort(reason);
    }
  }
}
