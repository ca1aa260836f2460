/**
 * The decoders that there are: one for each encoding that the server has.
 *
 * @module
 */
import { EncodingType } from "../../protocol/constants.ts";
import type { Decoder } from "./decoder.ts";
import { decodeJpeg } from "./jpeg.ts";
import { decodeHextile } from "./hextile.ts";
import { decodeCopyRect, decodeCorre, decodeRaw, decodeRre, decodeZlib } from "./raw.ts";
import { decodeTight, decodeTightPng } from "./tight.ts";
import { decodeTrle, decodeZrle } from "./tiles.ts";

/** By encoding type. */
export const DECODERS: ReadonlyMap<number, Decoder> = new Map<number, Decoder>([
  [EncodingType.Raw, decodeRaw],
  [EncodingType.CopyRect, decodeCopyRect],
  [EncodingType.RRE, decodeRre],
  [EncodingType.CoRRE, decodeCorre],
  [EncodingType.Hextile, decodeHextile],
  [EncodingType.Zlib, decodeZlib],
  [EncodingType.TRLE, decodeTrle],
  [EncodingType.ZRLE, decodeZrle],
  [EncodingType.Tight, decodeTight],
  [EncodingType.TightPng, decodeTightPng],
  [EncodingType.Jpeg, decodeJpeg],
]);
