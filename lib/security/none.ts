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
  authenticate: ({ transport: { peer } }) =>
    Promise.resolve({ principal: { user: (peer.trusted && peer.owner?.name) || "", viewOnly: false } }),
};

/**
 * Whether a peer may come in without showing anything: on this machine when nothing is asked for, but at the Unix socket
 * only, and always, when it belongs to one of those who need no password.
 */
export function noneIsOfferedTo(peer: Peer, credentials: Credentials): boolean {
  if (peer.trusted) return true;
  return nothingIsAsked(credentials) &&
    ((peer.local && peer.trusted === undefined) || credentials.insecureNoAuth);
}
