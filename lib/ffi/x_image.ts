/**
 * Pixels of the screen by core requests: slow, but possible on every display (X11 "GetImage").
 *
 * @module
 */
import type { Rect } from "../core/geometry.ts";
import { NativeError } from "../core/errors.ts";
import { pointerAt, structAt } from "./c_arrays.ts";
import { Visual, XImage } from "./structs.ts";
import type { XDisplay } from "./x_display.ts";

const ALL_PLANES = 0xffffffff;
const Z_PIXMAP = 2;
const MSB_FIRST = 1;
const TRUE_COLOR = 4;

/** What the pixels of the root window look like in memory. */
export interface PixelLayout {
  /** 8, 16, 24 or 32 bits from one pixel to the next; rows may be padded. */
  readonly bitsPerPixel: number;
  /** Bits that count. */
  readonly depth: number;
  readonly bigEndian: boolean;
  /** Pixels are places in the colour map, not colours. */
  readonly indexed: boolean;
  /** Places in the colour map, when it is indexed. */
  readonly colours: number;
  /** Where the colours are in a pixel, when it is not indexed. */
  readonly redMask: number;
  readonly greenMask: number;
  readonly blueMask: number;
}

/** The layout of the root window's pixels. Costs a round trip. */
export function rootPixelLayout(display: XDisplay): PixelLayout {
  const visual = new Deno.UnsafePointerView(display.visual);
  return withImage(display, { x: 0, y: 0, width: 1, height: 1 }, (image) => ({
    bitsPerPixel: image.getInt32(XImage.bits_per_pixel, true),
    depth: display.depth,
    bigEndian: image.getInt32(XImage.byte_order, true) === MSB_FIRST,
    indexed: visual.getInt32(Visual.class) < TRUE_COLOR,
    colours: visual.getInt32(Visual.map_entries),
    redMask: visual.getUint32(Visual.red_mask),
    greenMask: visual.getUint32(Visual.green_mask),
    blueMask: visual.getUint32(Visual.blue_mask),
  }));
}

/**
 * Reads a rectangle of the root window. Blocks: about 2 ms per megabyte, and a round trip.
 *
 * @param r Inside the screen, not empty.
 * @param use Gets the pixels in the display's layout, and the bytes from one row to the next. They are valid during
 *   the call only.
 * @throws {XError} BadMatch: `r` is not inside the screen, which may have changed its size meanwhile.
 * @throws {DisplayLostError} The display has gone.
 */
export function getImage<T>(
  display: XDisplay,
  r: Rect,
  use: (bytes: Uint8Array<ArrayBuffer>, bytesPerRow: number) => T,
): T {
  return withImage(display, r, (image) => {
    const bytesPerRow = image.getInt32(XImage.bytes_per_line, true);
    const data = pointerAt(image, XImage.data);
    if (data === null) throw new NativeError("Cannot read the screen: the image is empty", "XGetImage");
    return use(
      new Uint8Array(Deno.UnsafePointerView.getArrayBuffer(data, bytesPerRow * r.height)),
      bytesPerRow,
    );
  });
}

function withImage<T>(display: XDisplay, r: Rect, use: (image: DataView<ArrayBuffer>) => T): T {
  const { value: image, error } = display.trap(
    () =>
      display.x11.XGetImage(display.handle, display.root, r.x, r.y, r.width, r.height, ALL_PLANES, Z_PIXMAP),
    { sync: false },
  );
  if (error) throw error;
  if (image === null) throw new NativeError("Cannot read the screen", "XGetImage");
  try {
    return use(structAt(image, XImage.size));
  } finally {
    display.x11.XDestroyImage(image);
  }
}
