/**
 * A file that is put aside when it is full: `log`, `log.1`, `log.2` and so on, the oldest last.
 *
 * @module
 */

/** What a rotating file is made of. */
export interface RotatingFileOptions {
  readonly path: string;
  /** Size at which the file is put aside. A longer line is written all the same. */
  readonly maxBytes: number;
  /** Files that are kept, the one that is written counted. */
  readonly files: number;
  /** Told when something cannot be written; not again until something can. */
  readonly failed: (error: unknown) => void;
}

/** Owns the open file. Only its owner can read what it makes. */
export class RotatingFile implements Disposable {
  readonly #options: RotatingFileOptions;
  #file: Deno.FsFile | undefined;
  #bytes = 0;
  #failing = false;

  /** Opens the file to append to it. @throws What the system says when that is not possible. */
  constructor(options: RotatingFileOptions) {
    this.#options = options;
    this.#open();
  }

  /** Appends. Never throws: a full disk is no reason to end. */
  write(text: string): void {
    const bytes = new TextEncoder().encode(text);
    try {
      if (this.#bytes > 0 && this.#bytes + bytes.length > this.#options.maxBytes) this.#rotate();
      if (!this.#file) this.#open();
      for (let at = 0; at < bytes.length;) at += this.#file!.writeSync(bytes.subarray(at));
      this.#bytes += bytes.length;
      this.#failing = false;
    } catch (error) {
      if (this.#failing) return;
      this.#failing = true;
      this.#options.failed(error);
    }
  }

  [Symbol.dispose](): void {
    this.#file?.close();
    this.#file = undefined;
  }

  #open(): void {
    const file = Deno.openSync(this.#options.path, { append: true, create: true, mode: 0o600 });
    this.#file = file;
    this.#bytes = file.statSync().size;
  }

  #rotate(): void {
    const { path, files } = this.#options;
    this[Symbol.dispose]();
    const name = (number: number) => number === 0 ? path : `${path}.${number}`;
    if (files === 1) Deno.truncateSync(path);
    for (let number = files - 2; number >= 0; number--) {
      try {
        Deno.renameSync(name(number), name(number + 1));
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      }
    }
    this.#open();
  }
}
