/**
 * The port of pseudo-encodings that are told by a rectangle without pixels of the screen (RFC 6143 §7.8).
 *
 * They are silent until the client lists them. One is opened per client, remembers what it has told, and says so when
 * there is something newer.
 *
 * @module
 */
import type { ByteWriter } from "../../core/bytes.ts";
import type { CursorImage } from "../../core/pixels.ts";
import type { PixelTarget } from "../pixel_target.ts";

/** What there is to tell, besides pixels. */
export interface DesktopFacts {
  /** What ServerInit said; `name` by default. */
  readonly firstName?: string;
  readonly name: string;
  readonly cursor: CursorImage | undefined;
  /** Scroll 1, num 2, caps 4; `undefined` where they are not known. */
  readonly leds: number | undefined;
}

/** How a pseudo-encoding looks to the rest of the server. */
export interface PseudoEncodingDefinition {
  /** As registered. */
  readonly name: string;
  /** The number on the wire. */
  readonly type: number;
  /** Of those in a group only the first that the client lists, in the registry's order, is used. */
  readonly group?: string;
  /** Begins with one client. */
  open(): PseudoEncoder;
}

/** A pseudo-encoding at work for one client. */
export interface PseudoEncoder {
  /** Whether there is something that this client has not been told. */
  hasNews(facts: DesktopFacts): boolean;
  /** Appends one rectangle, header included. Called only when there is news. */
  write(facts: DesktopFacts, target: PixelTarget, out: ByteWriter): void;
  /** What was told is void: the client changed its pixel format or listed its encodings anew. */
  repeat(): void;
}
