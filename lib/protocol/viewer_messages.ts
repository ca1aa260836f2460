/**
 * What clients send (RFC 6143 §7.1 to §7.5), for those that the server has itself: recorders, and practice.
 *
 * @module
 */
import { type ByteWriter, latin1 } from "../core/bytes.ts";
import { ClientMessageType, SecurityTypeNumber } from "./constants.ts";
import { type PixelFormat, writePixelFormat } from "./pixel_format.ts";

/** Version 3.8, security type None, and ClientInit that shares: none of this depends on what the server says. */
export function writeOpening(out: ByteWriter): void {
  out.bytes(latin1("RFB 003.008\n")).u8(SecurityTypeNumber.None).u8(1);
}

/** SetPixelFormat (§7.5.1). */
export function writeSetPixelFormat(out: ByteWriter, format: PixelFormat): void {
  out.u8(ClientMessageType.SetPixelFormat).zeros(3);
  writePixelFormat(out, format);
}

/** SetEncodings (§7.5.2). @param encodings Best first; pseudo-encodings too. */
export function writeSetEncodings(out: ByteWriter, encodings: readonly number[]): void {
  out.u8(ClientMessageType.SetEncodings).zeros(1).u16(encodings.length);
  for (const encoding of encodings) out.i32(encoding);
}

/** FramebufferUpdateRequest (§7.5.3) for all of the screen, whatever its size is. */
export function writeUpdateRequest(out: ByteWriter, incremental: boolean): void {
  out.u8(ClientMessageType.FramebufferUpdateRequest).u8(incremental ? 1 : 0);
  out.u16(0).u16(0).u16(0xffff).u16(0xffff);
}
