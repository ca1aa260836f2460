/**
 * The messages between ProtocolVersion and ServerInit, each as the client's version has it (RFC 6143 §7.1.2 to §7.3.1;
 * appendix A for the older versions).
 *
 * @module
 */
import { type ByteWriter, utf8 } from "../core/bytes.ts";
import { SecurityResult, SecurityTypeNumber } from "./constants.ts";
import type { ProtocolVersion } from "./version.ts";

/**
 * Writes the security types on offer (§7.1.2): a list from 3.7 on; in 3.3 the server decides.
 *
 * @param types 1 to 255 numbers, the most wanted first: viewers take the first that they know. For 3.3 exactly one,
 * `None` or `VncAuthentication`: that version has no others.
 * @throws {RangeError} `types` are none of that.
 */
export function writeSecurityTypes(
  out: ByteWriter,
  version: ProtocolVersion,
  types: readonly number[],
): void {
  if (version === "3.3") {
    const [type] = types;
    const isKnown = type === SecurityTypeNumber.None || type === SecurityTypeNumber.VncAuthentication;
    if (types.length !== 1 || !isKnown) {
      throw new RangeError(`Cannot write security types for RFB 3.3: got [${types}], must be [1] or [2]`);
    }
    out.u32(type);
    return;
  }
  if (types.length < 1 || types.length > 255) {
    throw new RangeError(`Cannot write ${types.length} security types: must be 1 to 255`);
  }
  out.u8(types.length);
  for (const type of types) out.u8(type);
}

/**
 * Writes, in place of security types, why the client cannot come in (§7.1.2). The connection is to be closed behind it.
 *
 * @param version That of a client of an unsupported version is "3.8": no types are a byte 0 there.
 */
export function writeRefusal(out: ByteWriter, version: ProtocolVersion, reason: string): void {
  if (version === "3.3") out.u32(SecurityTypeNumber.Invalid);
  else out.u8(0);
  writeReason(out, reason);
}

/** Whether a SecurityResult follows a security type (§7.1.3): before 3.8 there is none after None. */
export function hasSecurityResult(version: ProtocolVersion, type: number): boolean {
  return version === "3.8" || type !== SecurityTypeNumber.None;
}

/** Writes that the client is in (§7.1.3); see {@linkcode hasSecurityResult}. */
export function writeSecurityOk(out: ByteWriter): void {
  out.u32(SecurityResult.Ok);
}

/** Writes that the client is not in, and from 3.8 on why (§7.1.3). The connection is to be closed behind it. */
export function writeSecurityFailed(out: ByteWriter, version: ProtocolVersion, reason: string): void {
  out.u32(SecurityResult.Failed);
  if (version === "3.8") writeReason(out, reason);
}

/** Reads a ClientInit (§7.3.1): whether others may stay. Any byte but 0 says so. */
export function parseClientInit(byte: number): { readonly shared: boolean } {
  return { shared: byte !== 0 };
}

/** u32 length, text. */
function writeReason(out: ByteWriter, reason: string): void {
  const bytes = utf8(reason);
  out.u32(bytes.length).bytes(bytes);
}
