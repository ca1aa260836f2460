/**
 * Where the members of the events of selections lie, in bytes, on 64-bit Linux (LP64).
 *
 * tests/x11/input_structs_test.ts compares all of it with a C compiler.
 *
 * @module
 */

/** `XPropertyEvent` (X11/Xlib.h) */
export const XPropertyEvent = { window: 32, atom: 40, time: 48, state: 56 } as const;

/** `XSelectionClearEvent` (X11/Xlib.h) */
export const XSelectionClearEvent = { window: 32, selection: 40, time: 48 } as const;

/** `XSelectionRequestEvent` (X11/Xlib.h) */
export const XSelectionRequestEvent = {
  owner: 32,
  requestor: 40,
  selection: 48,
  target: 56,
  property: 64,
  time: 72,
} as const;

/** `XSelectionEvent` (X11/Xlib.h) */
export const XSelectionEvent = {
  type: 0,
  requestor: 32,
  selection: 40,
  target: 48,
  property: 56,
  time: 64,
} as const;

/** `XFixesSelectionNotifyEvent` (X11/extensions/Xfixes.h) */
export const XFixesSelectionNotifyEvent = { window: 32, owner: 48, selection: 56, timestamp: 64 } as const;
