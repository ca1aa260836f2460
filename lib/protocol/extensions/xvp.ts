/**
 * Power: the client wants the machine shut down, restarted or reset (rfbproto "xvp Client Message").
 *
 * @module
 */
import { done, needs, type ParseResult } from "../parse_result.ts";

/** What the client wants, as it came. */
export interface Xvp {
  readonly type: "Xvp";
  readonly version: number;
  /** 2 shut down, 3 restart, 4 reset. */
  readonly code: number;
}

/** Reads an xvp message: u8 type, u8 padding, u8 version, u8 code. */
export function parseXvp(bytes: Uint8Array): ParseResult<Xvp> {
  if (bytes.length < 4) return needs(4);
  return done({ type: "Xvp", version: bytes[2]!, code: bytes[3]! }, 4);
}
