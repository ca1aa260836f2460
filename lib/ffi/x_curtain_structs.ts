/**
 * Where the members of C structs lie that {@linkcode XCurtain} needs: see `structs.ts`.
 *
 * @module
 */

/** `XIDeviceInfo` (X11/extensions/XInput2.h) */
export const XIDeviceInfo = { deviceid: 0, name: 8, use: 16, attachment: 20, size: 40 } as const;

/** `XIAttachSlaveInfo` (X11/extensions/XInput2.h) */
export const XIAttachSlaveInfo = { type: 0, deviceid: 4, new_master: 8 } as const;

/** `XIAnyHierarchyChangeInfo` (X11/extensions/XInput2.h), a union of all kinds. */
export const XIAnyHierarchyChangeInfo = { size: 24 } as const;

/** `XRRCrtcGamma` (X11/extensions/Xrandr.h). It begins with the number of entries of a ramp, an `int`. */
export const XRRCrtcGamma = { red: 8, green: 16, blue: 24, size: 32 } as const;
