/**
 * `porthole licenses`: whose work is in the executable, and under which licences.
 *
 * @module
 */
import { LICENSES_GZIP } from "./license_texts.ts";

/** The list, and the licences in full. */
export function licensesText(): Promise<string> {
  const packed = new Blob([Uint8Array.fromBase64(LICENSES_GZIP)]);
  return new Response(packed.stream().pipeThrough(new DecompressionStream("gzip"))).text();
}
