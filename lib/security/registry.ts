/**
 * All security types, strongest first: many viewers take the first that they know.
 *
 * @module
 */
import { NONE } from "./none.ts";
import type { SecurityTypeDefinition } from "./security_type.ts";
import { VNC_AUTHENTICATION } from "./vnc_authentication.ts";

/** In the order in which they are offered. */
export const SECURITY_TYPES: readonly SecurityTypeDefinition[] = [VNC_AUTHENTICATION, NONE];
