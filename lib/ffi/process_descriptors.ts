/**
 * How many file descriptors this process has open. The runtime lets no program read /proc/self/fd that may not do
 * everything, so the C library lists it.
 *
 * @module
 */
import { SharedLibrary } from "./library.ts";

const LIBC_FOLDERS = new SharedLibrary({
  file: "libc.so.6",
  debianPackage: "libc6",
  symbols: {
    /** `DIR *opendir(const char *name)`: null when it fails. */
    opendir: { parameters: ["buffer"], result: "pointer" },
    /** `struct dirent *readdir(DIR *dirp)`: null at the end. */
    readdir: { parameters: ["pointer"], result: "pointer" },
    /** `int closedir(DIR *dirp)` */
    closedir: { parameters: ["pointer"], result: "i32" },
  },
});

/** ".", ".." and the descriptor with which the folder is read. */
const NOT_COUNTED = 3;

/** Counts them; `undefined` where native code may not be used, or the system does not tell. */
export function countDescriptors(): number | undefined {
  // Asking for the permission by a prompt would be worse than not knowing.
  if (Deno.permissions.querySync({ name: "ffi" }).state !== "granted") return undefined;
  using library = LIBC_FOLDERS.open();
  const { opendir, readdir, closedir } = library.symbols;
  const folder = opendir(new TextEncoder().encode("/proc/self/fd\0"));
  if (folder === null) return undefined;
  let entries = 0;
  while (readdir(folder) !== null) entries++;
  closedir(folder);
  return entries - NOT_COUNTED;
}
