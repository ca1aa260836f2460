/**
 * ProtocolVersion: twelve bytes each way, before anything else (RFC 6143 §7.1.1).
 *
 * @module
 */
import { fromLatin1, utf8 } from "../core/bytes.ts";
import { ProtocolError } from "../core/errors.ts";

/** The versions that differ on the wire. */
export type ProtocolVersion = "3.3" | "3.7" | "3.8";

/** Bytes of a ProtocolVersion message. */
export const PROTOCOL_VERSION_LENGTH = 12;

/** What the server says first: the newest that it speaks. */
export function serverVersionBytes(): Uint8Array<ArrayBuffer> {
  return utf8("RFB 003.008\n");
}

/** What a client's version means for the rest of the session. */
export type ClientVersion =
  | {
    readonly supported: true;
    /** By whose rules to go on. */
    readonly version: ProtocolVersion;
    /** As the client put it, for logs: "3.889". */
    readonly announced: string;
  }
  | {
    readonly supported: false;
    readonly announced: string;
    /** What to tell the client, see `writeRefusal`, before the connection is closed. */
    readonly reason: string;
  };

/**
 * Reads the client's ProtocolVersion.
 *
 * There is no 3.5, and viewers have their own minors (UltraVNC 3.4, 3.6, 3.14, 3.16; macOS 3.889): below 7 the rules
 * of 3.3 hold, from 8 upwards those of 3.8. Another major version is not supported, nor is "RFB 000.000", by
 * which a client takes us for a repeater.
 *
 * @param bytes The first 12 bytes.
 * @throws {ProtocolError} This is no RFB client.
 */
export function parseClientVersion(bytes: Uint8Array): ClientVersion {
  const text = fromLatin1(bytes.subarray(0, PROTOCOL_VERSION_LENGTH));
  const match = /^RFB (\d{3})\.(\d{3})\n$/.exec(text);
  if (match === null) {
    throw new ProtocolError(`Cannot parse protocol version: got ${JSON.stringify(text)}`, "7.1.1");
  }
  const major = Number(match[1]);
  const minor = Number(match[2]);
  const announced = `${major}.${minor}`;
  if (major === 0 && minor === 0) {
    return { supported: false, announced, reason: "This is a VNC server, not a repeater" };
  }
  if (major !== 3) {
    return {
      supported: false,
      announced,
      reason: `RFB ${announced} is not supported, only 3.3, 3.7 and 3.8 are`,
    };
  }
  return { supported: true, announced, version: minor < 7 ? "3.3" : minor === 7 ? "3.7" : "3.8" };
}
