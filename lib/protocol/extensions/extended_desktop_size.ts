/**
 * Sizes and screen layouts: what the desktop has, and what a client wants it to have (rfbproto "ExtendedDesktopSize
 * Pseudo-encoding", "SetDesktopSize").
 *
 * @module
 */
import type { ByteWriter } from "../../core/bytes.ts";
import type { Rect, Size } from "../../core/geometry.ts";
import { PEER_LIMITS } from "../../core/limits.ts";
import { rectAt, u16At, u32At } from "../big_endian.ts";
import { PseudoEncoding } from "../constants.ts";
import { done, needs, type ParseResult } from "../parse_result.ts";
import { writeRectHeader } from "../server_messages.ts";

/** One screen of a layout; its rectangle lies in the framebuffer. */
export interface Screen extends Rect {
  /** Any u32 that no other screen of the layout has. */
  readonly id: number;
  /** A u32 without meaning yet. */
  readonly flags: number;
}

/** A framebuffer and the screens in it. */
export interface ScreenLayout {
  readonly size: Size;
  /** 1 to 255 of them in a layout that is right; they may overlap, and need not cover everything. */
  readonly screens: readonly Screen[];
}

/** The client wants this layout. Not yet judged: see {@linkcode checkScreenLayout}. */
export interface SetDesktopSize {
  readonly type: "SetDesktopSize";
  /** Fields as they came: 0 to 255 screens, of any size, anywhere. */
  readonly layout: ScreenLayout;
}

/** Why a client is told of a layout: the x of the rectangle. */
export const DesktopSizeReason = {
  /** The desktop changed by itself, or the client has asked for everything. */
  Server: 0,
  /** The answer to this client's SetDesktopSize. */
  ThisClient: 1,
  /** Another client's SetDesktopSize. */
  OtherClient: 2,
} as const;
/** One of {@linkcode DesktopSizeReason}'s values. */
export type DesktopSizeReason = typeof DesktopSizeReason[keyof typeof DesktopSizeReason];

/** What became of a SetDesktopSize: the y of the rectangle. */
export const DesktopSizeStatus = {
  Ok: 0,
  Prohibited: 1,
  OutOfResources: 2,
  InvalidLayout: 3,
} as const;
/** One of {@linkcode DesktopSizeStatus}'s values. */
export type DesktopSizeStatus = typeof DesktopSizeStatus[keyof typeof DesktopSizeStatus];

/** Reads a SetDesktopSize: u8 type, u8 padding, u16 width, height, u8 number of screens, u8 padding, 16 bytes each. */
export function parseSetDesktopSize(bytes: Uint8Array): ParseResult<SetDesktopSize> {
  if (bytes.length < 8) return needs(8);
  const length = 8 + 16 * bytes[6]!;
  if (bytes.length < length) return needs(length);
  const screens: Screen[] = [];
  for (let at = 8; at < length; at += 16) {
    screens.push({ id: u32At(bytes, at), ...rectAt(bytes, at + 4), flags: u32At(bytes, at + 12) });
  }
  const size = { width: u16At(bytes, 2), height: u16At(bytes, 4) };
  return done({ type: "SetDesktopSize", layout: { size, screens } }, length);
}

/**
 * Judges a layout by itself: `InvalidLayout` for one without pixels or without screens, larger than
 * {@linkcode PEER_LIMITS} allows, with a screen that is empty or reaches outside, or with an id twice. Overlapping screens
 * are legal. Whether the desktop can do it is another question.
 */
export function checkScreenLayout({ size, screens }: ScreenLayout): DesktopSizeStatus {
  const sideIsLegal = (side: number) => side >= 1 && side <= PEER_LIMITS.desktopSide;
  const isRight = sideIsLegal(size.width) && sideIsLegal(size.height) &&
    screens.length >= 1 && screens.length <= PEER_LIMITS.screens &&
    new Set(screens.map((screen) => screen.id)).size === screens.length &&
    screens.every(({ x, y, width, height }) =>
      width >= 1 && height >= 1 && x + width <= size.width && y + height <= size.height
    );
  return isRight ? DesktopSizeStatus.Ok : DesktopSizeStatus.InvalidLayout;
}

/**
 * Writes an ExtendedDesktopSize rectangle, with its header: x is the reason, y the status.
 *
 * @param layout What the desktop has *now*: after a refusal still the old layout.
 * @throws {RangeError} There are no screens, or more than 255.
 */
export function writeExtendedDesktopSize(
  out: ByteWriter,
  reason: DesktopSizeReason,
  status: DesktopSizeStatus,
  { size, screens }: ScreenLayout,
): void {
  if (screens.length < 1 || screens.length > PEER_LIMITS.screens) {
    throw new RangeError(`Cannot write a layout of ${screens.length} screens: must be 1 to 255`);
  }
  writeRectHeader(out, { x: reason, y: status, ...size }, PseudoEncoding.ExtendedDesktopSize);
  out.u8(screens.length).zeros(3);
  for (const { id, x, y, width, height, flags } of screens) {
    out.u32(id).u16(x).u16(y).u16(width).u16(height).u32(flags);
  }
}
