/**
 * How long messages of the server are (RFC 6143 §7.6 and extensions), for those that go past some of them.
 *
 * @module
 */
import type { ByteReader } from "../core/bytes.ts";
import { QemuSubmessage, ServerMessageType } from "../protocol/constants.ts";

/** The operation of QEMU's audio message that has data with it. */
const AUDIO_DATA = 2;

/**
 * Goes past the rest of a message that is no FramebufferUpdate.
 *
 * @param reader Behind the message's type.
 * @returns Whether it is known. If not, nobody can tell where it ends.
 * @throws {RangeError} It is cut short.
 */
export function skipMessage(reader: ByteReader, type: number): boolean {
  switch (type) {
    case ServerMessageType.Bell:
    case ServerMessageType.EndOfContinuousUpdates:
      return true;
    case ServerMessageType.ServerCutText:
      reader.skip(3);
      reader.skip(Math.abs(reader.i32())); // negative for the extended clipboard
      return true;
    case ServerMessageType.SetColourMapEntries:
      reader.skip(3);
      reader.skip(6 * reader.u16());
      return true;
    case ServerMessageType.ServerFence:
      reader.skip(7);
      reader.skip(reader.u8());
      return true;
    case ServerMessageType.Xvp:
      reader.skip(3);
      return true;
    case ServerMessageType.Qemu:
      if (reader.u8() !== QemuSubmessage.Audio) return false;
      if (reader.u16() === AUDIO_DATA) reader.skip(reader.u32());
      return true;
    default:
      return false;
  }
}
