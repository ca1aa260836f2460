/**
 * What a server says (RFC 6143 §7.6 and extensions), as the test client hands it out, and the bytes of what a client says
 * (§7.5).
 *
 * @module
 */
import { utf8 } from "../../../lib/core/bytes.ts";
import type { Rect } from "../../../lib/core/geometry.ts";
import type { Colour } from "../pixel_formats.ts";
import type { ClientCursor, ScreenLayout } from "../decoders/pseudo.ts";

/** A rectangle of an update, as it came. */
export interface ReceivedRect extends Rect {
  readonly encoding: number;
  /** Bytes of its body, without the header of twelve. */
  readonly length: number;
  /** The body itself, if the client was told to keep bodies. */
  readonly body?: Uint8Array<ArrayBuffer>;
  /** Of Cursor, XCursor and CursorWithAlpha. */
  readonly cursor?: ClientCursor;
  /** Of ExtendedDesktopSize; its `x` is the reason, its `y` the result. */
  readonly screens?: readonly ScreenLayout[];
  /** Of DesktopName. */
  readonly name?: string;
  /** Of the LED states. */
  readonly leds?: number;
}

/** A FramebufferUpdate that has been drawn. */
export interface UpdateMessage {
  readonly kind: "update";
  readonly rects: readonly ReceivedRect[];
  /** Bytes of the whole message. */
  readonly length: number;
}

/** Any message from the server. */
export type ServerMessage =
  | UpdateMessage
  | { readonly kind: "colour map"; readonly first: number; readonly colours: readonly Colour[] }
  | { readonly kind: "bell" }
  | { readonly kind: "cut text"; readonly text: string }
  | { readonly kind: "extended clipboard"; readonly flags: number; readonly body: Uint8Array<ArrayBuffer> }
  | { readonly kind: "end of continuous updates" }
  | { readonly kind: "fence"; readonly flags: number; readonly payload: Uint8Array<ArrayBuffer> };

/** Builds a message from numbers of given widths. */
function message(...fields: (readonly [bits: 8 | 16 | 32, value: number])[]): Uint8Array<ArrayBuffer> {
  const bytes: number[] = [];
  for (const [bits, value] of fields) {
    for (let shift = bits - 8; shift >= 0; shift -= 8) bytes.push((value >>> shift) & 255);
  }
  return Uint8Array.from(bytes);
}

/** §7.5.2. */
export function setEncodings(encodings: readonly number[]): Uint8Array<ArrayBuffer> {
  return message([8, 2], [8, 0], [16, encodings.length], ...encodings.map((type) => [32, type] as const));
}

/** §7.5.3. */
export function updateRequest(incremental: boolean, r: Rect): Uint8Array<ArrayBuffer> {
  return message([8, 3], [8, incremental ? 1 : 0], [16, r.x], [16, r.y], [16, r.width], [16, r.height]);
}

/** §7.5.4. */
export function keyEvent(keysym: number, down: boolean): Uint8Array<ArrayBuffer> {
  return message([8, 4], [8, down ? 1 : 0], [16, 0], [32, keysym]);
}

/** rfbproto "QEMU Extended Key Event Message". */
export function qemuKeyEvent(keysym: number, keycode: number, down: boolean): Uint8Array<ArrayBuffer> {
  return message([8, 255], [8, 0], [16, down ? 1 : 0], [32, keysym], [32, keycode]);
}

/** §7.5.5; with `extended`, rfbproto "Extended Mouse Buttons": bits 7 and 8 are buttons 8 and 9. */
export function pointerEvent(
  x: number,
  y: number,
  buttons: number,
  extended = false,
): Uint8Array<ArrayBuffer> {
  if (!extended || buttons < 128) return message([8, 5], [8, buttons & 255], [16, x], [16, y]);
  return message([8, 5], [8, 128 | (buttons & 127)], [16, x], [16, y], [8, buttons >> 7]);
}

/** §7.5.6: Latin-1. */
export function cutText(text: string): Uint8Array<ArrayBuffer> {
  const head = message([8, 6], [8, 0], [16, 0], [32, text.length]);
  const bytes = new Uint8Array(head.length + text.length);
  bytes.set(head);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 255) throw new RangeError(`"${text[i]}" is not in Latin-1`);
    bytes[head.length + i] = code;
  }
  return bytes;
}

/** rfbproto "Extended Clipboard Pseudo-encoding": the length is negative. */
export function extendedClipboard(flags: number, body: Uint8Array): Uint8Array<ArrayBuffer> {
  return Uint8Array.from([
    ...message([8, 6], [8, 0], [16, 0], [32, -(body.length + 4)], [32, flags]),
    ...body,
  ]);
}

/** rfbproto "ClientFence". */
export function fence(flags: number, payload: Uint8Array | string): Uint8Array<ArrayBuffer> {
  const bytes = typeof payload === "string" ? utf8(payload) : payload;
  return Uint8Array.from([...message([8, 248], [8, 0], [16, 0], [32, flags], [8, bytes.length]), ...bytes]);
}

/** rfbproto "EnableContinuousUpdates". */
export function enableContinuousUpdates(enable: boolean, r: Rect): Uint8Array<ArrayBuffer> {
  return message([8, 150], [8, enable ? 1 : 0], [16, r.x], [16, r.y], [16, r.width], [16, r.height]);
}

/** rfbproto "SetDesktopSize". */
export function setDesktopSize(
  width: number,
  height: number,
  screens: readonly ScreenLayout[],
): Uint8Array<ArrayBuffer> {
  return message(
    [8, 251],
    [8, 0],
    [16, width],
    [16, height],
    [8, screens.length],
    [8, 0],
    ...screens.flatMap((s) =>
      [[32, s.id], [16, s.x], [16, s.y], [16, s.width], [16, s.height], [32, s.flags]] as const
    ),
  );
}
