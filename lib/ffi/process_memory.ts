/**
 * Giving memory back to the system that this process has taken and does not use at the moment.
 *
 * Half of what a server has in memory just after its start is the runtime's own program: parsers, compilers and tables
 * that it starts with. Its pages are the file's; whoever needs one again finds it in the system's cache, sixteen pages
 * at a time, in a microsecond or two.
 *
 * @module
 */
import { NativeError } from "../core/errors.ts";
import { cString } from "./c_strings.ts";
import { SharedLibrary } from "./library.ts";

const LIBC_MEMORY = new SharedLibrary({
  file: "libc.so.6",
  debianPackage: "libc6",
  symbols: {
    /** `int open(const char *pathname, int flags)` */
    open: { parameters: ["buffer", "i32"], result: "i32" },
    /** `ssize_t read(int fd, void *buf, size_t count)` */
    read: { parameters: ["i32", "buffer", "u64"], result: "i64" },
    /** `ssize_t pread(int fd, void *buf, size_t count, off_t offset)` */
    pread: { parameters: ["i32", "buffer", "u64", "i64"], result: "i64" },
    /** `int close(int fd)` */
    close: { parameters: ["i32"], result: "i32" },
    /** `unsigned long getauxval(unsigned long type)` */
    getauxval: { parameters: ["u64"], result: "u64" },
    /** `int madvise(void *addr, size_t length, int advice)` */
    madvise: { parameters: ["u64", "u64", "i32"], result: "i32" },
    /** `int malloc_trim(size_t pad)`: of GNU alone. */
    malloc_trim: { parameters: ["u64"], result: "i32", optional: true },
  },
});

type LibC = ReturnType<typeof LIBC_MEMORY.open>["symbols"];

const O_RDONLY = 0;
const O_CLOEXEC = 0o2000000;
/** Address of the program's headers, which are in its first mapping; bytes of a page (getauxval(3)). */
const AT_PHDR = 3n;
const AT_PAGESZ = 6n;
/** Pages are read from the file again when they are next used (madvise(2)). */
const MADV_DONTNEED = 4;

/** Bytes of /proc/self/pagemap for each page, and what the upper half of them says (proc_pid_pagemap(5)). */
const ENTRY_BYTES = 8;
const PRESENT = 1 << 31;
const SWAPPED = 1 << 30;
const OF_A_FILE = 1 << 29;

const READ_LENGTH = 1 << 16;

/** A part of the address space that belongs to a file (proc_pid_maps(5)). */
export interface FileMapping {
  readonly from: bigint;
  readonly to: bigint;
  /** "r-xp" */
  readonly rights: string;
  /** Device and number of the file: "fe:00 1441842". */
  readonly file: string;
}

/** Gives memory of this process back. Holds the C library open. */
export class ProcessMemory implements Disposable {
  readonly #library: ReturnType<typeof LIBC_MEMORY.open>;
  readonly #spare: () => readonly Uint8Array[];

  private constructor(library: ReturnType<typeof LIBC_MEMORY.open>, spare: () => readonly Uint8Array[]) {
    this.#library = library;
    this.#spare = spare;
  }

  /**
   * @param spare Memory whose content nobody needs. Part of it is as it was afterwards, part is zero.
   * @returns `undefined` where native code may not be used, and on systems that do not do this.
   */
  static open(spare: () => readonly Uint8Array[] = () => []): ProcessMemory | undefined {
    if (Deno.build.os !== "linux") return undefined;
    // Asking for the permission by a prompt would be worse than keeping the memory.
    if (Deno.permissions.querySync({ name: "ffi" }).state !== "granted") return undefined;
    try {
      return new ProcessMemory(LIBC_MEMORY.open(), spare);
    } catch (error) {
      if (error instanceof NativeError) return undefined; // another C library
      throw error;
    }
  }

