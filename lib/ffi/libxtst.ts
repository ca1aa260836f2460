/**
 * libXtst: the XTEST extension, which acts as a keyboard and a pointer (X11/extensions/XTest.h).
 *
 * @module
 */
import { SharedLibrary } from "./library.ts";
import { display, xid } from "./types.ts";

const SYMBOLS = {
  /** `Bool XTestQueryExtension(Display *, int *event_base, int *error_base, int *major, int *minor)` */
  XTestQueryExtension: { parameters: [display, "buffer", "buffer", "buffer", "buffer"], result: "i32" },
  /** `int XTestFakeKeyEvent(Display *, unsigned keycode, Bool is_press, unsigned long delay)` */
  XTestFakeKeyEvent: { parameters: [display, "u32", "i32", xid], result: "i32" },
  /** `int XTestFakeButtonEvent(Display *, unsigned button, Bool is_press, unsigned long delay)` */
  XTestFakeButtonEvent: { parameters: [display, "u32", "i32", xid], result: "i32" },
  /** `int XTestFakeMotionEvent(Display *, int screen, int x, int y, unsigned long delay)` */
  XTestFakeMotionEvent: { parameters: [display, "i32", "i32", "i32", xid], result: "i32" },
  /** `int XTestGrabControl(Display *display, Bool impervious)` */
  XTestGrabControl: { parameters: [display, "i32"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

/** libXtst's functions. */
export type LibXtst = Deno.StaticForeignLibraryInterface<typeof SYMBOLS>;

/** libXtst. */
export const LIBXTST = new SharedLibrary({
  file: "libXtst.so.6",
  debianPackage: "libxtst6",
  symbols: SYMBOLS,
});
