/**
 * ProtocolVersion: twelve bytes each way, before anything else (RFC 6143 §7.1.1).
 *
 * @module
 */
import { fromLatin1 } from "../core/bytes.ts";
import { ProtocolError } from "../core/errors.ts";

/** The versions that differ on the wire. */
export type Version = "3.3" | "3.7" | "3.8";

/** Bytes of a ProtocolVersion message. */
export const PROTOCOL_VERSION_LENGTH = 12;

/** What the server says first: the newest version that it speaks. */
export const SERVER_PROTOCOL_VERSION = "RFB 003.008\n";

/**
 * Reads the client's ProtocolVersion, and says by whose rules to go on.
 *
 * Viewers have minors of their own (UltraVNC 3.4, 3.6, 3.14, 3.16; macOS 3.889), and 3.5 was announced by mistake: below
 * 7 the rules of 3.3 hold, from 8 upwards those of 3.8.
 *
 * @param bytes The first 12 bytes.
 * @throws {ProtocolError} It is no version, or another major one, or that of a client which takes us for a repeater. The
 * message is fit to be told to the client, which then reads it as a reason, in place of security types.
 */
export function parseProtocolVersion(bytes: Uint8Array): Version {
  const text = fromLatin1(bytes.subarray(0, PROTOCOL_VERSION_LENGTH));
  const match = /^RFB (\d{3})\.(\d{3})\n$/.exec(text);
  if (match === null) {
    throw new ProtocolError(`Cannot parse protocol version: got ${JSON.stringify(text)}`, "7.1.1");
  }
  const major = Number(match[1]);
  const minor = Number(match[2]);
  if (major === 0 && minor === 0) {
    throw new ProtocolError("Cannot act as a repeater: this is a VNC server", "7.1.1");
  }
  if (major !== 3) {
    throw new ProtocolError(`Cannot speak RFB ${major}.${minor}: 3.3, 3.7 and 3.8 are supported`, "7.1.1");
  }
  return minor < 7 ? "3.3" : minor === 7 ? "3.7" : "3.8";
}
