/**
 * No authentication (RFC 6143 §7.2.1): for peers on this machine, when no password is set (protected mode, DESIGN §6).
 *
 * @module
 */
import { SecurityTypeNumber } from "../protocol/constants.ts";
import { comesInFreely, type SecurityTypeDefinition } from "./security_type.ts";

/** Security type 1. */
export const NONE: SecurityTypeDefinition = {
  name: "None",
  number: SecurityTypeNumber.None,
  version33: true,
  offeredTo: comesInFreely,
  authenticate: ({ transport: { peer } }) =>
    Promise.resolve({ principal: { user: (peer.trusted && peer.owner?.name) || "", viewOnly: false } }),
};
