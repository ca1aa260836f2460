/**
 * libXrandr: the RANDR extension (X11/extensions/Xrandr.h).
 *
 * @module
 */
import { SharedLibrary } from "./library.ts";
import { display, xid } from "./types.ts";

/** `XRRScreenResources *` */
export type ScreenResourcesPointer = Deno.PointerObject<"XRRScreenResources">;
/** `XRROutputInfo *` */
export type OutputInfoPointer = Deno.PointerObject<"XRROutputInfo">;
/** `XRRCrtcInfo *` */
export type CrtcInfoPointer = Deno.PointerObject<"XRRCrtcInfo">;
/** `XRRModeInfo *` */
export type ModeInfoPointer = Deno.PointerObject<"XRRModeInfo">;
/** `XRRMonitorInfo *` */
export type MonitorInfoPointer = Deno.PointerObject<"XRRMonitorInfo">;

const resources = "pointer" as Deno.NativeTypedPointer<ScreenResourcesPointer>;
const outputInfo = "pointer" as Deno.NativeTypedPointer<OutputInfoPointer>;
const crtcInfo = "pointer" as Deno.NativeTypedPointer<CrtcInfoPointer>;
const modeInfo = "pointer" as Deno.NativeTypedPointer<ModeInfoPointer>;
const monitorInfo = "pointer" as Deno.NativeTypedPointer<MonitorInfoPointer>;

const SYMBOLS = {
  /** `Bool XRRQueryExtension(Display *, int *event_base_return, int *error_base_return)` */
  XRRQueryExtension: { parameters: [display, "buffer", "buffer"], result: "i32" },
  /** `Status XRRQueryVersion(Display *display, int *major, int *minor)` */
  XRRQueryVersion: { parameters: [display, "buffer", "buffer"], result: "i32" },
  /** `void XRRSelectInput(Display *display, Window window, int mask)` */
  XRRSelectInput: { parameters: [display, xid, "i32"], result: "void" },
  /** `int XRRUpdateConfiguration(XEvent *event)`: lets Xlib know the new size of the screen. */
  XRRUpdateConfiguration: { parameters: ["buffer"], result: "i32" },
  /** `Status XRRGetScreenSizeRange(Display *, Window, int *minWidth, int *minHeight, int *maxWidth, int *maxHeight)` */
  XRRGetScreenSizeRange: {
    parameters: [display, xid, "buffer", "buffer", "buffer", "buffer"],
    result: "i32",
  },
  /** `void XRRSetScreenSize(Display *, Window, int width, int height, int mmWidth, int mmHeight)` */
  XRRSetScreenSize: { parameters: [display, xid, "i32", "i32", "i32", "i32"], result: "void" },
  /** `XRRScreenResources *XRRGetScreenResourcesCurrent(Display *display, Window window)` */
  XRRGetScreenResourcesCurrent: { parameters: [display, xid], result: resources },
  /** `void XRRFreeScreenResources(XRRScreenResources *resources)` */
  XRRFreeScreenResources: { parameters: [resources], result: "void" },
  /** `XRROutputInfo *XRRGetOutputInfo(Display *, XRRScreenResources *, RROutput output)` */
  XRRGetOutputInfo: { parameters: [display, resources, xid], result: outputInfo },
  /** `void XRRFreeOutputInfo(XRROutputInfo *outputInfo)` */
  XRRFreeOutputInfo: { parameters: [outputInfo], result: "void" },
  /** `XRRCrtcInfo *XRRGetCrtcInfo(Display *, XRRScreenResources *, RRCrtc crtc)` */
  XRRGetCrtcInfo: { parameters: [display, resources, xid], result: crtcInfo },
  /** `void XRRFreeCrtcInfo(XRRCrtcInfo *crtcInfo)` */
  XRRFreeCrtcInfo: { parameters: [crtcInfo], result: "void" },
  /** `Status XRRSetCrtcConfig(Display *, XRRScreenResources *, RRCrtc, Time, int x, int y, RRMode, Rotation, RROutput *outputs, int noutputs)`: an output has 64 bits. */
  XRRSetCrtcConfig: {
    parameters: [display, resources, xid, xid, "i32", "i32", xid, "u16", "buffer", "i32"],
    result: "i32",
  },
  /** `XRRModeInfo *XRRAllocModeInfo(const char *name, int nameLength)` */
  XRRAllocModeInfo: { parameters: ["buffer", "i32"], result: modeInfo },
  /** `void XRRFreeModeInfo(XRRModeInfo *modeInfo)` */
  XRRFreeModeInfo: { parameters: [modeInfo], result: "void" },
  /** `RRMode XRRCreateMode(Display *display, Window window, XRRModeInfo *modeInfo)` */
  XRRCreateMode: { parameters: [display, xid, modeInfo], result: xid },
  /** `void XRRDestroyMode(Display *display, RRMode mode)` */
  XRRDestroyMode: { parameters: [display, xid], result: "void" },
  /** `void XRRAddOutputMode(Display *display, RROutput output, RRMode mode)` */
  XRRAddOutputMode: { parameters: [display, xid, xid], result: "void" },
  /** `void XRRDeleteOutputMode(Display *display, RROutput output, RRMode mode)` */
  XRRDeleteOutputMode: { parameters: [display, xid, xid], result: "void" },
  /** `XRRMonitorInfo *XRRGetMonitors(Display *, Window, Bool get_active, int *nmonitors)`: RANDR 1.5. */
  XRRGetMonitors: { parameters: [display, xid, "i32", "buffer"], result: monitorInfo, optional: true },
  /** `void XRRFreeMonitors(XRRMonitorInfo *monitors)` */
  XRRFreeMonitors: { parameters: [monitorInfo], result: "void", optional: true },
} as const satisfies Deno.ForeignLibraryInterface;

/** libXrandr's functions. */
export type LibXrandr = Deno.StaticForeignLibraryInterface<typeof SYMBOLS>;

/** libXrandr. */
export const LIBXRANDR = new SharedLibrary({
  file: "libXrandr.so.2",
  debianPackage: "libxrandr2",
  symbols: SYMBOLS,
});
