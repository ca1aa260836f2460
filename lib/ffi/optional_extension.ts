/**
 * Extensions that a display may do without.
 *
 * @module
 */
import { NativeError } from "../core/errors.ts";
import { getLogger } from "../core/log.ts";
import type { SharedLibrary } from "./library.ts";
import type { XDisplay } from "./x_display.ts";
import type { ExtensionCodes } from "./x_names.ts";

/** An extension that is there, with the library that speaks it. */
export interface OptionalExtension<Symbols extends Deno.ForeignLibraryInterface> {
  readonly codes: ExtensionCodes;
  readonly symbols: Deno.StaticForeignLibraryInterface<Symbols>;
}

/** What was logged, so that it is logged once: the server would say it again at each look for its display. */
const logged = new Set<string>();

/**
 * The extension `name` of a display, or `undefined` when the server or the library lacks; that is logged once.
 *
 * @param loss What cannot be had without it, for the log.
 */
export function optionalExtension<Symbols extends Deno.ForeignLibraryInterface>(
  display: XDisplay,
  name: string,
  library: SharedLibrary<Symbols>,
  loss: string,
): OptionalExtension<Symbols> | undefined {
  const codes = display.extension(name);
  if (!codes) {
    logOnce(`${display.name} has no extension ${name}`, loss);
    return undefined;
  }
  try {
    return { codes, symbols: display.library(library) };
  } catch (error) {
    if (!(error instanceof NativeError)) throw error;
    logOnce(error.message, loss);
    return undefined;
  }
}

function logOnce(reason: string, loss: string): void {
  if (logged.has(reason)) return;
  logged.add(reason);
  getLogger("x11").info("{loss}: {reason}", { loss, reason });
}
