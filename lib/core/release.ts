/**
 * Which release this is.
 *
 * @module
 */

/** The version, as deno.json says it (a test compares). */
export const RELEASE = "0.1.0";
