/**
 * Extensions without which something that was asked for cannot be done.
 *
 * @module
 */
import { NativeError } from "../core/errors.ts";
import type { SharedLibrary } from "./library.ts";
import type { XDisplay } from "./x_display.ts";

/**
 * The library that speaks the extension `name` of a display.
 *
 * @throws {NativeError} The server lacks the extension, or the machine the library; the message says what to do.
 */
export function neededExtension<Symbols extends Deno.ForeignLibraryInterface>(
  display: XDisplay,
  name: string,
  library: SharedLibrary<Symbols>,
): Deno.StaticForeignLibraryInterface<Symbols> {
  if (!display.extension(name)) {
    throw new NativeError(`${display.name} has no extension ${name}`, "XQueryExtension");
  }
  return display.library(library);
}
