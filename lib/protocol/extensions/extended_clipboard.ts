/**
 * The clipboard in Unicode and on demand (rfbproto "Extended Clipboard Pseudo-encoding"): messages in the shape of cut
 * texts with a negative length, both ways.
 *
 * A side tells what it can (caps), says that there is something new (notify), is asked (request) and delivers (provide);
 * peek asks for a notify. Contents travel compressed: `deflate` and `inflate` are not done here.
 *
 * @module
 */
import { type ByteWriter, utf8 } from "../../core/bytes.ts";
import { ProtocolError } from "../../core/errors.ts";
import { u32At } from "../big_endian.ts";
import { ServerMessageType } from "../constants.ts";
import { withLineFeeds } from "../text.ts";

const SECTION = "Extended Clipboard Pseudo-encoding";

/** Kinds of content: bits 0 to 15 of the flags. */
export const ClipboardFormat = {
  /** UTF-8 with CR LF, and a NUL behind it. */
  Text: 0x0001,
  Rtf: 0x0002,
  Html: 0x0004,
  Dib: 0x0008,
  Files: 0x0010,
} as const;

/** What a message is about: bits 24 to 31 of the flags. */
export const ClipboardAction = {
  Caps: 0x01000000,
  Request: 0x02000000,
  Peek: 0x04000000,
  Notify: 0x08000000,
  Provide: 0x10000000,
} as const;

const FORMAT_BITS = 0x0000ffff;
const ACTION_BITS = 0xff000000;

/** A message as it came: see {@linkcode parseClipboardMessage}. */
export interface ExtendedClipboard {
  readonly type: "ExtendedClipboard";
  /** A u32: formats in the low, actions in the high bits. */
  readonly flags: number;
  /** What the action says; a copy. Never to be logged. */
  readonly body: Uint8Array;
}

/** What a side can do. */
export interface ClipboardCaps {
  /** Bit set of {@linkcode ClipboardAction}s. */
  readonly actions: number;
  /** Largest content in bytes, by {@linkcode ClipboardFormat}, that may be provided without a request. */
  readonly sizes: ReadonlyMap<number, number>;
}

/** What a client can do that has not said it: rfbproto's defaults. */
export const DEFAULT_CLIENT_CAPS: ClipboardCaps = {
  actions: ClipboardAction.Request | ClipboardAction.Notify | ClipboardAction.Provide,
  sizes: new Map([
    [ClipboardFormat.Text, 20 * 1024 * 1024],
    [ClipboardFormat.Rtf, 0],
    [ClipboardFormat.Html, 0],
  ]),
};

/** A message, understood. `formats` are bit sets of {@linkcode ClipboardFormat}s and perhaps unknown ones. */
export type ClipboardMessage =
  | { readonly action: "Caps"; readonly caps: ClipboardCaps }
  /** The other side wants these formats. */
  | { readonly action: "Request"; readonly formats: number }
  /** The other side wants a notify. */
  | { readonly action: "Peek" }
  /** There is something new, in these formats; none: the clipboard is empty. */
  | { readonly action: "Notify"; readonly formats: number }
  /** Here it is: a zlib stream of its own, that holds u32 length and bytes for each format, lowest bit first. */
  | { readonly action: "Provide"; readonly formats: number; readonly compressed: Uint8Array };

/**
 * Tells what a message is about. Bytes behind what the action needs are ignored.
 *
 * @throws {ProtocolError} No action or several of them (caps aside, whose flags list actions), or a size is missing.
 */
export function parseClipboardMessage({ flags, body }: ExtendedClipboard): ClipboardMessage {
  const formats = flags & FORMAT_BITS;
  const action = (flags & ACTION_BITS) >>> 0;
  if ((action & ClipboardAction.Caps) !== 0) {
    return { action: "Caps", caps: parseCaps(action, formats, body) };
  }
  switch (action) {
    case ClipboardAction.Request:
      return { action: "Request", formats };
    case ClipboardAction.Peek:
      return { action: "Peek" };
    case ClipboardAction.Notify:
      return { action: "Notify", formats };
    case ClipboardAction.Provide:
      return { action: "Provide", formats, compressed: body };
    default:
      throw new ProtocolError(
        `Cannot parse extended clipboard message: actions are 0x${action.toString(16)}, must be one`,
        SECTION,
      );
  }
}

