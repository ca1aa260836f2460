/**
 * Where the members of C structs lie that {@linkcode XQuestion} needs: see `structs.ts`.
 *
 * @module
 */

/** `XKeyEvent` and `XButtonEvent` (X11/Xlib.h): these members lie alike; `detail` is the keycode or the button. */
export const XButtonEvent = { window: 32, x: 64, y: 68, state: 80, button: 84 } as const;

/** `XVisibilityEvent` (X11/Xlib.h) */
export const XVisibilityEvent = { window: 32, state: 40 } as const;

/** `XSetWindowAttributes` (X11/Xlib.h) */
export const XSetWindowAttributes = { override_redirect: 88, size: 112 } as const;

/** `XFontStruct` (X11/Xlib.h) */
export const XFontStruct = { fid: 8 } as const;

/** `XCharStruct` (X11/Xlib.h) */
export const XCharStruct = { width: 4, size: 12 } as const;
