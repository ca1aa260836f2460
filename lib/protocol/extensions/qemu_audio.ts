/**
 * What a client says about sound (rfbproto "QEMU Audio Client Message"). Read so that the stream goes on.
 *
 * @module
 */
import { ProtocolError } from "../../core/errors.ts";
import { u16At, u32At } from "../big_endian.ts";
import { done, needs, type ParseResult } from "../parse_result.ts";

/** The client turns sound on or off, or says how it wants it. */
export interface QemuAudio {
  readonly type: "QemuAudio";
  readonly operation: "Enable" | "Disable" | "SetFormat";
  /** For `SetFormat`, as it came: sample format, channels, frequency in Hz. */
  readonly format?: { readonly sample: number; readonly channels: number; readonly frequency: number };
}

/**
 * Reads an audio message: u8 type, u8 sub-type, u16 operation; for "set format" u8 sample format, u8 channels, u32
 * frequency.
 *
 * @throws {ProtocolError} The operation is unknown.
 */
export function parseQemuAudio(bytes: Uint8Array): ParseResult<QemuAudio> {
  if (bytes.length < 4) return needs(4);
  const operation = u16At(bytes, 2);
  switch (operation) {
    case 0:
      return done({ type: "QemuAudio", operation: "Enable" }, 4);
    case 1:
      return done({ type: "QemuAudio", operation: "Disable" }, 4);
    case 2: {
      if (bytes.length < 10) return needs(10);
      const format = { sample: bytes[4]!, channels: bytes[5]!, frequency: u32At(bytes, 6) };
      return done({ type: "QemuAudio", operation: "SetFormat", format }, 10);
    }
    default:
      throw new ProtocolError(
        `Cannot parse QEMU audio message: operation is ${operation}`,
        "QEMU Audio Client Message",
      );
  }
}
