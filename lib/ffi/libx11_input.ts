/**
 * libX11: what it has for reading the maps of keyboards and pointers (X11/Xlib.h, X11/XKBlib.h).
 *
 * @module
 */
import { SharedLibrary } from "./library.ts";
import { display, xid } from "./types.ts";

/** `XkbDescPtr` */
export type XkbDescPointer = Deno.PointerObject<"XkbDescRec">;
const xkbDesc = "pointer" as Deno.NativeTypedPointer<XkbDescPointer>;

const SYMBOLS = {
  /** `XkbDescPtr XkbGetMap(Display *display, unsigned int which, unsigned int device_spec)`: for `XkbFreeKeyboard`. */
  XkbGetMap: { parameters: [display, "u32", "u32"], result: xkbDesc },
  /** `void XkbFreeKeyboard(XkbDescPtr xkb, unsigned int which, Bool free_all)` */
  XkbFreeKeyboard: { parameters: [xkbDesc, "u32", "i32"], result: "void" },
  /** `Bool XkbGetNamedIndicator(Display *, Atom name, int *ndx, Bool *state, XkbIndicatorMapPtr map, Bool *real)` */
  XkbGetNamedIndicator: {
    parameters: [display, xid, "buffer", "buffer", "pointer", "pointer"],
    result: "i32",
  },
  /** `Bool XkbGetAutoRepeatRate(Display *, unsigned device_spec, unsigned *delay, unsigned *interval)`: in ms. */
  XkbGetAutoRepeatRate: { parameters: [display, "u32", "buffer", "buffer"], result: "i32" },
  /** `int XGetPointerMapping(Display *display, unsigned char map_return[], int nmap)`: number of buttons. */
  XGetPointerMapping: { parameters: [display, "buffer", "i32"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

/** libX11, once more, for its part about input. */
export const LIBX11_INPUT = new SharedLibrary({
  file: "libX11.so.6",
  debianPackage: "libx11-6",
  symbols: SYMBOLS,
});
