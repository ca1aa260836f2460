/**
 * Messages from the client, bytes to values (RFC 6143 §7.5; rfbproto "Client to Server Messages"). Those of extensions
 * stand in `extensions/`; the table of all is here.
 *
 * Parsers look at bytes and keep nothing. A message that has not come whole is a normal result, which says how many
 * bytes it takes before another look is worth while. What nobody wants to keep (cut texts beyond the limit, messages of
 * extensions that are not served) is never asked for as a whole: it comes as a {@linkcode Skip}.
 *
 * @module
 */
import { fromLatin1 } from "../core/bytes.ts";
import { ProtocolError } from "../core/errors.ts";
import type { Point, Rect } from "../core/geometry.ts";
import { DEFAULT_LIMITS, PEER_LIMITS } from "../core/limits.ts";
import { i32At, rectAt, u16At, u32At } from "./big_endian.ts";
import { ClientMessageType, QemuSubmessage } from "./constants.ts";
import {
  type EnableContinuousUpdates,
  parseEnableContinuousUpdates,
} from "./extensions/continuous_updates.ts";
import type { ExtendedClipboard } from "./extensions/extended_clipboard.ts";
import { parseSetDesktopSize, type SetDesktopSize } from "./extensions/extended_desktop_size.ts";
import { type ClientFence, parseClientFence } from "./extensions/fence.ts";
import { parseQemuAudio, type QemuAudio } from "./extensions/qemu_audio.ts";
import { parseQemuExtendedKeyEvent, type QemuExtendedKeyEvent } from "./extensions/qemu_key_event.ts";
import { parseXvp, type Xvp } from "./extensions/xvp.ts";
import * as parsing from "./parse_result.ts";
import { done, needs, type ParseOptions, type Skip } from "./parse_result.ts";
import { parsePixelFormat, type PixelFormat } from "./pixel_format.ts";
import { withLineFeeds } from "./text.ts";

export type { ParseOptions, Skip };

/** What bytes have turned out to be. */
export type ParseResult = parsing.ParseResult<ClientMessage>;

/** The client wants its pixels in another form from now on (§7.5.1). Not yet judged: see `checkPixelFormat`. */
export interface SetPixelFormat {
  readonly type: "SetPixelFormat";
  readonly format: PixelFormat;
}

/** What the client can read, in its order of preference (§7.5.2). See `parseClientEncodings`. */
export interface SetEncodings {
  readonly type: "SetEncodings";
  /** 0 to 65535 numbers as they came: unknown ones and duplicates too. */
  readonly encodings: Int32Array;
}

/** The client wants to know what is in `area` (§7.5.3). */
export interface FramebufferUpdateRequest {
  readonly type: "FramebufferUpdateRequest";
  /** `true`: only what has changed since the client was told. */
  readonly incremental: boolean;
  /** May be empty, and may reach outside the framebuffer. */
  readonly area: Rect;
}

/** A key goes down or up (§7.5.4). */
export interface KeyEvent {
  readonly type: "KeyEvent";
  readonly down: boolean;
  readonly keysym: number;
}

/** The pointer moved, or a button went down or up (§7.5.5; rfbproto "Extended Mouse Buttons"). */
export interface PointerEvent {
  readonly type: "PointerEvent";
  /** Bit 0 is button 1 … bit 8 is button 9. */
  readonly buttons: number;
  /** May lie outside the framebuffer. */
  readonly at: Point;
}

/** The client has a new text on its clipboard (§7.5.6). */
export interface ClientCutText {
  readonly type: "ClientCutText";
  /** Characters of Latin-1; line ends are LF, whatever came. Never to be logged. */
  readonly text: string;
}

/** The client wants the picture smaller by a factor (UltraVNC's SetScale, PalmVNC's SetScaleFactor). */
export interface SetScale {
  readonly type: "SetScale";
  /** 0 to 255; 0 is nonsense, and does come. */
  readonly scale: number;
}

/** Whatever a client can say. */
export type ClientMessage =
  | SetPixelFormat
  | SetEncodings
  | FramebufferUpdateRequest
  | KeyEvent
  | PointerEvent
  | ClientCutText
  | ExtendedClipboard
  | EnableContinuousUpdates
  | ClientFence
  | SetDesktopSize
  | Xvp
  | QemuExtendedKeyEvent
  | QemuAudio
  | SetScale
  | Skip;

