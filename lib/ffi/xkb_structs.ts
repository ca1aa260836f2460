/**
 * Where the members of the X Keyboard Extension's C structs lie, in bytes, on 64-bit Linux (LP64).
 *
 * Only what is used is here. tests/x11/input_structs_test.ts compares all of it with a C compiler.
 *
 * @module
 */

/** `XkbStateRec` (X11/extensions/XKBstr.h) */
export const XkbStateRec = {
  group: 0,
  locked_group: 1,
  mods: 6,
  base_mods: 7,
  latched_mods: 8,
  locked_mods: 9,
  size: 18,
} as const;

/** `XkbDescRec` (X11/extensions/XKBstr.h) */
export const XkbDescRec = { min_key_code: 12, max_key_code: 13, server: 24, map: 32, size: 72 } as const;

/** `XkbClientMapRec` (X11/extensions/XKBstr.h) */
export const XkbClientMapRec = {
  num_types: 1,
  types: 8,
  num_syms: 18,
  syms: 24,
  key_sym_map: 32,
  modmap: 40,
  size: 48,
} as const;

/** `XkbServerMapRec` (X11/extensions/XKBstr.h) */
export const XkbServerMapRec = { num_acts: 0, acts: 8, key_acts: 24, size: 64 } as const;

/** `XkbKeyTypeRec` (X11/extensions/XKBstr.h); `mods` begins with its `mask`. */
export const XkbKeyTypeRec = { mods: 0, num_levels: 4, map_count: 5, map: 8, size: 40 } as const;

/** `XkbKTMapEntryRec` (X11/extensions/XKBstr.h); `mods` begins with its `mask`. */
export const XkbKTMapEntryRec = { active: 0, level: 4, mods: 6, size: 12 } as const;

/** `XkbSymMapRec` (X11/extensions/XKBstr.h) */
export const XkbSymMapRec = { kt_index: 0, group_info: 4, width: 5, offset: 6, size: 8 } as const;

/** `XkbModAction` (X11/extensions/XKBstr.h) */
export const XkbModAction = { type: 0, flags: 1, mask: 2 } as const;

/** `XkbAction` (X11/extensions/XKBstr.h): a union of all kinds of actions. */
export const XkbAction = { size: 8 } as const;

/** `XkbAnyEvent` (X11/XKBlib.h) */
export const XkbAnyEvent = { serial: 8, xkb_type: 40 } as const;

/** `XkbIndicatorNotifyEvent` (X11/XKBlib.h) */
export const XkbIndicatorNotifyEvent = { changed: 48, state: 52 } as const;
