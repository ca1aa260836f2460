/**
 * CopyRect encoding (RFC 6143 §7.7.2): pixels that the client has already, somewhere else.
 *
 * It has no pixels to encode, so it is no {@linkcode EncodingDefinition}: whoever knows that something moved writes
 * it, where the client can take it.
 *
 * @module
 */
import type { ByteWriter } from "../core/bytes.ts";
import type { Point } from "../core/geometry.ts";
import { EncodingType } from "../protocol/constants.ts";

/** CopyRect, for lists of what the server has. */
export const COPY_RECT: { readonly name: string; readonly type: number } = {
  name: "CopyRect",
  type: EncodingType.CopyRect,
};

/**
 * Appends the body of a CopyRect rectangle, which the rectangle's header gives its place and size.
 *
 * @param source Top left corner of where the pixels are in the client's framebuffer when this rectangle's turn comes:
 *   rectangles of an update apply in order.
 */
export function writeCopyRect(out: ByteWriter, source: Point): void {
  out.u16(source.x).u16(source.y);
}