/** What holds at the start of a session. */
export const DEFAULT_PARSE_OPTIONS: ParseOptions = {
  maxCutText: DEFAULT_LIMITS.cutTextBytes,
  extendedMouseButtons: false,
};

/** The most bytes that a parser ever asks for: what a receive buffer must be able to hold. */
export function maxMessageLength(options: ParseOptions): number {
  return Math.max(4 + 4 * PEER_LIMITS.encodings, 8 + options.maxCutText);
}

/**
 * Reads the message at the start of `bytes`.
 *
 * Cheap when called again for the same message: it looks at the header only, until all is there.
 *
 * @param bytes What has come; may hold less than a message, or many. Not kept: values are copies.
 * @throws {ProtocolError} No client may send this. The length of what follows is unknown, so the session is over.
 */
export function parseClientMessage(bytes: Uint8Array, options: ParseOptions): ParseResult {
  const type = bytes[0];
  if (type === undefined) return needs(1);
  const parse = PARSERS[type];
  if (parse === undefined) {
    throw new ProtocolError(`Cannot parse client message: type is ${type}`, "7.5");
  }
  return parse(bytes, options);
}

type Parser = (bytes: Uint8Array, options: ParseOptions) => ParseResult;

/** Message type to the function that reads it: a new message is one function and one line. */
const PARSERS: Readonly<Record<number, Parser>> = {
  [ClientMessageType.SetPixelFormat]: setPixelFormat,
  [ClientMessageType.FixColourMapEntries]: fixColourMapEntries,
  [ClientMessageType.SetEncodings]: setEncodings,
  [ClientMessageType.FramebufferUpdateRequest]: framebufferUpdateRequest,
  [ClientMessageType.KeyEvent]: keyEvent,
  [ClientMessageType.PointerEvent]: pointerEvent,
  [ClientMessageType.ClientCutText]: clientCutText,
  [ClientMessageType.SetScale]: setScale,
  [ClientMessageType.SetScaleFactor]: setScale,
  [ClientMessageType.EnableContinuousUpdates]: parseEnableContinuousUpdates,
  [ClientMessageType.ClientFence]: parseClientFence,
  [ClientMessageType.Xvp]: parseXvp,
  [ClientMessageType.SetDesktopSize]: parseSetDesktopSize,
  [ClientMessageType.Gii]: gii,
  [ClientMessageType.Qemu]: qemu,
};

/** RFC 6143 §7.5.1: u8 type, 3 padding, PIXEL_FORMAT. */
function setPixelFormat(bytes: Uint8Array): ParseResult {
  if (bytes.length < 20) return needs(20);
  return done({ type: "SetPixelFormat", format: parsePixelFormat(bytes, 4) }, 20);
}

/** RFB 3.0: u8 type, u8 padding, u16 first colour, u16 number, 6 bytes each. */
function fixColourMapEntries(bytes: Uint8Array): ParseResult {
  if (bytes.length < 6) return needs(6);
  return done({ type: "Skip", of: "FixColourMapEntries", count: 6 * u16At(bytes, 4) }, 6);
}

/** RFC 6143 §7.5.2: u8 type, u8 padding, u16 number, s32 each. Any number is legal, none too. */
function setEncodings(bytes: Uint8Array): ParseResult {
  if (bytes.length < 4) return needs(4);
  const count = u16At(bytes, 2);
  const length = 4 + 4 * count;
  if (bytes.length < length) return needs(length);
  const encodings = new Int32Array(count);
  for (let i = 0; i < count; i++) encodings[i] = i32At(bytes, 4 + 4 * i);
  return done({ type: "SetEncodings", encodings }, length);
}

/** RFC 6143 §7.5.3: u8 type, u8 incremental, u16 x, y, width, height. */
function framebufferUpdateRequest(bytes: Uint8Array): ParseResult {
  if (bytes.length < 10) return needs(10);
  return done(
    { type: "FramebufferUpdateRequest", incremental: bytes[1] !== 0, area: rectAt(bytes, 2) },
    10,
  );
}

