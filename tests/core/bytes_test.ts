/** @module */
import assert from "node:assert/strict";
import { fromLatin1, latin1 } from "../../lib/core/bytes.ts";

Deno.test("fromLatin1() gives each byte the character of its number, and latin1() gives it back", () => {
  const bytes = Uint8Array.from({ length: 70_000 }, (_, i) => i);
  const text = fromLatin1(bytes);
  assert.equal(text.length, bytes.length);
  for (let i = 0; i < bytes.length; i++) assert.equal(text.charCodeAt(i), bytes[i]);
  assert.deepEqual(latin1(text), bytes);
  assert.equal(fromLatin1(new Uint8Array()), "");
  // Bytes that would be a mark of order elsewhere.
  assert.equal(fromLatin1(Uint8Array.of(0xff, 0xfe, 0x41)), "\u00ff\u00feA");
});

Deno.test("latin1() writes one question mark for each character that it lacks", () => {
  const written = (text: string) => String.fromCharCode(...latin1(text));
  assert.equal(written("a€b"), "a?b");
  assert.equal(written("\u{1f600}!"), "?!");
  assert.equal(written("\ud83d"), "?");
  assert.equal(written("\ude00\ud83d"), "??");
});
