/**
 * The desktop's new name (rfbproto "DesktopName Pseudo-encoding"); the first one stands in ServerInit.
 *
 * @module
 */
import type { ByteWriter } from "../../core/bytes.ts";
import { PseudoEncoding } from "../constants.ts";
import { desktopNameBytes, writePseudoRect } from "../server_messages.ts";

/** Writes a DesktopName rectangle, with its header: u32 length, name, as `desktopNameBytes` makes it. */
export function writeDesktopName(out: ByteWriter, name: string): void {
  const bytes = desktopNameBytes(name);
  writePseudoRect(out, PseudoEncoding.DesktopName);
  out.u32(bytes.length).bytes(bytes);
}
