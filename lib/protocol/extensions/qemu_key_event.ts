/**
 * Keys named by where they are (rfbproto "QEMU Extended Key Event Message").
 *
 * The server announces that it takes them by an empty rectangle of the pseudo-encoding's number, see
 * `writePseudoRect`.
 *
 * @module
 */
import { u16At, u32At } from "../big_endian.ts";
import { done, needs, type ParseResult } from "../parse_result.ts";

/** A key goes down or up. */
export interface QemuExtendedKeyEvent {
  readonly type: "QemuExtendedKeyEvent";
  readonly down: boolean;
  readonly keysym: number;
  /** XT set 1, `e0 xx` as `xx | 0x80`: 1 … 255; 0 when the client does not know, or sent what no keyboard has. */
  readonly scancode: number;
}

/** Reads a key event: u8 type, u8 sub-type, u16 down, u32 keysym, u32 keycode. */
export function parseQemuExtendedKeyEvent(bytes: Uint8Array): ParseResult<QemuExtendedKeyEvent> {
  if (bytes.length < 12) return needs(12);
  const keycode = u32At(bytes, 8);
  return done({
    type: "QemuExtendedKeyEvent",
    down: u16At(bytes, 2) !== 0,
    keysym: u32At(bytes, 4),
    scancode: toScancode(keycode),
  }, 12);
}

/** Some clients send `e0 xx` as it is, in two bytes; the rest is not from this world. */
function toScancode(keycode: number): number {
  if (keycode <= 0xff) return keycode;
  if (keycode >>> 8 === 0xe0) return keycode & 0x7f | 0x80;
  return 0;
}