/** RFC 6143 §7.5.4: u8 type, u8 down, 2 padding, u32 keysym. */
function keyEvent(bytes: Uint8Array): ParseResult {
  if (bytes.length < 8) return needs(8);
  return done({ type: "KeyEvent", down: bytes[1] !== 0, keysym: u32At(bytes, 4) }, 8);
}

/**
 * RFC 6143 §7.5.5: u8 type, u8 buttons, u16 x, y; rfbproto "Extended Mouse Buttons": bit 7 is no button then, but says
 * that a byte with buttons 8 and 9 follows.
 */
function pointerEvent(bytes: Uint8Array, options: ParseOptions): ParseResult {
  if (bytes.length < 6) return needs(6);
  const mask = bytes[1]!;
  const at = { x: u16At(bytes, 2), y: u16At(bytes, 4) };
  if (!options.extendedMouseButtons || (mask & 0x80) === 0) {
    return done({ type: "PointerEvent", buttons: mask, at }, 6);
  }
  if (bytes.length < 7) return needs(7);
  // Bits 2 to 7 of the last byte are reserved.
  const buttons = mask & 0x7f | (bytes[6]! & 0x03) << 7;
  return done({ type: "PointerEvent", buttons, at }, 7);
}

/**
 * RFC 6143 §7.5.6: u8 type, 3 padding, u32 length, text. Read as signed, a negative length is that of an extended
 * clipboard message: u32 flags and its body. That is tolerated from clients that have not listed the extension.
 */
function clientCutText(bytes: Uint8Array, options: ParseOptions): ParseResult {
  if (bytes.length < 8) return needs(8);
  const signed = i32At(bytes, 4);
  if (signed < 0) return extendedClipboard(bytes, -signed, options);
  if (signed > options.maxCutText) return done({ type: "Skip", of: "ClientCutText", count: signed }, 8);
  if (bytes.length < 8 + signed) return needs(8 + signed);
  const text = withLineFeeds(fromLatin1(bytes.subarray(8, 8 + signed)));
  return done({ type: "ClientCutText", text }, 8 + signed);
}

function extendedClipboard(bytes: Uint8Array, size: number, options: ParseOptions): ParseResult {
  if (size < 4 || size === 2 ** 31) {
    throw new ProtocolError(
      `Cannot parse extended clipboard message: length is -${size}, must be -4 or beyond`,
      "Extended Clipboard Pseudo-encoding",
    );
  }
  if (size > options.maxCutText) return done({ type: "Skip", of: "ExtendedClipboard", count: size }, 8);
  if (bytes.length < 8 + size) return needs(8 + size);
  const message = {
    type: "ExtendedClipboard",
    flags: u32At(bytes, 8),
    body: bytes.slice(12, 8 + size),
  } as const;
  return done(message, 8 + size);
}

/** UltraVNC, PalmVNC: u8 type, u8 scale, 2 padding. */
function setScale(bytes: Uint8Array): ParseResult {
  if (bytes.length < 4) return needs(4);
  return done({ type: "SetScale", scale: bytes[1]! }, 4);
}

/** rfbproto "gii Client Message": u8 type, u8 sub-type whose bit 7 is the byte order, u16 length in that order. */
function gii(bytes: Uint8Array): ParseResult {
  if (bytes.length < 4) return needs(4);
  const bigEndian = (bytes[1]! & 0x80) !== 0;
  const count = bigEndian ? u16At(bytes, 2) : bytes[2]! | bytes[3]! << 8;
  return done({ type: "Skip", of: "Gii", count }, 4);
}

/** rfbproto "QEMU Client Message": u8 type, u8 sub-type, and what that says. */
function qemu(bytes: Uint8Array): ParseResult {
  if (bytes.length < 2) return needs(2);
  switch (bytes[1]) {
    case QemuSubmessage.ExtendedKeyEvent:
      return parseQemuExtendedKeyEvent(bytes);
    case QemuSubmessage.Audio:
      return parseQemuAudio(bytes);
    default:
      throw new ProtocolError(
        `Cannot parse QEMU client message: sub-type is ${bytes[1]}`,
        "QEMU Client Message",
      );
  }
}
