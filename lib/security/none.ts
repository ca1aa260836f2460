/**
 * No authentication (RFC 6143 §7.2.1): for peers on this machine, when no password is set (protected mode, DESIGN §6).
 *
 * @module
 */
import { SecurityTypeNumber } from "../protocol/constants.ts";
import type { Peer } from "../transport/transport.ts";
import { type Credentials, nothingIsAsked, type SecurityTypeDefinition } from "./security_type.ts";

/** Security type 1. */
export const NONE: SecurityTypeDefinition = {
  name: "None",
  number: SecurityTypeNumber.None,
  version33: true,
  offeredTo: noneIsOfferedTo,
  authenticate: () => Promise.resolve({ principal: { user: "", viewOnly: false } }),
};

/** Whether a peer may come in without showing anything. */
export function noneIsOfferedTo(peer: Peer, credentials: Credentials): boolean {
  return nothingIsAsked(credentials) && (peer.local || credentials.insecureNoAuth);
}
