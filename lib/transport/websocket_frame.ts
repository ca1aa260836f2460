/**
 * Frames of the WebSocket protocol, as a server reads and writes them (RFC 6455 §5).
 *
 * @module
 */
import { ProtocolError } from "../core/errors.ts";

/** What a frame is (§5.2). */
export const Opcode = { Continuation: 0, Text: 1, Binary: 2, Close: 8, Ping: 9, Pong: 10 } as const;

/** Why a connection is closed (§7.4.1). */
export const CloseCode = {
  Normal: 1000,
  GoingAway: 1001,
  ProtocolError: 1002,
  UnsupportedData: 1003,
  PolicyViolation: 1008,
  TooBig: 1009,
} as const;

/** Longest header: 2 bytes, 8 of length, 4 of mask. */
const LONGEST_HEADER = 14;

/** Longest payload of a control frame (§5.5). */
const LONGEST_CONTROL_PAYLOAD = 125;

/**
 * Longest frame that a client may send, in bytes: the longest clipboard text that can be allowed, and room. Payloads
 * are passed on as they come, so this is no question of memory: what says more is no viewer.
 */
export const LONGEST_FRAME = 32 * 1024 * 1024;

/** The client broke the framing rules; `code` is what it is told. */
export class FrameError extends ProtocolError {
  readonly code: number;

  constructor(message: string, section: string, code: number = CloseCode.ProtocolError) {
    super(message, `RFC 6455 ${section}`);
    this.code = code;
  }
}

/** The header of a client's frame. */
export interface FrameHeader {
  /** The last frame of its message. */
  readonly final: boolean;
  readonly opcode: number;
  /** Of the payload, in bytes. */
  readonly payloadLength: number;
  /** Four bytes. */
  readonly mask: Uint8Array;
}

/** A header with its length in bytes, or how many bytes are needed to know more. */
export type ParsedHeader =
  | { readonly done: true; readonly header: FrameHeader; readonly length: number }
  | { readonly done: false; readonly needed: number };

/**
 * Parses the header of a client's frame (§5.2).
 *
 * @param bytes From the frame's first byte on; may hold more or less than the header.
 * @throws {FrameError} It breaks a rule that does not depend on earlier frames.
 */
export function parseFrameHeader(bytes: Uint8Array): ParsedHeader {
  if (bytes.length < 2) return { done: false, needed: 2 };
  const [first, second] = [bytes[0]!, bytes[1]!];
  const opcode = first & 0x0f;
  const final = (first & 0x80) !== 0;
  if ((first & 0x70) !== 0) {
    throw new FrameError("Frame has reserved bits: no extension was agreed on", "5.2");
  }
  if ((second & 0x80) === 0) throw new FrameError("Frame is not masked", "5.1");
  const short = second & 0x7f;
  if (opcode >= Opcode.Close) {
    if (opcode > Opcode.Pong) throw new FrameError(`Frame has opcode ${opcode}`, "5.2");
    if (!final) throw new FrameError("Control frame is fragmented", "5.5");
    if (short > LONGEST_CONTROL_PAYLOAD) {
      throw new FrameError("Control frame is longer than 125 bytes", "5.5");
    }
  } else if (opcode > Opcode.Binary) {
    throw new FrameError(`Frame has opcode ${opcode}`, "5.2");
  }
  const extra = short === 127 ? 8 : short === 126 ? 2 : 0;
  const length = 2 + extra + 4;
  if (bytes.length < length) return { done: false, needed: length };
  const view = new DataView(bytes.buffer, bytes.byteOffset, length);
  const payloadLength = extra === 0
    ? short
    : extra === 2
    ? view.getUint16(2)
    : view.getUint32(2) * 2 ** 32 + view.getUint32(6);
  if (payloadLength > LONGEST_FRAME) {
    throw new FrameError(
      `Frame is ${payloadLength} bytes long, at most ${LONGEST_FRAME} are allowed`,
      "10.4",
      CloseCode.TooBig,
    );
  }
  const mask = bytes.slice(length - 4, length);
  return { done: true, header: { final, opcode, payloadLength, mask }, length };
}

/**
 * Takes the mask off, in place (§5.3).
 *
 * @param offset Of the first byte in its frame's payload.
 */
export function unmask(bytes: Uint8Array, mask: Uint8Array, offset: number): void {
  for (let i = 0; i < bytes.length; i++) bytes[i]! ^= mask[(offset + i) & 3]!;
}

/** Makes frames of a server, which are whole messages and not masked, in a buffer that it keeps. */
export class FrameWriter {
  #buffer = new Uint8Array(LONGEST_HEADER + LONGEST_CONTROL_PAYLOAD);

  /** One frame: a view that is valid until the next call. */
  frame(opcode: number, payload: Uint8Array): Uint8Array {
    const { length } = payload;
    if (LONGEST_HEADER + length > this.#buffer.length) this.#buffer = new Uint8Array(LONGEST_HEADER + length);
    const buffer = this.#buffer;
    const view = new DataView(buffer.buffer);
    buffer[0] = 0x80 | opcode;
    let headerLength = 2;
    if (length < 126) buffer[1] = length;
    else if (length < 65536) {
      buffer[1] = 126;
      view.setUint16(2, length);
      headerLength = 4;
    } else {
      buffer[1] = 127;
      view.setUint32(2, Math.floor(length / 2 ** 32));
      view.setUint32(6, length >>> 0);
      headerLength = 10;
    }
    buffer.set(payload, headerLength);
    return buffer.subarray(0, headerLength + length);
  }

  /** A Close frame (§5.5.1). @param reason Cut to what fits. */
  close(code: number, reason: string): Uint8Array {
    const payload = new Uint8Array(LONGEST_CONTROL_PAYLOAD);
    new DataView(payload.buffer).setUint16(0, code);
    const { written } = new TextEncoder().encodeInto(reason, payload.subarray(2));
    return this.frame(Opcode.Close, payload.subarray(0, 2 + written));
  }
}

/**
 * What a Close frame says (§5.5.1, §7.4).
 *
 * @returns The code, `undefined` when there is none.
 * @throws {FrameError} It says something that may not be said.
 */
export function parseClose(payload: Uint8Array): number | undefined {
  if (payload.length === 0) return undefined;
  if (payload.length === 1) throw new FrameError("Close frame has half a code", "5.5.1");
  const code = payload[0]! << 8 | payload[1]!;
  const registered = code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code);
  if (!registered && !(code >= 3000 && code <= 4999)) throw new FrameError(`Close code is ${code}`, "7.4");
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(payload.subarray(2));
  } catch {
    throw new FrameError("Close reason is not UTF-8", "5.5.1");
  }
  return code;
}
