/**
 * The servers that the interoperation tests are run against: ours, and others that show that a test itself is right.
 *
 * @module
 */
import { startPorthole } from "../support/porthole.ts";
import { type StartServer, startX0tigervnc, startX11vnc } from "../support/peers.ts";

/** A server and what it promises. */
export interface ServerUnderTest {
  readonly name: string;
  readonly start: StartServer;
  /** Encodings that it has, by libvncclient's names. */
  readonly encodings: readonly string[];
  /** Whether colours of formats with fewer bits are rounded to the nearest, as `translateColour` does. */
  readonly nearestColours: boolean;
  /** Whether clients can give an Xvfb another size. */
  readonly resizes: boolean;
  /** Whether UTF-8 in CLIPBOARD reaches viewers, and theirs it. */
  readonly sharesClipboard: boolean;
  /** Whether clients that allow JPEG keep lossy pixels for good. */
  readonly lossy: boolean;
}

/** Other encodings than its own it sends as Raw. */
const x0tigervnc: ServerUnderTest = {
  name: "x0tigervncserver",
  start: startX0tigervnc,
  encodings: ["raw", "rre", "hextile", "tight", "zrle"],
  nearestColours: false,
  resizes: false,
  lossy: true,
  sharesClipboard: false,
};

/** Slow to notice what changed, so that it is tried with input only. */
const x11vnc: ServerUnderTest = {
  name: "x11vnc",
  start: startX11vnc,
  encodings: ["raw", "rre", "corre", "hextile", "zlib", "tight", "zrle"],
  nearestColours: false,
  resizes: false,
  lossy: true,
  sharesClipboard: false,
};

/** Ours, in this process. */
const porthole: ServerUnderTest = {
  name: "Porthole",
  start: startPorthole,
  encodings: ["raw", "rre", "corre", "hextile", "zlib", "tight", "trle", "zrle"],
  nearestColours: true,
  resizes: true,
  lossy: false,
  sharesClipboard: true,
};

/** Those that viewers look at. */
export const SERVERS: readonly ServerUnderTest[] = [porthole, x0tigervnc];

/** Those that get keys and pointer. x0tigervncserver keeps what it injects in a buffer until the next reason to flush. */
export const INPUT_SERVERS: readonly ServerUnderTest[] = [porthole, x11vnc];
