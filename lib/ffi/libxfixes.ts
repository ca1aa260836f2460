/**
 * libXfixes: the XFIXES extension (X11/extensions/Xfixes.h).
 *
 * @module
 */
import { SharedLibrary } from "./library.ts";
import { display, xid, xmemory } from "./types.ts";

const SYMBOLS = {
  /** `Bool XFixesQueryExtension(Display *, int *event_base_return, int *error_base_return)` */
  XFixesQueryExtension: { parameters: [display, "buffer", "buffer"], result: "i32" },
  /** `void XFixesSelectCursorInput(Display *display, Window win, unsigned long eventMask)` */
  XFixesSelectCursorInput: { parameters: [display, xid, xid], result: "void" },
  /** `XFixesCursorImage *XFixesGetCursorImage(Display *display)`: for `XFree`. */
  XFixesGetCursorImage: { parameters: [display], result: xmemory },
  /** `void XFixesSelectSelectionInput(Display *, Window win, Atom selection, unsigned long eventMask)` */
  XFixesSelectSelectionInput: { parameters: [display, xid, xid, xid], result: "void" },
} as const satisfies Deno.ForeignLibraryInterface;

/** libXfixes's functions. */
export type LibXfixes = Deno.StaticForeignLibraryInterface<typeof SYMBOLS>;

/** libXfixes. */
export const LIBXFIXES = new SharedLibrary({
  file: "libXfixes.so.3",
  debianPackage: "libxfixes3",
  symbols: SYMBOLS,
});
