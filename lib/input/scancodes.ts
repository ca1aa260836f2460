/**
 * Keys by place: from the PC's scancodes to the keycodes of X (rfbproto "QEMU Extended Key Event").
 *
 * @module
 */

/** X keycodes are those of Linux's evdev plus this. */
const EVDEV_TO_X = 8;

/**
 * Linux key codes (linux/input-event-codes.h) by XT scancode of set 1, sixteen a row; the second half is `e0 xx`. 0 is no
 * key. PrintScreen has two: 0x54 and, as old clients send it, 0xb7.
 */
// deno-fmt-ignore
const EVDEV = new Uint8Array([
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
  16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31,
  32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47,
  48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63,
  64, 65, 66, 67, 68, 69, 70, 71, 72, 73, 74, 75, 76, 77, 78, 79,
  80, 81, 82, 83, 99, 186, 86, 87, 88, 117, 190, 101, 95, 183, 184, 185,
  0, 0, 0, 169, 134, 135, 141, 144, 145, 146, 151, 153, 161, 193, 0, 194,
  93, 123, 122, 89, 191, 177, 85, 91, 90, 92, 0, 94, 0, 124, 121, 0,
  0, 171, 150, 187, 189, 129, 130, 131, 176, 181, 182, 120, 132, 0, 233, 178,
  165, 0, 152, 147, 222, 0, 0, 149, 168, 163, 0, 0, 96, 97, 139, 148,
  113, 140, 164, 160, 166, 205, 154, 0, 200, 201, 0, 202, 203, 204, 114, 206,
  115, 167, 172, 207, 208, 98, 209, 99, 100, 210, 211, 212, 137, 213, 214, 215,
  216, 136, 218, 219, 220, 221, 119, 102, 103, 104, 223, 105, 224, 106, 118, 107,
  108, 109, 110, 111, 225, 234, 227, 228, 229, 230, 231, 125, 126, 127, 116, 142,
  0, 0, 0, 143, 232, 217, 156, 173, 128, 159, 158, 157, 155, 226, 0, 112,
  0, 123, 122, 0, 0, 138, 179, 188, 133, 192, 0, 180, 0, 162, 0, 0,
]);

/**
 * The keycode of a place, on an X server whose keyboard is described by evdev's keycodes, as all are nowadays.
 *
 * @param scancode XT set 1, `e0 xx` as `xx | 0x80`.
 * @returns 9 to 255; `undefined` for no key that is known.
 */
export function keycodeOfScancode(scancode: number): number | undefined {
  const code = EVDEV[scancode] ?? 0;
  return code === 0 ? undefined : code + EVDEV_TO_X;
}
