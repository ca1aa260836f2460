/**
 * Where the members of C structs lie that {@linkcode XPulse} needs: see `structs.ts`.
 *
 * @module
 */

/** `XClientMessageEvent` (X11/Xlib.h) */
export const XClientMessageEvent = { message_type: 40, format: 48, data: 56 } as const;
