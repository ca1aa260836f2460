/**
 * What passes in a provide of the extended clipboard (rfbproto "Extended Clipboard Pseudo-encoding"): texts, compressed.
 *
 * @module
 */
import { constants, createInflate } from "node:zlib";
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
  const inflate = createInflate({
    chunkSize: Math.min(64 * 1024, Math.max(64, count)), // no more is inflated ahead than this
    finishFlush: constants.Z_SYNC_FLUSH, // streams that are flushed and not finished are legal
  });
  inflate.on("error", () => {}); // told by the loop, too; and one comes when it is left early
  inflate.end(compressed);
  try {
    for await (const part of inflate) {
      out.bytes(part);
      if (out.length >= count) break;
      await turnUsedUp();
    }
  } catch { // what has come before the damage counts
  } finally {
    inflate.destroy();
  }
  return out.view().subarray(0, count);
}
