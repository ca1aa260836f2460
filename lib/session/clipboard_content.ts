/**
 * What passes in a provide of the extended clipboard (rfbproto "Extended Clipboard Pseudo-encoding"): texts, compressed.
 *
 * @module
 */
import { ByteWriter, utf8 } from "../core/bytes.ts";
import { turnUsedUp } from "../core/next_turn.ts";
import {
  ClipboardFormat,
  packContents,
  textContent,
  textOf,
  unpackContents,
} from "../protocol/extensions/extended_clipboard.ts";

/** Compressed in such parts, in bytes, with room for others between them. */
const PART_BYTES = 32 * 1024;
/** Inflated in such parts, in bytes; each makes a megabyte at most (RFC 1951: 258 bytes of two bits). */
const INFLATED_PART_BYTES = 1024;

/** A whole zlib stream with a text as only content. @param text Line ends are LF. */
export async function packText(text: string): Promise<Uint8Array<ArrayBuffer>> {
  const packed = new ByteWriter();
  packContents(packed, new Map([[ClipboardFormat.Text, textContent(text)]]));
  const bytes = packed.copy();
  const deflate = new CompressionStream("deflate");
  const compressed = new Response(deflate.readable).bytes();
  const writer = deflate.writable.getWriter();
  for (let at = 0; at < bytes.length; at += PART_BYTES) {
    await writer.write(bytes.subarray(at, at + PART_BYTES));
    await turnUsedUp();
  }
  await writer.close();
  return await compressed;
}

/**
 * The text in a zlib stream. Inflates no more than needed: text is the first of all formats.
 *
 * @param formats What the stream is said to hold.
 * @param compressed Not believed.
 * @param limit Longest text in bytes, each line end counted once.
 * @returns Line ends are LF; `undefined` when there is no text, too much of it, or the stream is none.
 */
export async function unpackText(
  formats: number,
  compressed: Uint8Array,
  limit: number,
): Promise<string | undefined> {
  if ((formats & ClipboardFormat.Text) === 0) return undefined;
  const head = await inflateStart(compressed, 4);
  if (head.length < 4) return undefined;
  const length = new DataView(head.buffer, head.byteOffset).getUint32(0);
  // CR before each LF and the NUL at the end are more than that, but never more than so.
  if (length > 2 * limit + 1) return undefined;
  const inflated = await inflateStart(compressed, 4 + length);
  const content = unpackContents(ClipboardFormat.Text, inflated).get(ClipboardFormat.Text);
  if (!content) return undefined;
  const text = textOf(content);
  return utf8(text).length <= limit ? text : undefined;
}

/** The first `count` bytes that a zlib stream holds, or fewer when it ends or is damaged before. */
async function inflateStart(compressed: Uint8Array, count: number): Promise<Uint8Array> {
  const out = new ByteWriter();
  const inflate = new DecompressionStream("deflate");
  void feed(inflate.writable.getWriter(), compressed);
  const reader = inflate.readable.getReader();
  try {
    while (out.length < count) {
      const { value, done } = await reader.read();
      if (done) break;
      out.bytes(value);
      await turnUsedUp();
    }
  } catch { // what has come before the damage counts
  }
  await reader.cancel().catch(() => {}); // damaged
  return out.view().subarray(0, count);
}

/** Each part is inflated as a whole, when there is room for it: so parts are small, and waited for. */
async function feed(
  writer: WritableStreamDefaultWriter<BufferSource>,
  compressed: Uint8Array,
): Promise<void> {
  try {
    for (let at = 0; at < compressed.length; at += INFLATED_PART_BYTES) {
      await writer.write(Uint8Array.from(compressed.subarray(at, at + INFLATED_PART_BYTES)));
    }
    await writer.close();
  } catch { // the reader hears of it, or does not want more
  }
}
