/**
 * libXext: the MIT-SHM extension (X11/extensions/XShm.h).
 *
 * @module
 */
import { SharedLibrary } from "./library.ts";
import { display, visual, xid, ximage } from "./types.ts";

const SYMBOLS = {
  /** `Bool XShmQueryExtension(Display *display)` */
  XShmQueryExtension: { parameters: [display], result: "i32" },
  /** `Bool XShmQueryVersion(Display *display, int *major, int *minor, Bool *pixmaps)` */
  XShmQueryVersion: { parameters: [display, "buffer", "buffer", "buffer"], result: "i32" },
  /** `int XShmPixmapFormat(Display *display)` */
  XShmPixmapFormat: { parameters: [display], result: "i32" },
  /** `XImage *XShmCreateImage(Display *, Visual *, unsigned depth, int format, char *data, XShmSegmentInfo *, unsigned width, unsigned height)` */
  XShmCreateImage: {
    parameters: [display, visual, "u32", "i32", "pointer", "buffer", "u32", "u32"],
    result: ximage,
  },
  /** `Bool XShmAttach(Display *display, XShmSegmentInfo *shminfo)` */
  XShmAttach: { parameters: [display, "buffer"], result: "i32" },
  /** `Bool XShmDetach(Display *display, XShmSegmentInfo *shminfo)` */
  XShmDetach: { parameters: [display, "buffer"], result: "i32" },
  /** `Bool XShmGetImage(Display *, Drawable, XImage *, int x, int y, unsigned long plane_mask)` */
  XShmGetImage: { parameters: [display, xid, ximage, "i32", "i32", xid], result: "i32" },
  /** `Pixmap XShmCreatePixmap(Display *, Drawable, char *data, XShmSegmentInfo *, unsigned width, unsigned height, unsigned depth)` */
  XShmCreatePixmap: {
    parameters: [display, xid, "pointer", "buffer", "u32", "u32", "u32"],
    result: xid,
  },
} as const satisfies Deno.ForeignLibraryInterface;

/** libXext's functions. */
export type LibXext = Deno.StaticForeignLibraryInterface<typeof SYMBOLS>;

/** libXext. */
export const LIBXEXT = new SharedLibrary({
  file: "libXext.so.6",
  debianPackage: "libxext6",
  symbols: SYMBOLS,
});
