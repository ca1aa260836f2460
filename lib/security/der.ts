/**
 * ASN.1 in DER, as much as a certificate needs (ITU-T X.690).
 *
 * @module
 */

/** The kinds of values that occur in a certificate (X.680 §8.6), with their identifier octet. */
export const Tag = {
  Boolean: 0x01,
  Integer: 0x02,
  BitString: 0x03,
  OctetString: 0x04,
  ObjectIdentifier: 0x06,
  Utf8String: 0x0c,
  GeneralizedTime: 0x18,
  Sequence: 0x30,
  Set: 0x31,
} as const;

/** One value: identifier, length, contents. */
export function der(tag: number, ...contents: readonly (Uint8Array | readonly number[])[]): Uint8Array {
  const size = contents.reduce((sum, part) => sum + part.length, 0);
  const header = [tag, ...lengthOctets(size)];
  const bytes = new Uint8Array(header.length + size);
  bytes.set(header);
  let at = header.length;
  for (const part of contents) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** SEQUENCE. */
export function sequence(...contents: readonly Uint8Array[]): Uint8Array {
  return der(Tag.Sequence, ...contents);
}

/** A context-specific tag, constructed (`[0] EXPLICIT`) or primitive (`[2] IMPLICIT`). */
export function contextTag(number: number, { constructed }: { readonly constructed: boolean }): number {
  return 0x80 | (constructed ? 0x20 : 0) | number;
}

/** OBJECT IDENTIFIER, from its dotted form (X.690 §8.19). */
export function objectIdentifier(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...others] = dotted.split(".").map(Number);
  return der(Tag.ObjectIdentifier, [first * 40 + second, ...others.flatMap(base128)]);
}

/** UTF8String. */
export function utf8String(text: string): Uint8Array {
  return der(Tag.Utf8String, new TextEncoder().encode(text));
}

/** GeneralizedTime, to the second, in UTC (RFC 5280 §4.1.2.5.2). */
export function generalizedTime(time: Date): Uint8Array {
  return der(
    Tag.GeneralizedTime,
    new TextEncoder().encode(time.toISOString().replaceAll(/[-:T]|\.\d+/g, "")),
  );
}

/** INTEGER of an unsigned number, from its bytes, most significant first. */
export function unsignedInteger(bytes: Uint8Array): Uint8Array {
  return der(Tag.Integer, bytes[0]! & 0x80 ? [0] : [], bytes);
}

/** BIT STRING of whole bytes. */
export function bitString(bytes: Uint8Array): Uint8Array {
  return der(Tag.BitString, [0], bytes);
}

/** PEM (RFC 7468). */
export function pem(label: string, bytes: Uint8Array): string {
  const lines = bytes.toBase64().match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
}

/** §8.1.3. */
function lengthOctets(length: number): number[] {
  if (length < 0x80) return [length];
  const octets: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest & 0xff);
  return [0x80 | octets.length, ...octets];
}

function base128(value: number): number[] {
  const groups = [value & 0x7f];
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) {
    groups.unshift(rest & 0x7f | 0x80);
  }
  return groups;
}
