/**
 * A rectangle encoded and deflated for whoever wants it: its zlib data refers to nothing before it, so that it may be
 * spliced into any client's streams (inflate keeps no account of who wrote what, PROTOCOL: deflate blocks).
 *
 * @module
 */
import type { Rect } from "../core/geometry.ts";
import type { Frame } from "../core/pixels.ts";
import { ByteWriter } from "../core/bytes.ts";
import { levelFor, writeIndependentBlock } from "./deflate.ts";
import { type DeflateMark, EncodedRect } from "./encoded_rect.ts";
import type { EncodingDefinition } from "./encoding.ts";
import type { PixelTarget } from "./pixel_target.ts";

/** Bytes of their own. */
export interface FinishedRect {
  readonly bytes: Uint8Array;
  /** Which bytes are deflate blocks, for which stream, and how their length is written. */
  readonly blocks: readonly DeflateMark[];
}

/** What has to be encoded. */
export interface EncodeJob {
  readonly frame: Frame;
  readonly rect: Rect;
  readonly encoding: EncodingDefinition;
  readonly target: PixelTarget;
  /** The pixels are one client's alone: a pointer drawn in, or what lies beyond the screen. */
  readonly isPrivate: boolean;
}

/** Used for one rectangle after the other; what is kept of each is a copy of the right size. */
const encoded = new EncodedRect(4096);
const packed = new ByteWriter(4096);

/** Encodes and deflates, here and now. */
export function finishRect({ frame, rect, encoding, target }: Omit<EncodeJob, "isPrivate">): FinishedRect {
  encoded.clear();
  encoding.encode(frame, rect, target, encoded);
  const { marks } = encoded;
  if (marks.length === 0) return { bytes: encoded.copy(), blocks: [] };
  const bytes = encoded.view();
  const out = packed;
  out.clear();
  const blocks: DeflateMark[] = [];
  let at = 0;
  for (const { start, end, stream, prefix, isRich } of marks) {
    out.bytes(bytes.subarray(at, start));
    const blockStart = out.length;
    const data = bytes.subarray(start, end);
    writeIndependentBlock(data, levelFor(data.length, target.zlibLevel, isRich), out);
    blocks.push({ start: blockStart, end: out.length, stream, prefix });
    at = end;
  }
  out.bytes(bytes.subarray(at));
  return { bytes: out.copy(), blocks };
}
