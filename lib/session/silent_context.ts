/**
 * What the server's own sessions get: those that record, and those that practise.
 *
 * @module
 */
import type { ServerObserver, SessionId } from "../core/observer.ts";
import { ObserverGroup } from "../core/observer_group.ts";
import { NONE } from "../security/none.ts";
import type { SessionContext } from "./session.ts";

/** Their number: no viewer has it. */
export const OWN_SESSION: SessionId = 0;

/** For a session that nobody but `observers` hears of, that is always let in, and that can do nothing but look. */
export function silentContext(context: SessionContext, observers: readonly ServerObserver[]): SessionContext {
  return {
    ...context,
    observers: new ObserverGroup(observers),
    securityTypes: [{ ...NONE, offeredTo: () => true }],
    viewOnly: () => true,
    sharesClipboard: false,
    networkProfile: () => "localhost",
    refusal: () => undefined,
    consent: undefined,
    admit: () => {},
    limits: { ...context.limits, idleMs: 0, sessionMs: 0 },
  };
}
