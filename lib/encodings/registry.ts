/**
 * The encodings that the server has. A new one is one file and one line here.
 *
 * @module
 */
import { CORRE } from "./corre.ts";
import type { EncodingDefinition } from "./encoding.ts";
import { HEXTILE } from "./hextile.ts";
import { JPEG } from "./jpeg.ts";
import { RAW } from "./raw.ts";
import { RRE } from "./rre.ts";
import { TIGHT } from "./tight.ts";
import { TIGHT_PNG } from "./tight_png.ts";
import { TRLE } from "./trle.ts";
import { ZLIB } from "./zlib.ts";
import { ZRLE } from "./zrle.ts";

/**
 * All encodings that turn pixels into bytes; which one a client gets follows from the client's order, not from
 * this one. CopyRect is not among them, as it has no pixels: see `copy_rect.ts`.
 */
export const ENCODINGS: readonly EncodingDefinition[] = [
  RAW,
  RRE,
  CORRE,
  HEXTILE,
  ZLIB,
  TRLE,
  ZRLE,
  TIGHT,
  TIGHT_PNG,
  JPEG,
];

/** The same, and the forms that they have for photographs; each has a name of its own. */
export function withForms(encodings: readonly EncodingDefinition[]): readonly EncodingDefinition[] {
  return [...new Set(encodings.flatMap((encoding) => [encoding, encoding.forPhotos ?? encoding]))];
}
