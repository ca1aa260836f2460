/**
 * libXext once more: the DPMS extension, by which monitors save energy (X11/extensions/dpms.h).
 *
 * @module
 */
import { SharedLibrary } from "./library.ts";
import { display } from "./types.ts";

const SYMBOLS = {
  /** `Bool DPMSCapable(Display *dpy)` */
  DPMSCapable: { parameters: [display], result: "i32" },
  /** `Status DPMSInfo(Display *dpy, CARD16 *power_level, BOOL *state)` */
  DPMSInfo: { parameters: [display, "buffer", "buffer"], result: "i32" },
  /** `Status DPMSEnable(Display *dpy)` */
  DPMSEnable: { parameters: [display], result: "i32" },
  /** `Status DPMSDisable(Display *dpy)` */
  DPMSDisable: { parameters: [display], result: "i32" },
  /** `Status DPMSForceLevel(Display *dpy, CARD16 level)`: 0 is on, 3 is off. */
  DPMSForceLevel: { parameters: [display, "u16"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

/** libXext's functions for DPMS. */
export type LibXextDpms = Deno.StaticForeignLibraryInterface<typeof SYMBOLS>;

/** libXext. */
export const LIBXEXT_DPMS = new SharedLibrary({
  file: "libXext.so.6",
  debianPackage: "libxext6",
  symbols: SYMBOLS,
});
