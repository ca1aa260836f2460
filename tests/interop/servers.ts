/**
 * The servers that the interoperation tests are run against: ours, and others that show that a test itself is right.
 *
 * @module
 */
import { type StartServer, startX0tigervnc } from "../support/peers.ts";

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
}

/** Other encodings than its own it sends as Raw. */
const x0tigervnc: ServerUnderTest = {
  name: "x0tigervncserver",
  start: startX0tigervnc,
  encodings: ["raw", "rre", "hextile", "tight", "zrle"],
  nearestColours: false,
  resizes: false,
};

export const SERVERS: readonly ServerUnderTest[] = [x0tigervnc];
