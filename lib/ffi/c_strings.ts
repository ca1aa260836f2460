/**
 * Strings as C has them.
 *
 * @module
 */

const encoder = new TextEncoder();

/** `text` in UTF-8 with a zero byte behind it. @throws {TypeError} It has a zero byte inside, where C would end it. */
export function cString(text: string): Uint8Array<ArrayBuffer> {
  if (text.includes("\0")) throw new TypeError("Cannot pass a string with a zero byte to C");
  return encoder.encode(text + "\0");
}
