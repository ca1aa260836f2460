/**
 * Bytes written as one reads them: "05 80 0010 0020".
 *
 * @module
 */

/** The bytes of hexadecimal digits; spaces and what stands behind "#" on a line say nothing. */
export function hex(text: string): Uint8Array<ArrayBuffer> {
  const digits = text.replace(/#.*$/gm, "").replace(/\s+/g, "");
  if (!/^([0-9a-fA-F]{2})*$/.test(digits)) throw new RangeError(`Cannot read "${text}" as bytes`);
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

/** The digits of bytes, two for each, without spaces. */
export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
