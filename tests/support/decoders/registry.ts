/**
 * All decoders of encodings that carry pixels.
 *
 * @module
 */
import type { Rect } from "../../../lib/core/geometry.ts";
import { BytesInput, type Decoder, type DecoderContext, runDecoding } from "./decoder.ts";
import { hextile } from "./hextile.ts";
import { jpeg } from "./jpeg.ts";
import { copyRect, raw } from "./raw.ts";
import { corre, rre } from "./rre.ts";
import { tight, tightPng } from "./tight.ts";
import { trle, zrle } from "./tiles.ts";
import { zlib } from "./zlib.ts";

export const DECODERS: readonly Decoder[] = [
  raw,
  copyRect,
  rre,
  corre,
  hextile,
  zlib,
  tight,
  trle,
  zrle,
  tightPng,
  jpeg,
];

/** The decoder of the encoding with this number. @throws There is none. */
export function decoderOf(type: number, others: readonly Decoder[] = []): Decoder {
  const decoder = [...DECODERS, ...others].find((decoder) => decoder.type === type);
  if (!decoder) throw new Error(`No decoder for encoding ${type}: write one from its specification`);
  return decoder;
}

/** Decodes the whole body of one rectangle; nothing may be missing or left over. */
export function decodeRect(type: number, bytes: Uint8Array, rect: Rect, context: DecoderContext): void {
  const input = new BytesInput(bytes);
  runDecoding(decoderOf(type).decode(input, rect, context), input);
}
