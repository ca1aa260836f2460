/**
 * libX11: the symbols that are used, each with its C prototype (X11/Xlib.h, X11/Xutil.h, X11/XKBlib.h).
 *
 * @module
 */
import { SharedLibrary } from "./library.ts";
import { display, gc, visual, xid, ximage, xmemory } from "./types.ts";

const SYMBOLS = {
  // Connection

  /** `Display *XOpenDisplay(const char *display_name)` */
  XOpenDisplay: { parameters: ["buffer"], result: display },
  /** `int XCloseDisplay(Display *display)` */
  XCloseDisplay: { parameters: [display], result: "i32" },
  /** `int XConnectionNumber(Display *display)` */
  XConnectionNumber: { parameters: [display], result: "i32" },
  /** `char *XServerVendor(Display *display)`: not to be freed. */
  XServerVendor: { parameters: [display], result: "pointer" },
  /** `int XVendorRelease(Display *display)` */
  XVendorRelease: { parameters: [display], result: "i32" },
  /** `int XFlush(Display *display)` */
  XFlush: { parameters: [display], result: "i32" },
  /** `int XSync(Display *display, Bool discard)` */
  XSync: { parameters: [display, "i32"], result: "i32" },
  /** `unsigned long XNextRequest(Display *display)`: serial of the next request, its lower 32 bits. */
  XNextRequest: { parameters: [display], result: "u32" },
  /** `int XFree(void *data)` */
  XFree: { parameters: [xmemory], result: "i32" },
  /** `Bool XQueryExtension(Display *, const char *name, int *major_opcode, int *first_event, int *first_error)` */
  XQueryExtension: { parameters: [display, "buffer", "buffer", "buffer", "buffer"], result: "i32" },

  // Errors

  /** `XErrorHandler XSetErrorHandler(int (*handler)(Display *, XErrorEvent *))` */
  XSetErrorHandler: { parameters: ["function"], result: "pointer" },
  /** `XIOErrorHandler XSetIOErrorHandler(int (*handler)(Display *))` */
  XSetIOErrorHandler: { parameters: ["function"], result: "pointer" },
  /** `void XSetIOErrorExitHandler(Display *, void (*handler)(Display *, void *), void *)`: libX11 1.7 and later. */
  XSetIOErrorExitHandler: { parameters: [display, "function", "pointer"], result: "void", optional: true },

  // Events

  /** `int XPending(Display *display)`: flushes, reads, counts. */
  XPending: { parameters: [display], result: "i32" },
  /** `int XNextEvent(Display *display, XEvent *event_return)` */
  XNextEvent: { parameters: [display, "buffer"], result: "i32" },
  /** `int XSelectInput(Display *display, Window w, long event_mask)` */
  XSelectInput: { parameters: [display, xid, xid], result: "i32" },
  /** `Status XSendEvent(Display *, Window w, Bool propagate, long event_mask, XEvent *event_send)` */
  XSendEvent: { parameters: [display, xid, "i32", xid, "buffer"], result: "i32" },

  // The screen

  /** `int XDefaultScreen(Display *display)` */
  XDefaultScreen: { parameters: [display], result: "i32" },
  /** `Window XDefaultRootWindow(Display *display)` */
  XDefaultRootWindow: { parameters: [display], result: xid },
  /** `Visual *XDefaultVisual(Display *display, int screen_number)` */
  XDefaultVisual: { parameters: [display, "i32"], result: visual },
  /** `int XDefaultDepth(Display *display, int screen_number)` */
  XDefaultDepth: { parameters: [display, "i32"], result: "i32" },
  /** `Colormap XDefaultColormap(Display *display, int screen_number)` */
  XDefaultColormap: { parameters: [display, "i32"], result: xid },
  /** `int XDisplayWidth(Display *display, int screen_number)` */
  XDisplayWidth: { parameters: [display, "i32"], result: "i32" },
  /** `int XDisplayHeight(Display *display, int screen_number)` */
  XDisplayHeight: { parameters: [display, "i32"], result: "i32" },
  /** `int XQueryColors(Display *display, Colormap colormap, XColor *defs_in_out, int ncolors)` */
  XQueryColors: { parameters: [display, xid, "buffer", "i32"], result: "i32" },
  /** `Status XGetGeometry(Display *, Drawable, Window *root, int *x, int *y, unsigned *w, unsigned *h, unsigned *border, unsigned *depth)` */
  XGetGeometry: {
    parameters: [display, xid, "buffer", "buffer", "buffer", "buffer", "buffer", "buffer", "buffer"],
    result: "i32",
  },
  /** `Status XGetWindowAttributes(Display *, Window, XWindowAttributes *)` */
  XGetWindowAttributes: { parameters: [display, xid, "buffer"], result: "i32" },
  /** `Bool XQueryPointer(Display *, Window, Window *root, Window *child, int *root_x, int *root_y, int *win_x, int *win_y, unsigned *mask)` */
  XQueryPointer: {
    parameters: [display, xid, "buffer", "buffer", "buffer", "buffer", "buffer", "buffer", "buffer"],
    result: "i32",
  },
  /** `Status XQueryTree(Display *, Window, Window *root, Window *parent, Window **children, unsigned *nchildren)` */
  XQueryTree: { parameters: [display, xid, "buffer", "buffer", "buffer", "buffer"], result: "i32" },

  // Images and drawing

  /** `XImage *XGetImage(Display *, Drawable, int x, int y, unsigned w, unsigned h, unsigned long plane_mask, int format)` */
  XGetImage: { parameters: [display, xid, "i32", "i32", "u32", "u32", xid, "i32"], result: ximage },
  /** `int XDestroyImage(XImage *ximage)`: a macro in the header, a function in the library. */
  XDestroyImage: { parameters: [ximage], result: "i32" },
  /** `GC XCreateGC(Display *, Drawable, unsigned long valuemask, XGCValues *values)` */
  XCreateGC: { parameters: [display, xid, xid, "buffer"], result: gc },
  /** `int XFreeGC(Display *display, GC gc)` */
  XFreeGC: { parameters: [display, gc], result: "i32" },
  /** `int XSetForeground(Display *display, GC gc, unsigned long foreground)` */
  XSetForeground: { parameters: [display, gc, xid], result: "i32" },
  /** `int XSetSubwindowMode(Display *display, GC gc, int subwindow_mode)` */
  XSetSubwindowMode: { parameters: [display, gc, "i32"], result: "i32" },
  /** `int XSetGraphicsExposures(Display *display, GC gc, Bool graphics_exposures)` */
  XSetGraphicsExposures: { parameters: [display, gc, "i32"], result: "i32" },
  /** `int XCopyArea(Display *, Drawable src, Drawable dest, GC, int src_x, int src_y, unsigned w, unsigned h, int dest_x, int dest_y)` */
  XCopyArea: {
    parameters: [display, xid, xid, gc, "i32", "i32", "u32", "u32", "i32", "i32"],
    result: "i32",
  },
  /** `int XFreePixmap(Display *display, Pixmap pixmap)` */
  XFreePixmap: { parameters: [display, xid], result: "i32" },
  /** `int XFillRectangle(Display *, Drawable, GC, int x, int y, unsigned width, unsigned height)` */
  XFillRectangle: { parameters: [display, xid, gc, "i32", "i32", "u32", "u32"], result: "i32" },

  // Windows, properties, selections

  /** `Window XCreateSimpleWindow(Display *, Window parent, int x, int y, unsigned w, unsigned h, unsigned border_width, unsigned long border, unsigned long background)` */
  XCreateSimpleWindow: {
    parameters: [display, xid, "i32", "i32", "u32", "u32", "u32", xid, xid],
    result: xid,
  },
  /** `int XMapWindow(Display *display, Window w)` */
  XMapWindow: { parameters: [display, xid], result: "i32" },
  /** `int XMoveResizeWindow(Display *, Window, int x, int y, unsigned width, unsigned height)` */
  XMoveResizeWindow: { parameters: [display, xid, "i32", "i32", "u32", "u32"], result: "i32" },
  /** `int XDestroyWindow(Display *display, Window w)` */
  XDestroyWindow: { parameters: [display, xid], result: "i32" },
  /** `Atom XInternAtom(Display *display, const char *atom_name, Bool only_if_exists)` */
  XInternAtom: { parameters: [display, "buffer", "i32"], result: xid },
  /** `char *XGetAtomName(Display *display, Atom atom)`: for `XFree`. */
  XGetAtomName: { parameters: [display, xid], result: xmemory },
  /** `int XChangeProperty(Display *, Window, Atom property, Atom type, int format, int mode, const unsigned char *data, int nelements)`: with format 32 an element has 64 bits. */
  XChangeProperty: { parameters: [display, xid, xid, xid, "i32", "i32", "buffer", "i32"], result: "i32" },
  /** `int XGetWindowProperty(Display *, Window, Atom property, long offset, long length, Bool delete, Atom type, Atom *actual_type, int *format, unsigned long *nitems, unsigned long *bytes_after, unsigned char **prop)`: with format 32 an item has 64 bits. */
  XGetWindowProperty: {
    parameters: [
      display,
      xid,
      xid,
      "u32",
      "u32",
      "i32",
      xid,
      "buffer",
      "buffer",
      "buffer",
      "buffer",
      "buffer",
    ],
    result: "i32",
  },
  /** `int XDeleteProperty(Display *display, Window w, Atom property)` */
  XDeleteProperty: { parameters: [display, xid, xid], result: "i32" },
  /** `int XSetSelectionOwner(Display *display, Atom selection, Window owner, Time time)` */
  XSetSelectionOwner: { parameters: [display, xid, xid, xid], result: "i32" },
  /** `Window XGetSelectionOwner(Display *display, Atom selection)` */
  XGetSelectionOwner: { parameters: [display, xid], result: xid },
  /** `int XConvertSelection(Display *, Atom selection, Atom target, Atom property, Window requestor, Time time)` */
  XConvertSelection: { parameters: [display, xid, xid, xid, xid, xid], result: "i32" },
  /** `long XMaxRequestSize(Display *display)`: in units of 4 bytes. */
  XMaxRequestSize: { parameters: [display], result: "u32" },
  /** `long XExtendedMaxRequestSize(Display *display)`: in units of 4 bytes; 0 without BIG-REQUESTS. */
  XExtendedMaxRequestSize: { parameters: [display], result: "u32" },

  // Keyboard

  /** `int XDisplayKeycodes(Display *display, int *min_keycodes, int *max_keycodes)` */
  XDisplayKeycodes: { parameters: [display, "buffer", "buffer"], result: "i32" },
  /** `KeySym *XGetKeyboardMapping(Display *, KeyCode first, int count, int *keysyms_per_keycode)`: 64 bits per keysym. */
  XGetKeyboardMapping: { parameters: [display, "u8", "i32", "buffer"], result: xmemory },
  /** `int XChangeKeyboardMapping(Display *, int first, int keysyms_per_keycode, KeySym *keysyms, int num_codes)`: 64 bits per keysym. */
  XChangeKeyboardMapping: { parameters: [display, "i32", "i32", "buffer", "i32"], result: "i32" },
  /** `int XRefreshKeyboardMapping(XMappingEvent *event_map)` */
  XRefreshKeyboardMapping: { parameters: ["buffer"], result: "i32" },
  /** `XModifierKeymap *XGetModifierMapping(Display *display)`: for `XFreeModifiermap`. */
  XGetModifierMapping: { parameters: [display], result: "pointer" },
  /** `int XFreeModifiermap(XModifierKeymap *modmap)` */
  XFreeModifiermap: { parameters: ["pointer"], result: "i32" },
  /** `int XQueryKeymap(Display *display, char keys_return[32])` */
  XQueryKeymap: { parameters: [display, "buffer"], result: "i32" },
  /** `Status XkbGetState(Display *display, unsigned int device_spec, XkbStatePtr state_return)` */
  XkbGetState: { parameters: [display, "u32", "buffer"], result: "i32" },
  /** `Bool XkbLockModifiers(Display *, unsigned device_spec, unsigned affect, unsigned values)` */
  XkbLockModifiers: { parameters: [display, "u32", "u32", "u32"], result: "i32" },
  /** `Bool XkbLockGroup(Display *display, unsigned int device_spec, unsigned int group)` */
  XkbLockGroup: { parameters: [display, "u32", "u32"], result: "i32" },
  /** `Status XkbGetIndicatorState(Display *, unsigned device_spec, unsigned *state_return)` */
  XkbGetIndicatorState: { parameters: [display, "u32", "buffer"], result: "i32" },
  /** `Bool XkbSelectEvents(Display *, unsigned device_spec, unsigned bits_to_change, unsigned values)` */
  XkbSelectEvents: { parameters: [display, "u32", "u32", "u32"], result: "i32" },
  /** `Bool XkbSelectEventDetails(Display *, unsigned device_spec, unsigned event_type, unsigned long bits_to_change, unsigned long values)` */
  XkbSelectEventDetails: { parameters: [display, "u32", "u32", xid, xid], result: "i32" },
  /** `Bool XkbQueryExtension(Display *, int *opcode, int *event, int *error, int *major, int *minor)` */
  XkbQueryExtension: {
    parameters: [display, "buffer", "buffer", "buffer", "buffer", "buffer"],
    result: "i32",
  },
} as const satisfies Deno.ForeignLibraryInterface;

/** libX11's functions. */
export type LibX11 = Deno.StaticForeignLibraryInterface<typeof SYMBOLS>;

/** libX11, of X.Org 1.x. */
export const LIBX11 = new SharedLibrary({
  file: "libX11.so.6",
  debianPackage: "libx11-6",
  symbols: SYMBOLS,
});
