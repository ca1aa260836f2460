/**
 * Types for the symbol tables: pointers that cannot be mixed up, and X resource numbers.
 *
 * @module
 */

/** `Display *` */
export type DisplayPointer = Deno.PointerObject<"Display">;
/** `Visual *` */
export type VisualPointer = Deno.PointerObject<"Visual">;
/** `GC` */
export type GcPointer = Deno.PointerObject<"GC">;
/** `XImage *` */
export type XImagePointer = Deno.PointerObject<"XImage">;
/** A C string, or memory that Xlib has made and `XFree` takes back. */
export type XMemory = Deno.PointerObject<"XFree">;

/** `Display *` in a symbol table. */
export const display = "pointer" as Deno.NativeTypedPointer<DisplayPointer>;
/** `Visual *` in a symbol table. */
export const visual = "pointer" as Deno.NativeTypedPointer<VisualPointer>;
/** `GC` in a symbol table. */
export const gc = "pointer" as Deno.NativeTypedPointer<GcPointer>;
/** `XImage *` in a symbol table. */
export const ximage = "pointer" as Deno.NativeTypedPointer<XImagePointer>;
/** Memory for `XFree` in a symbol table. */
export const xmemory = "pointer" as Deno.NativeTypedPointer<XMemory>;

/**
 * `XID`, `Atom`, `Time`, masks and the like in a symbol table.
 *
 * C calls them `unsigned long`, which would be a BigInt here, or a number at twenty times the cost of a call. On the
 * wire of X all of them have 32 bits, and Xlib copies just those; so 32 bits are passed, and taken from results.
 */
export const xid = "u32";

/** The number of a window, pixmap, cursor, atom or other resource of an X server. u32; 0 is `None`. */
export type XID = number;
