/**
 * Many observers behind one, so that a faulty one harms nobody.
 *
 * @module
 */
import { getLogger } from "./log.ts";
import type { ServerObserver } from "./observer.ts";

type EventName = keyof ServerObserver;
type EventOf<N extends EventName> = Parameters<NonNullable<ServerObserver[N]>>[0];

/** Passes events on. An observer that throws is logged once and dropped. */
export class ObserverGroup {
  #observers: readonly ServerObserver[];

  constructor(observers: readonly ServerObserver[]) {
    this.#observers = observers;
  }

  /** One more, who hears of what happens from now on. */
  add(observer: ServerObserver): void {
    this.#observers = [...this.#observers, observer];
  }

  /** Tells all of them. */
  notify<N extends EventName>(name: N, event: EventOf<N>): void {
    for (const observer of this.#observers) {
      try {
        const listener = observer[name] as ((event: EventOf<N>) => void) | undefined;
        listener?.call(observer, event);
      } catch (error) {
        this.#observers = this.#observers.filter((other) => other !== observer);
        getLogger("observers").error("Observer failed at {event} and is not called any more: {error}", {
          event: name,
          error,
        });
      }
    }
  }
}
