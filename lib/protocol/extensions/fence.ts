/**
 * Fences: marks in the streams of both directions, by which a peer learns how far the other has come (rfbproto
 * "ClientFence", "ServerFence").
 *
 * The server announces itself by its first request, and from then on answers the client's.
 *
 * @module
 */
import type { ByteWriter } from "../../core/bytes.ts";
import { PEER_LIMITS } from "../../core/limits.ts";
import { u32At } from "../big_endian.ts";
import { ServerMessageType } from "../constants.ts";
import { done, needs, type ParseResult, type Skip } from "../parse_result.ts";

/** Bits of a fence's flags. */
export const FenceFlag = {
  /** What came before the fence has been dealt with when it is answered. */
  BlockBefore: 0x00000001,
  /** What comes behind the fence waits for the answer. */
  BlockAfter: 0x00000002,
  /** The message behind the fence is dealt with before the answer, and everything else after it. */
  SyncNext: 0x00000004,
  /** An answer is wanted; answers themselves lack this bit. */
  Request: 0x80000000,
} as const;

/** Bits that the server understands; others are cleared in its answers, as rfbproto wants it. */
const ANSWERED_FLAGS = FenceFlag.BlockBefore | FenceFlag.BlockAfter | FenceFlag.SyncNext;

/** A fence from the client: a request, or the answer to one of ours. */
export interface ClientFence {
  readonly type: "ClientFence";
  /** A u32 of {@linkcode FenceFlag}s and perhaps unknown bits. */
  readonly flags: number;
  /** 0 to 64 bytes; a copy. */
  readonly payload: Uint8Array;
}

/** Reads a ClientFence: u8 type, 3 padding, u32 flags, u8 length, payload. */
export function parseClientFence(bytes: Uint8Array): ParseResult<ClientFence | Skip> {
  if (bytes.length < 9) return needs(9);
  const size = bytes[8]!;
  // Longer ones are not legal, yet their length is known, so nothing is lost by passing over them.
  if (size > PEER_LIMITS.fenceBytes) return done({ type: "Skip", of: "ClientFence", count: size }, 9);
  if (bytes.length < 9 + size) return needs(9 + size);
  return done({ type: "ClientFence", flags: u32At(bytes, 4), payload: bytes.slice(9, 9 + size) }, 9 + size);
}

/** Whether the client wants an answer. */
export function isFenceRequest(fence: ClientFence): boolean {
  return (fence.flags & FenceFlag.Request) !== 0;
}

/**
 * Writes a ServerFence.
 *
 * @param flags A u32 of {@linkcode FenceFlag}s.
 * @param payload At most 64 bytes, which come back in the answer.
 * @throws {RangeError} The payload is longer.
 */
export function writeServerFence(out: ByteWriter, flags: number, payload: Uint8Array): void {
  if (payload.length > PEER_LIMITS.fenceBytes) {
    throw new RangeError(`Cannot write fence: payload has ${payload.length} bytes, must be at most 64`);
  }
  out.u8(ServerMessageType.ServerFence).zeros(3).u32(flags).u8(payload.length).bytes(payload);
}

/** Writes the answer to a client's request: same payload, without the request bit and what we do not know. */
export function writeFenceAnswer(out: ByteWriter, request: ClientFence): void {
  writeServerFence(out, request.flags & ANSWERED_FLAGS, request.payload);
}
