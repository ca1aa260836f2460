/**
 * Where recordings are kept.
 *
 * @module
 */
import { RecordingError } from "../core/errors.ts";

/** What a recording's name ends with. */
export const EXTENSION = ".phr";

/** As many names are tried. */
const MOST_ATTEMPTS = 10_000;

/** A file that is there for one recording. */
export interface NewFile {
  readonly file: Deno.FsFile;
  readonly path: string;
}

/**
 * Makes a file that only its owner can read. One that is there is never written over: "desktop.phr" becomes
 * "desktop-2.phr".
 *
 * @throws {RecordingError} It cannot be made.
 */
export function createRecordingFile(wanted: string): NewFile {
  const [, stem = "", extension = ""] = /^(.*?)(\.[^./]*)?$/s.exec(wanted)!;
  for (let number = 1; number <= MOST_ATTEMPTS; number++) {
    const path = number === 1 ? wanted : `${stem}-${number}${extension}`;
    try {
      return { file: Deno.openSync(path, { write: true, createNew: true, mode: 0o600 }), path };
    } catch (cause) {
      if (cause instanceof Deno.errors.AlreadyExists) continue;
      throw new RecordingError(`Cannot record to "${path}": ${reasonOf(cause)}`, { cause });
    }
  }
  throw new RecordingError(`Cannot record to "${wanted}": so many recordings of that name are there already`);
}

/** Makes a folder that only its owner can read, unless it is there. @throws {RecordingError} It cannot be made. */
export function createRecordingFolder(path: string): void {
  try {
    Deno.mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new RecordingError(`Cannot record to "${path}": ${reasonOf(cause)}`, { cause });
  }
}

/** Whether a path names a folder: one that is there, or by its last character. */
export function isFolder(path: string): boolean {
  if (path.endsWith("/")) return true;
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}

function reasonOf(cause: unknown): string {
  if (cause instanceof Deno.errors.NotFound) return "there is no such folder";
  return cause instanceof Error ? cause.message : String(cause);
}
