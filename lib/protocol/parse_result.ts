/**
 * What parsers of client messages give, and what changes how they read (RFC 6143 §7.5).
 *
 * @module
 */

/** What bytes have turned out to be. */
export type ParseResult<Message> =
  | {
    readonly done: true;
    readonly message: Message;
    /** Bytes that the message took, at least 1. */
    readonly length: number;
  }
  | {
    readonly done: false;
    /** Bytes from the start of the message that must be there before it is worth while to look again. */
    readonly needed: number;
  };

/** What changes how bytes are to be read. */
export interface ParseOptions {
  /** Longest cut text, of either kind, that is kept, in bytes. */
  readonly maxCutText: number;
  /** The client has listed `PseudoEncoding.ExtendedMouseButtons`: a PointerEvent may have one more byte. */
  readonly extendedMouseButtons: boolean;
}

/** The next bytes are of no interest: they are to be thrown away as they come, without being kept. */
export interface Skip {
  readonly type: "Skip";
  /** Whose bytes they are. */
  readonly of: "FixColourMapEntries" | "ClientCutText" | "ExtendedClipboard" | "ClientFence" | "Gii";
  /** Bytes *behind* those that the result's `length` counts: 0 … 2^31 - 1. */
  readonly count: number;
}

/** The result of a parser that has read `message` from `length` bytes. */
export function done<Message>(message: Message, length: number): ParseResult<Message> {
  return { done: true, message, length };
}

/** The result of a parser that can go on when `needed` bytes are there. */
export function needs(needed: number): { readonly done: false; readonly needed: number } {
  return { done: false, needed };
}