  /**
   * Lets go of the program's pages that are as in its file, of spare memory, and of what the allocator holds for nobody.
   *
   * Takes two or three milliseconds. What the process uses comes back by itself, bit by bit.
   *
   * @returns Bytes of the program that were in memory.
   */
  giveBack(): number {
    const libc = this.#library.symbols;
    const dropped = dropProgram(libc);
    for (const piece of this.#spare()) dropContent(libc, piece);
    libc.malloc_trim?.(0n);
    return dropped;
  }

  [Symbol.dispose](): void {
    this.#library[Symbol.dispose]();
  }
}

/** What "/proc/PID/maps" says of files. */
export function mappingsIn(maps: string): FileMapping[] {
  const entries = maps.matchAll(/^([0-9a-f]+)-([0-9a-f]+) (\S+) \S+ (\S+ [1-9]\d*) /gm);
  return Array.from(entries, ([, from, to, rights, file]) => ({
    from: BigInt(`0x${from}`),
    to: BigInt(`0x${to}`),
    rights: rights!,
    file: file!,
  }));
}

/**
 * The mappings of a program's file that cannot be written.
 *
 * Others are none of it, however clean they are: a library may be unloaded meanwhile, and its place be taken.
 *
 * @param inside An address in one of the program's mappings.
 */
export function programsOwn(mappings: readonly FileMapping[], inside: bigint): FileMapping[] {
  const program = mappings.find(({ from, to }) => from <= inside && inside < to);
  return mappings.filter(({ file, rights }) => file === program?.file && /^r-.p$/.test(rights));
}

/**
 * Pages that are in memory, by their entries in /proc/PID/pagemap; `undefined` if one was written, when it could be:
 * relocated pointers and sealed settings are in no file.
 */
export function cleanPages(entries: Uint32Array): number | undefined {
  let present = 0;
  for (let i = 1; i < entries.length; i += 2) {
    const state = entries[i]!;
    if ((state & SWAPPED) !== 0) return undefined;
    if ((state & PRESENT) === 0) continue;
    if ((state & OF_A_FILE) === 0) return undefined;
    present++;
  }
  return present;
}

/** @returns Bytes that were in memory. */
function dropProgram(libc: LibC): number {
  const maps = readMaps(libc);
  if (maps === undefined) return 0;
  const pagemap = libc.open(cString("/proc/self/pagemap"), O_RDONLY | O_CLOEXEC);
  if (pagemap < 0) return 0;
  const pageSize = libc.getauxval(AT_PAGESZ);
  let dropped = 0;
  for (const { from, to } of programsOwn(mappingsIn(maps), libc.getauxval(AT_PHDR))) {
    const entries = new Uint32Array(Number((to - from) / pageSize) * ENTRY_BYTES / 4);
    const at = from / pageSize * BigInt(ENTRY_BYTES);
    const read = Number(libc.pread(pagemap, entries, BigInt(entries.byteLength), at));
    const clean = read === entries.byteLength ? cleanPages(entries) : undefined;
    if (clean !== undefined && libc.madvise(from, to - from, MADV_DONTNEED) === 0) dropped += clean;
  }
  libc.close(pagemap);
  return dropped * Number(pageSize);
}

/** Of the whole pages that a piece has. */
function dropContent(libc: LibC, piece: Uint8Array): void {
  const pageSize = libc.getauxval(AT_PAGESZ);
  const start = Deno.UnsafePointer.value(Deno.UnsafePointer.of(piece as Uint8Array<ArrayBuffer>));
  const from = (start + pageSize - 1n) / pageSize * pageSize;
  const to = (start + BigInt(piece.byteLength)) / pageSize * pageSize;
  if (to > from) libc.madvise(from, to - from, MADV_DONTNEED);
}

/** /proc/self/maps: the runtime lets no program read it that may not do everything. */
function readMaps({ open, read, close }: LibC): string | undefined {
  const descriptor = open(cString("/proc/self/maps"), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return undefined;
  const buffer = new Uint8Array(READ_LENGTH);
  const decoder = new TextDecoder("latin1");
  let text = "";
  for (;;) {
    const length = Number(read(descriptor, buffer, BigInt(buffer.length)));
    if (length <= 0) break;
    text += decoder.decode(buffer.subarray(0, length));
  }
  close(descriptor);
  return text;
}
