/**
 * Questions about the screen: size, colours, place of the pointer.
 *
 * @module
 */
import type { Point, Size } from "../core/geometry.ts";
import { NativeError } from "../core/errors.ts";
import { XColor } from "./structs.ts";
import type { XDisplay } from "./x_display.ts";

/** The size of the root window. Costs a round trip. @throws {DisplayLostError} The display has gone. */
export function screenSize(display: XDisplay): Size {
  const [width, height, ignored] = [new Uint32Array(1), new Uint32Array(1), new Uint32Array(2)];
  const found = display.x11.XGetGeometry(
    display.handle,
    display.root,
    ignored,
    ignored,
    ignored,
    width,
    height,
    ignored,
    ignored,
  );
  display.throwIfLost();
  if (!found) throw new NativeError("Cannot read the size of the screen", "XGetGeometry");
  return { width: width[0]!, height: height[0]! };
}

/**
 * Where the pointer is, or `undefined` when it is on another screen. Costs a round trip.
 *
 * @throws {DisplayLostError} The display has gone.
 */
export function pointerPosition(display: XDisplay): Point | undefined {
  const [x, y, ignored] = [new Int32Array(1), new Int32Array(1), new Int32Array(2)];
  const same = display.x11.XQueryPointer(
    display.handle,
    display.root,
    ignored,
    ignored,
    x,
    y,
    ignored,
    ignored,
    ignored,
  );
  display.throwIfLost();
  return same ? { x: x[0]!, y: y[0]! } : undefined;
}

/**
 * The default colour map as `0x00RRGGBB`. Costs a round trip.
 *
 * @param count Number of colours; at most 2 to the power of the depth.
 * @throws {DisplayLostError} The display has gone.
 */
export function colourMap(display: XDisplay, count: number): Uint32Array<ArrayBuffer> {
  const colours = new DataView(new ArrayBuffer(count * XColor.size));
  for (let i = 0; i < count; i++) colours.setUint32(i * XColor.size + XColor.pixel, i, true);
  const map = display.x11.XDefaultColormap(display.handle, display.screen);
  const { error } = display.trap(
    () => display.x11.XQueryColors(display.handle, map, new Uint8Array(colours.buffer), count),
    { sync: false },
  );
  if (error) throw error;
  const rgb = new Uint32Array(count);
  for (let i = 0; i < count; i++) {
    const at = i * XColor.size;
    rgb[i] = (colours.getUint16(at + XColor.red, true) >> 8) << 16 |
      (colours.getUint16(at + XColor.green, true) >> 8) << 8 |
      (colours.getUint16(at + XColor.blue, true) >> 8);
  }
  return rgb;
}
