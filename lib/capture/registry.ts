/**
 * The screen sources that there are.
 *
 * @module
 */
import { NativeError } from "../core/errors.ts";
import type { FrameMemory } from "../core/frame_memory.ts";
import type { XDisplay } from "../ffi/x_display.ts";
import { openPattern, parsePatternAddress } from "./pattern.ts";
import type { ScreenSource } from "./screen_source.ts";
import { openX11Source } from "./x11_source.ts";

/** What a capture backend is opened with. */
export interface CaptureRequest {
  /** As `--display` names it: ":0", "pattern:800x600". */
  readonly address: string;
  /** Where frames are to lie. */
  readonly memory: FrameMemory;
  /** The connection to the X server that `address` names; borrowed. Only for backends that need one. */
  readonly display?: XDisplay | undefined;
}

/** A way to look at a screen. */
export interface CaptureBackend {
  readonly name: string;
  /** Whether it can look at screens with addresses such as this. */
  accepts(address: string): boolean;
  /** Whether {@linkcode CaptureRequest.display} has to be there. */
  readonly needsDisplay: boolean;
  /** @throws {NativeError} It cannot, with a reason. @throws {RangeError} The address asks for what cannot be. */
  open(request: CaptureRequest): Promise<ScreenSource>;
}

/** All backends; of those that accept an address, the first is the best. */
export const CAPTURE_BACKENDS: readonly CaptureBackend[] = [
  {
    name: "pattern",
    needsDisplay: false,
    accepts: (address) => address.startsWith("pattern:"),
    open: ({ address, memory }) => Promise.try(() => openPattern(memory, parsePatternAddress(address) ?? {})),
  },
  ...(["auto", "shm", "get-image"] as const).map((capture) => ({
    name: `x11 ${capture}`,
    needsDisplay: true,
    accepts: (address: string) => !address.startsWith("pattern:"),
    async open({ display, memory }: CaptureRequest): Promise<ScreenSource> {
      if (!display) {
        throw new NativeError("Cannot open an X screen without a connection to it", "XOpenDisplay");
      }
      return await openX11Source(display, memory, { capture });
    },
  })),
];

/** The best backend for an address, or `undefined` if there is none. */
export function captureBackendFor(
  address: string,
  backends: readonly CaptureBackend[] = CAPTURE_BACKENDS,
): CaptureBackend | undefined {
  return backends.find((backend) => backend.accepts(address));
}
