/**
 * libX11 once more: what windows of our own are made and drawn with (X11/Xlib.h). Loaded only when one is shown.
 *
 * @module
 */
import { SharedLibrary } from "./library.ts";
import { display, gc, xid } from "./types.ts";

/** `XFontStruct *` */
export type FontPointer = Deno.PointerObject<"XFontStruct">;
const font = "pointer" as Deno.NativeTypedPointer<FontPointer>;

const SYMBOLS = {
  /** `unsigned long XBlackPixel(Display *display, int screen_number)` */
  XBlackPixel: { parameters: [display, "i32"], result: xid },
  /** `unsigned long XWhitePixel(Display *display, int screen_number)` */
  XWhitePixel: { parameters: [display, "i32"], result: xid },
  /** `XFontStruct *XLoadQueryFont(Display *display, const char *name)`: for `XFreeFont`; null when there is none. */
  XLoadQueryFont: { parameters: [display, "buffer"], result: font },
  /** `int XFreeFont(Display *display, XFontStruct *font_struct)` */
  XFreeFont: { parameters: [display, font], result: "i32" },
  /** `int XTextExtents(XFontStruct *, const char *string, int nchars, int *direction, int *font_ascent, int *font_descent, XCharStruct *overall)` */
  XTextExtents: {
    parameters: [font, "buffer", "i32", "buffer", "buffer", "buffer", "buffer"],
    result: "i32",
  },
  /** `int XSetFont(Display *display, GC gc, Font font)` */
  XSetFont: { parameters: [display, gc, xid], result: "i32" },
  /** `int XDrawString(Display *, Drawable, GC, int x, int y, const char *string, int length)` */
  XDrawString: { parameters: [display, xid, gc, "i32", "i32", "buffer", "i32"], result: "i32" },
  /** `int XDrawRectangle(Display *, Drawable, GC, int x, int y, unsigned width, unsigned height)` */
  XDrawRectangle: { parameters: [display, xid, gc, "i32", "i32", "u32", "u32"], result: "i32" },
  /** `int XClearArea(Display *, Window, int x, int y, unsigned width, unsigned height, Bool exposures)` */
  XClearArea: { parameters: [display, xid, "i32", "i32", "u32", "u32", "i32"], result: "i32" },
  /** `int XChangeWindowAttributes(Display *, Window, unsigned long valuemask, XSetWindowAttributes *attributes)` */
  XChangeWindowAttributes: { parameters: [display, xid, xid, "buffer"], result: "i32" },
  /** `int XMapRaised(Display *display, Window w)` */
  XMapRaised: { parameters: [display, xid], result: "i32" },
  /** `int XRaiseWindow(Display *display, Window w)` */
  XRaiseWindow: { parameters: [display, xid], result: "i32" },
  /** `int XGetInputFocus(Display *display, Window *focus_return, int *revert_to_return)` */
  XGetInputFocus: { parameters: [display, "buffer", "buffer"], result: "i32" },
  /** `int XSetInputFocus(Display *display, Window focus, int revert_to, Time time)` */
  XSetInputFocus: { parameters: [display, xid, "i32", xid], result: "i32" },
  /** `KeySym XkbKeycodeToKeysym(Display *dpy, KeyCode kc, int group, int level)` */
  XkbKeycodeToKeysym: { parameters: [display, "u8", "i32", "i32"], result: xid },
} as const satisfies Deno.ForeignLibraryInterface;

/** libX11's functions for windows. */
export type LibX11Windows = Deno.StaticForeignLibraryInterface<typeof SYMBOLS>;

/** libX11, of X.Org 1.x. */
export const LIBX11_WINDOWS = new SharedLibrary({
  file: "libX11.so.6",
  debianPackage: "libx11-6",
  symbols: SYMBOLS,
});
