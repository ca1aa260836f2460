/**
 * Continuous updates: the client wants updates without asking for each (rfbproto "EnableContinuousUpdates",
 * "EndOfContinuousUpdates").
 *
 * The same message of one byte announces the extension and says that updates of that kind have ended.
 *
 * @module
 */
import type { ByteWriter } from "../../core/bytes.ts";
import type { Rect } from "../../core/geometry.ts";
import { rectAt } from "../big_endian.ts";
import { ServerMessageType } from "../constants.ts";
import { done, needs, type ParseResult } from "../parse_result.ts";

/** The client turns continuous updates on, for `area` and nothing else, or off. */
export interface EnableContinuousUpdates {
  readonly type: "EnableContinuousUpdates";
  /** `false` is always answered by EndOfContinuousUpdates, also when they were off. */
  readonly enable: boolean;
  /** May be empty, and may reach outside the framebuffer. Means nothing when `enable` is `false`. */
  readonly area: Rect;
}

/** Reads an EnableContinuousUpdates: u8 type, u8 enable, u16 x, y, width, height. */
export function parseEnableContinuousUpdates(bytes: Uint8Array): ParseResult<EnableContinuousUpdates> {
  if (bytes.length < 10) return needs(10);
  return done({ type: "EnableContinuousUpdates", enable: bytes[1] !== 0, area: rectAt(bytes, 2) }, 10);
}

/** Writes an EndOfContinuousUpdates. */
export function writeEndOfContinuousUpdates(out: ByteWriter): void {
  out.u8(ServerMessageType.EndOfContinuousUpdates);
}
