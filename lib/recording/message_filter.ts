/**
 * Takes out of the server's messages what a recording must not keep: texts of clipboards (RFC 6143 §7.6.4).
 *
 * @module
 */
import { ByteReader } from "../core/bytes.ts";
import type { Size } from "../core/geometry.ts";
import { PseudoEncoding, ServerMessageType } from "../protocol/constants.ts";
import { skipMessage } from "./skip_message.ts";

/** Messages that may be kept, and what was seen of the others. */
export interface FilteredMessages {
  /** A view of what was given where nothing was taken out. */
  readonly kept: Uint8Array;
  /** Clipboard texts that were taken out. */
  readonly cutTexts: number;
  /** The size that the screen has from now on, where that is told. */
  readonly size: Size | undefined;
}

/**
 * Reads whole messages. A FramebufferUpdate must be the last of them, and one without pixels; behind a message that is
 * not known, nothing is kept: it might be a clipboard's.
 */
export function filterMessages(messages: Uint8Array): FilteredMessages {
  const reader = new ByteReader(messages);
  const parts: Uint8Array[] = [];
  let cutTexts = 0;
  let size: Size | undefined;
  try {
    while (reader.remaining > 0) {
      const start = reader.offset;
      const type = reader.u8();
      if (type === ServerMessageType.FramebufferUpdate) {
        size = sizeIn(reader);
        parts.push(messages.subarray(start));
        break;
      }
      if (!skipMessage(reader, type)) break;
      if (type === ServerMessageType.ServerCutText) cutTexts++;
      else parts.push(messages.subarray(start, reader.offset));
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error; // cut short
  }
  return { kept: joined(parts, messages), cutTexts, size };
}

/** The size that an update tells, which is its only rectangle or its last. */
function sizeIn(reader: ByteReader): Size | undefined {
  reader.skip(1);
  let size: Size | undefined;
  for (let left = reader.u16(); left > 0; left--) {
    reader.skip(4);
    const told = { width: reader.u16(), height: reader.u16() };
    const encoding = reader.i32();
    if (encoding === PseudoEncoding.ExtendedDesktopSize) {
      const screens = reader.u8();
      reader.skip(3 + 16 * screens);
    } else if (encoding !== PseudoEncoding.DesktopSize) return size;
    size = told;
  }
  return size;
}

function joined(parts: readonly Uint8Array[], whole: Uint8Array): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  if (length === whole.length) return whole;
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
