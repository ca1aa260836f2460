/**
 * The members of a recording's file (docs/recording-format.md): gzip members (RFC 1952), each with what a reader has to
 * know of it in the extra field of its header, so that a recording is a gzip file like any other.
 *
 * @module
 */
import { RecordingError } from "../core/errors.ts";
import { crc32 } from "./crc32.ts";

/** Version of the format that is written, and the highest that is read. */
export const FORMAT_VERSION = 1;

/** What a member holds. */
export const MemberKind = {
  /** Records, from a key frame to the next one. */
  Segment: 1,
  /** Where the segments are. */
  Index: 2,
  /** Nothing: says that the recording ended in good order, and where the index is. */
  End: 3,
} as const;
export type MemberKind = typeof MemberKind[keyof typeof MemberKind];

/** What a member's header says. */
export interface MemberHeader {
  readonly version: number;
  readonly kind: MemberKind;
  /** Members of its kind before it. */
  readonly number: number;
  /** When it begins, or for the end when that is, in ms from the recording's beginning. */
  readonly timeMs: number;
  /** Where in the file it is, in bytes; for the end, where the index is. */
  readonly offset: number;
}

/** Bytes of every member's header. */
export const HEADER_BYTES = 40;

/** Bytes of the member that ends a recording: header, an empty block, checksum 0, length 0. */
export const END_BYTES = HEADER_BYTES + 10;

/** Flags of RFC 1952 §2.3.1: a checksum of the header; an extra field. */
const FHCRC = 2;
const FEXTRA = 4;

/** How every header begins: gzip, deflate, flags. */
export const SIGNATURE: Uint8Array = Uint8Array.of(0x1f, 0x8b, 8, FHCRC | FEXTRA);

/** The subfield's name (RFC 1952 §2.3.1.1) and length. */
const SUBFIELD = [0x50, 0x52];
const SUBFIELD_BYTES = 22;

/** The last block of a deflate stream, with nothing in it: fixed codes, end of block (RFC 1951 §3.2.6). */
export const LAST_BLOCK: Uint8Array = Uint8Array.of(3, 0);

/**
 * The header as bytes.
 *
 * @param writtenAt In ms since 1970, for gzip's own tools.
 */
export function memberHeader(header: Omit<MemberHeader, "version">, writtenAt: number): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  bytes.set(SIGNATURE);
  view.setUint32(4, Math.floor(writtenAt / 1000), true);
  bytes[9] = 0xff; // system unknown
  view.setUint16(10, 4 + SUBFIELD_BYTES, true);
  bytes.set(SUBFIELD, 12);
  view.setUint16(14, SUBFIELD_BYTES, true);
  bytes[16] = FORMAT_VERSION;
  bytes[17] = header.kind;
  view.setUint32(18, header.number);
  view.setBigUint64(22, BigInt(Math.round(header.timeMs)));
  view.setBigUint64(30, BigInt(header.offset));
  view.setUint16(38, crc32(bytes.subarray(0, 38)) & 0xffff, true);
  return bytes;
}

/** What follows the last block: checksum and length of what was compressed (RFC 1952 §2.3.1). */
export function memberTrailer(crc: number, length: number): Uint8Array {
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, crc, true);
  view.setUint32(4, length >>> 0, true);
  return bytes;
}

/**
 * Reads a header.
 *
 * @param bytes At least 40 from `at`.
 * @returns `undefined` where there is none.
 * @throws {RecordingError} It is one of a later format.
 */
export function parseMemberHeader(bytes: Uint8Array, at = 0): MemberHeader | undefined {
  if (at + HEADER_BYTES > bytes.length || !SIGNATURE.every((byte, i) => bytes[at + i] === byte)) {
    return undefined;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, HEADER_BYTES);
  const isOurs = view.getUint16(10, true) === 4 + SUBFIELD_BYTES && view.getUint8(12) === SUBFIELD[0] &&
    view.getUint8(13) === SUBFIELD[1] && view.getUint16(14, true) === SUBFIELD_BYTES &&
    view.getUint16(38, true) === (crc32(bytes.subarray(at, at + 38)) & 0xffff);
  if (!isOurs) return undefined;
  const version = view.getUint8(16);
  if (version > FORMAT_VERSION) {
    throw new RecordingError(
      `Cannot read a recording of format ${version}: this Porthole knows formats up to ${FORMAT_VERSION}`,
    );
  }
  const kind = view.getUint8(17);
  if (kind !== MemberKind.Segment && kind !== MemberKind.Index && kind !== MemberKind.End) return undefined;
  const timeMs = Number(view.getBigUint64(22));
  const offset = Number(view.getBigUint64(30));
  if (!Number.isSafeInteger(timeMs) || !Number.isSafeInteger(offset)) return undefined;
  return { version, kind, number: view.getUint32(18), timeMs, offset };
}
