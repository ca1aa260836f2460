/**
 * Registered names of encodings (RFC 6143 §7.7, rfbproto), for labels and tables: in lower case, as people say them.
 *
 * @module
 */

const NAMES: ReadonlyMap<number, string> = new Map([
  [0, "raw"],
  [1, "copyrect"],
  [2, "rre"],
  [4, "corre"],
  [5, "hextile"],
  [6, "zlib"],
  [7, "tight"],
  [8, "zlibhex"],
  [15, "trle"],
  [16, "zrle"],
  [21, "jpeg"],
  [50, "open_h264"],
  [-260, "tight_png"],
]);

/** What the encoding with this number on the wire is called; its number where no name is known. */
export function encodingName(encoding: number): string {
  return NAMES.get(encoding) ?? String(encoding);
}
