/**
 * Text as selections carry it (Inter-Client Communication Conventions Manual, section 2.6.2 "Target Atoms"). Pure.
 *
 * @module
 */

/** Forms of text to ask for, by their targets' names, best first. */
export const READABLE_TARGETS: readonly string[] = [
  "UTF8_STRING",
  "text/plain;charset=utf-8",
  "STRING",
  "TEXT",
];

/** Forms of text that are given, by their targets' names, and the type that each is given as. */
export const WRITABLE_TARGETS: ReadonlyMap<string, string> = new Map([
  ["UTF8_STRING", "UTF8_STRING"],
  ["text/plain;charset=utf-8", "text/plain;charset=utf-8"],
  ["text/plain", "text/plain"],
  ["TEXT", "UTF8_STRING"],
  ["STRING", "STRING"],
  ["COMPOUND_TEXT", "COMPOUND_TEXT"],
]);

const utf8 = new TextEncoder();
const ESC = 0x1b;
/** ISO 2022 sequences around UTF-8 within compound text: ESC % G, ESC % @. */
const TO_UTF8 = [ESC, 0x25, 0x47] as const;
const FROM_UTF8 = [ESC, 0x25, 0x40] as const;

/**
 * Bytes of a property to text, lines ended by LF.
 *
 * @param type The property's type, by name.
 * @returns `undefined` for a type that is no text that we know.
 */
export function decodeText(type: string, bytes: Uint8Array<ArrayBuffer>): string | undefined {
  const text = decode(type, bytes);
  // Some programs count C's final zero; nothing in a text can need one.
  return text?.replaceAll("\0", "").replaceAll(/\r\n?/g, "\n");
}

/** Text to the bytes of a property. @param type One of those of {@linkcode WRITABLE_TARGETS}. */
export function encodeText(type: string, text: string): Uint8Array<ArrayBuffer> {
  if (type === "STRING") return toLatin1(text);
  if (type !== "COMPOUND_TEXT") return utf8.encode(text);
  if (isLatin1(text)) return toLatin1(text); // which compound text begins in
  const bytes = utf8.encode(text);
  const compound = new Uint8Array(bytes.length + TO_UTF8.length + FROM_UTF8.length);
  compound.set(TO_UTF8);
  compound.set(bytes, TO_UTF8.length);
  compound.set(FROM_UTF8, TO_UTF8.length + bytes.length);
  return compound;
}

function decode(type: string, bytes: Uint8Array<ArrayBuffer>): string | undefined {
  switch (type) {
    case "UTF8_STRING":
    case "text/plain;charset=utf-8":
      return new TextDecoder().decode(bytes);
    case "STRING":
      return fromLatin1(bytes);
    default:
      return undefined;
  }
}

/** Not TextDecoder's "latin1", which is Windows-1252. */
function fromLatin1(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += 8192) {
    parts.push(String.fromCharCode(...bytes.subarray(at, at + 8192)));
  }
  return parts.join("");
}

/** Characters that Latin-1 lacks become question marks, one each. */
function toLatin1(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length);
  let length = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    bytes[length++] = unit <= 0xff ? unit : 0x3f;
    const isPair = unit >= 0xd800 && unit < 0xdc00 && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00;
    if (isPair) at++;
  }
  return bytes.slice(0, length);
}

function isLatin1(text: string): boolean {
  return !/[^\0-\xff]/.test(text);
}
