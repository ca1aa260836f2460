/**
 * All security types, strongest first: many viewers take the first that they know.
 *
 * @module
 */
import type { Peer } from "../transport/transport.ts";
import { APPLE_DH } from "./apple_dh.ts";
import { NONE } from "./none.ts";
import { RA2, RA2_256, RA2NE, RA2NE_256 } from "./rsa_aes.ts";
import {
  type Credentials,
  isPrivate,
  mustEncrypt,
  type SecurityTypeDefinition,
  usersAreAsked,
} from "./security_type.ts";
import { VENCRYPT } from "./ve_ncrypt.ts";
import { VNC_AUTHENTICATION } from "./vnc_authentication.ts";

/** In the order in which they are offered. */
export const SECURITY_TYPES: readonly SecurityTypeDefinition[] = [
  RA2_256,
  RA2,
  VENCRYPT,
  RA2NE_256,
  RA2NE,
  APPLE_DH,
  VNC_AUTHENTICATION,
  NONE,
];

/**
 * The types that a peer is offered, in order.
 *
 * On a path that nobody can listen to, such as an SSH tunnel or https, encryption would protect from nobody, and viewers
 * ask their users about certificates: so there the simple types suffice, unless logins have names, which they do not know.
 */
export function typesFor(
  peer: Peer,
  credentials: Credentials,
  types: readonly SecurityTypeDefinition[] = SECURITY_TYPES,
): SecurityTypeDefinition[] {
  // Viewers that like another type better would ask for a password that is not needed.
  if (peer.trusted && types.includes(NONE)) return [NONE];
  const offered = types.filter((type) => type.offeredTo(peer, credentials));
  if (isPrivate(peer, credentials)) {
    return usersAreAsked(credentials) ? offered : offered.filter(({ version33 }) => version33);
  }
  return mustEncrypt(credentials) ? offered.filter(({ encrypts }) => encrypts) : offered;
}
