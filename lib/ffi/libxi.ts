/**
 * libXi: the X Input extension, version 2 (X11/extensions/XInput2.h): which devices there are, and whose they are.
 *
 * @module
 */
import { SharedLibrary } from "./library.ts";
import { display } from "./types.ts";

/** `XIDeviceInfo *` */
export type DeviceInfoPointer = Deno.PointerObject<"XIDeviceInfo">;
const deviceInfo = "pointer" as Deno.NativeTypedPointer<DeviceInfoPointer>;

const SYMBOLS = {
  /** `Status XIQueryVersion(Display *dpy, int *major_version_inout, int *minor_version_inout)`: 0 is `Success`. */
  XIQueryVersion: { parameters: [display, "buffer", "buffer"], result: "i32" },
  /** `XIDeviceInfo *XIQueryDevice(Display *dpy, int deviceid, int *ndevices_return)`: for `XIFreeDeviceInfo`. */
  XIQueryDevice: { parameters: [display, "i32", "buffer"], result: deviceInfo },
  /** `void XIFreeDeviceInfo(XIDeviceInfo *info)` */
  XIFreeDeviceInfo: { parameters: [deviceInfo], result: "void" },
  /** `Status XIChangeHierarchy(Display *dpy, XIAnyHierarchyChangeInfo *changes, int num_changes)`: 0 is `Success`. */
  XIChangeHierarchy: { parameters: [display, "buffer", "i32"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

/** libXi's functions. */
export type LibXi = Deno.StaticForeignLibraryInterface<typeof SYMBOLS>;

/** libXi. */
export const LIBXI = new SharedLibrary({ file: "libXi.so.6", debianPackage: "libxi6", symbols: SYMBOLS });
