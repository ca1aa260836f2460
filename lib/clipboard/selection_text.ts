/**
 * Text as selections carry it (Inter-Client Communication Conventions Manual, section 2.6.2 "Target Atoms"). Pure.
 *
 * @module
 */
import { fromLatin1, latin1 } from "../core/bytes.ts";

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
  if (type === "STRING") return latin1(text);
  if (type !== "COMPOUND_TEXT") return utf8.encode(text);
  if (isLatin1(text)) return latin1(text); // which compound text begins in
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

function isLatin1(text: string): boolean {
  return !/[^\0-\xff]/.test(text);
}
