/**
 * libXdamage: the DAMAGE extension (X11/extensions/Xdamage.h).
 *
 * @module
 */
import { SharedLibrary } from "./library.ts";
import { display, xid } from "./types.ts";

const SYMBOLS = {
  /** `Bool XDamageQueryExtension(Display *, int *event_base_return, int *error_base_return)` */
  XDamageQueryExtension: { parameters: [display, "buffer", "buffer"], result: "i32" },
  /** `Damage XDamageCreate(Display *display, Drawable drawable, int level)` */
  XDamageCreate: { parameters: [display, xid, "i32"], result: xid },
  /** `void XDamageDestroy(Display *display, Damage damage)` */
  XDamageDestroy: { parameters: [display, xid], result: "void" },
} as const satisfies Deno.ForeignLibraryInterface;

/** libXdamage's functions. */
export type LibXdamage = Deno.StaticForeignLibraryInterface<typeof SYMBOLS>;

/** libXdamage. */
export const LIBXDAMAGE = new SharedLibrary({
  file: "libXdamage.so.1",
  debianPackage: "libxdamage1",
  symbols: SYMBOLS,
});