function parseCaps(action: number, formats: number, body: Uint8Array): ClipboardCaps {
  const sizes = new Map<number, number>();
  let at = 0;
  for (const format of formatsIn(formats)) {
    if (at + 4 > body.length) {
      throw new ProtocolError(
        `Cannot parse clipboard capabilities: ${body.length} bytes of sizes for formats 0x${
          formats.toString(16)
        }`,
        SECTION,
      );
    }
    sizes.set(format, u32At(body, at));
    at += 4;
  }
  return { actions: (action & ~ClipboardAction.Caps) >>> 0, sizes };
}

/** The single bits of a set of formats, lowest first: the order of everything that is listed by format. */
export function formatsIn(formats: number): number[] {
  const bits: number[] = [];
  for (let bit = 1; bit <= FORMAT_BITS; bit <<= 1) if ((formats & bit) !== 0) bits.push(bit);
  return bits;
}

/** Writes what the server can do; to be sent upon every SetEncodings that lists the extension. */
export function writeClipboardCaps(out: ByteWriter, { actions, sizes }: ClipboardCaps): void {
  let formats = 0;
  for (const format of sizes.keys()) formats |= format;
  const listed = formatsIn(formats);
  writeHeader(out, ClipboardAction.Caps | actions | formats, 4 * listed.length);
  for (const format of listed) out.u32(sizes.get(format)!);
}

/** Writes that the server wants these formats. */
export function writeClipboardRequest(out: ByteWriter, formats: number): void {
  writeHeader(out, ClipboardAction.Request | formats, 0);
}

/** Writes that the server wants to know what the client has. */
export function writeClipboardPeek(out: ByteWriter): void {
  writeHeader(out, ClipboardAction.Peek, 0);
}

/** Writes that the desktop has something new in these formats, or with none that its clipboard is empty. */
export function writeClipboardNotify(out: ByteWriter, formats: number): void {
  writeHeader(out, ClipboardAction.Notify | formats, 0);
}

/**
 * Writes contents.
 *
 * @param compressed A whole zlib stream of what {@linkcode packContents} makes for the same formats.
 */
export function writeClipboardProvide(out: ByteWriter, formats: number, compressed: Uint8Array): void {
  writeHeader(out, ClipboardAction.Provide | formats, compressed.length);
  out.bytes(compressed);
}

/** u8 type, 3 padding, s32 negative length of flags and body, u32 flags. */
function writeHeader(out: ByteWriter, flags: number, bodyLength: number): void {
  out.u8(ServerMessageType.ServerCutText).zeros(3).i32(-(4 + bodyLength)).u32(flags);
}

/** What is compressed in a provide: u32 length and bytes of each content, by format, lowest bit first. */
export function packContents(out: ByteWriter, contents: ReadonlyMap<number, Uint8Array>): void {
  for (const format of [...contents.keys()].sort((a, b) => a - b)) {
    const content = contents.get(format)!;
    out.u32(content.length).bytes(content);
  }
}

/**
 * Takes apart what was compressed in a provide. Contents that are cut off (the peer lied, or inflating stopped at a
 * limit) and those behind them are left out.
 *
 * @param formats The message's bit set.
 * @param inflated As much as was inflated.
 * @return Views into `inflated`, by format.
 */
export function unpackContents(formats: number, inflated: Uint8Array): Map<number, Uint8Array> {
  const contents = new Map<number, Uint8Array>();
  let at = 0;
  for (const format of formatsIn(formats)) {
    if (at + 4 > inflated.length) break;
    const end = at + 4 + u32At(inflated, at);
    if (end > inflated.length) break;
    contents.set(format, inflated.subarray(at + 4, end));
    at = end;
  }
  return contents;
}

/** A text as content of format Text: UTF-8, line ends CR LF, a NUL behind it. `text` has LF. */
export function textContent(text: string): Uint8Array {
  return utf8(`${text.replaceAll("\n", "\r\n")}\0`);
}

/** The text of a content: up to the first NUL if there is one, line ends LF, what is not UTF-8 as U+FFFD. */
export function textOf(content: Uint8Array): string {
  const end = content.indexOf(0);
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(
    end < 0 ? content : content.subarray(0, end),
  );
  return withLineFeeds(text);
}
