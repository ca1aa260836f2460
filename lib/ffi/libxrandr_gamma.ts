/**
 * libXrandr once more: how bright monitors show what is in the framebuffer (X11/extensions/Xrandr.h).
 *
 * @module
 */
import { SharedLibrary } from "./library.ts";
import { display, xid } from "./types.ts";

/** `XRRCrtcGamma *` */
export type GammaPointer = Deno.PointerObject<"XRRCrtcGamma">;
const gamma = "pointer" as Deno.NativeTypedPointer<GammaPointer>;

const SYMBOLS = {
  /** `int XRRGetCrtcGammaSize(Display *dpy, RRCrtc crtc)` */
  XRRGetCrtcGammaSize: { parameters: [display, xid], result: "i32" },
  /** `XRRCrtcGamma *XRRGetCrtcGamma(Display *dpy, RRCrtc crtc)`: for `XRRFreeGamma`. */
  XRRGetCrtcGamma: { parameters: [display, xid], result: gamma },
  /** `XRRCrtcGamma *XRRAllocGamma(int size)` */
  XRRAllocGamma: { parameters: ["i32"], result: gamma },
  /** `void XRRSetCrtcGamma(Display *dpy, RRCrtc crtc, XRRCrtcGamma *gamma)` */
  XRRSetCrtcGamma: { parameters: [display, xid, gamma], result: "void" },
  /** `void XRRFreeGamma(XRRCrtcGamma *gamma)` */
  XRRFreeGamma: { parameters: [gamma], result: "void" },
} as const satisfies Deno.ForeignLibraryInterface;

/** libXrandr's functions for ramps. */
export type LibXrandrGamma = Deno.StaticForeignLibraryInterface<typeof SYMBOLS>;

/** libXrandr. */
export const LIBXRANDR_GAMMA = new SharedLibrary({
  file: "libXrandr.so.2",
  debianPackage: "libxrandr2",
  symbols: SYMBOLS,
});
