/**
 * Opening shared libraries: on first use, once per process however many users there are, closed with the last one.
 *
 * That all functions are there is seen when a library is opened; each becomes callable when it is first used, which
 * takes the runtime a third of a millisecond: of the 120 that are known, a few are needed before the server listens.
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
  #loaded: LoadedLibrary<Symbols> | undefined;
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
    const loaded = this.#loaded ??= new LoadedLibrary(this.definition);
    this.#users++;
    let open = true;
    return {
      symbols: loaded.symbols,
      [Symbol.dispose]: () => {
        if (!open) return;
        open = false;
        if (--this.#users > 0) return;
        this.#loaded = undefined;
        loaded[Symbol.dispose]();
      },
    };
  }
}

/** A library, and its functions as far as they have been used. */
class LoadedLibrary<Symbols extends Deno.ForeignLibraryInterface> implements Disposable {
  readonly symbols: Deno.StaticForeignLibraryInterface<Symbols>;
  /** Handles, each of the whole library and for some of its symbols: the system counts them. */
  readonly #handles: { close(): void }[];

  constructor({ file, debianPackage, symbols }: LibraryDefinition<Symbols>) {
    this.#handles = [openWith(file, presenceOf(symbols), debianPackage)];
    const bound = {};
    for (const name of Object.keys(symbols)) {
      Object.defineProperty(bound, name, {
        configurable: true,
        get: () => {
          const handle = openWith(file, { [name]: symbols[name]! }, debianPackage);
          this.#handles.push(handle);
          const value = handle.symbols[name];
          Object.defineProperty(bound, name, { value });
          return value;
        },
      });
    }
    this.symbols = bound as Deno.StaticForeignLibraryInterface<Symbols>;
  }

  [Symbol.dispose](): void {
    for (const handle of this.#handles) handle.close();
  }
}

/** Asks for the first byte of each function: for those that are there, and quick. */
function presenceOf(symbols: Deno.ForeignLibraryInterface): Deno.ForeignLibraryInterface {
  return Object.fromEntries(
    Object.entries(symbols).map((
      [key, { name = key, optional = false }],
    ) => [key, { name, type: "u8", optional }]),
  );
}

function openWith<Symbols extends Deno.ForeignLibraryInterface>(
  file: string,
  symbols: Symbols,
  debianPackage: string,
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
