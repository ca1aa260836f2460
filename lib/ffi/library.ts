/**
 * Opening shared libraries: on first use, once per process however many users there are, closed with the last one.
 *
 * @module
 */
import { NativeError } from "../core/errors.ts";

/** A library that is open for one user. Its symbols must not be called once it is disposed. */
export interface OpenLibrary<Symbols extends Deno.ForeignLibraryInterface> extends Disposable {
  readonly symbols: Deno.StaticForeignLibraryInterface<Symbols>;
}

/** What a {@linkcode SharedLibrary} is made of. */
export interface LibraryDefinition<Symbols extends Deno.ForeignLibraryInterface> {
  /** As the dynamic linker knows it, with the version of its interface: "libX11.so.6". */
  readonly file: string;
  /** The Debian package that holds it, for the error message. */
  readonly debianPackage: string;
  readonly symbols: Symbols;
}

/** A library of the system. Making one does nothing; {@linkcode SharedLibrary.open} loads it. */
export class SharedLibrary<Symbols extends Deno.ForeignLibraryInterface> {
  readonly definition: LibraryDefinition<Symbols>;
  #loaded: Deno.DynamicLibrary<Symbols> | undefined;
  #users = 0;

  constructor(definition: LibraryDefinition<Symbols>) {
    this.definition = definition;
  }

  /**
   * Loads the library, or joins those who use it already.
   *
   * @throws {NativeError} It is not installed, or lacks a symbol that is not optional. The message names the package.
   * @throws {Deno.errors.NotCapable} This process may not use native libraries.
   */
  open(): OpenLibrary<Symbols> {
    const loaded = this.#loaded ??= load(this.definition);
    this.#users++;
    let open = true;
    return {
      symbols: loaded.symbols,
      [Symbol.dispose]: () => {
        if (!open) return;
        open = false;
        if (--this.#users > 0) return;
        this.#loaded = undefined;
        loaded.close();
      },
    };
  }
}

function load<Symbols extends Deno.ForeignLibraryInterface>(
  { file, debianPackage, symbols }: LibraryDefinition<Symbols>,
): Deno.DynamicLibrary<Symbols> {
  try {
    return Deno.dlopen(file, symbols);
  } catch (cause) {
    if (cause instanceof Deno.errors.NotCapable) throw cause;
    throw new NativeError(
      `Cannot load "${file}": install it, on Debian and Ubuntu with "apt-get install ${debianPackage}"`,
      "dlopen",
      { cause },
    );
  }
}
