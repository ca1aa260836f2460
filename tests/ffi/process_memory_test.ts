/** Giving memory back to the system. Needs native code. @module */
import assert from "node:assert/strict";
import { FrameMemory } from "../../lib/core/frame_memory.ts";
import { cleanPages, mappingsIn, ProcessMemory, programsOwn } from "../../lib/ffi/process_memory.ts";

/** As of a program that has been running for a while, with a library and a cache of its own. */
const MAPS = `\
3d7b40000000-3d7b40040000 rw-p 00000000 00:00 0
555aad0cb000-555aaec59000 r--p 00000000 fe:00 1441842                    /usr/bin/program
555aaeecf000-555ab2bc3000 r-xp 01b8e000 fe:00 1441842                    /usr/bin/program
555ab2bc3000-555ab2e35000 rw-p 05881000 fe:00 1441842                    /usr/bin/program
555ab2e43000-555ab2e44000 r--p 05b00000 fe:00 1441842                    /usr/bin/program
555ab4e2b000-555ab5c3a000 rw-p 00000000 00:00 0                          [heap]
7fba53dc0000-7fba53fe6000 r-xp 035cf000 fe:00 1441842                    /usr/bin/program
7fba70000000-7fba70500000 r--s 00000000 fe:00 77                         /var/cache/program with spaces
7fba72601000-7fba72757000 r-xp 00026000 fe:01 1441842                    /usr/lib/libc.so.6
7ffd41ff0000-7ffd42059000 rw-p 00000000 00:00 0                          [stack]
`;

/** Upper halves of entries of a page map. */
const ABSENT = 0, OF_THE_FILE = 0xa0000000, WRITTEN = 0x80000000, SWAPPED = 0x40000000;

function entries(...states: number[]): Uint32Array {
  return Uint32Array.from(states.flatMap((state) => [0x12345, state]));
}

/** Bytes of files that this process has in memory. */
function residentOfFiles(): number {
  const [, kib] = /^RssFile:\s+(\d+) kB/m.exec(Deno.readTextFileSync("/proc/self/status"))!;
  return Number(kib) * 1024;
}

Deno.test("mappingsIn() reads the mappings of files, and those alone", () => {
  const mappings = mappingsIn(MAPS);
  assert.equal(mappings.length, 7);
  assert.deepEqual(mappings[1], {
    from: 0x555aaeecf000n,
    to: 0x555ab2bc3000n,
    rights: "r-xp",
    file: "fe:00 1441842",
  });
});

Deno.test("programsOwn() takes what is read only, of the program's file on its device", () => {
  const own = programsOwn(mappingsIn(MAPS), 0x555aad0cb040n);
  assert.deepEqual(own.map(({ from }) => from), [
    0x555aad0cb000n,
    0x555aaeecf000n,
    0x555ab2e43000n,
    0x7fba53dc0000n,
  ]);
});

Deno.test("programsOwn() takes nothing where the program is in no mapping of a file", () => {
  assert.deepEqual(programsOwn(mappingsIn(MAPS), 0x1000n), []);
  assert.deepEqual(programsOwn([], 0x1000n), []);
});

Deno.test("cleanPages() counts pages of a file that are in memory", () => {
  assert.equal(cleanPages(entries()), 0);
  assert.equal(cleanPages(entries(ABSENT, OF_THE_FILE, ABSENT, OF_THE_FILE, OF_THE_FILE)), 3);
});

Deno.test("cleanPages() knows pages that are not the file's any more, in memory and out of it", () => {
  assert.equal(cleanPages(entries(OF_THE_FILE, WRITTEN, OF_THE_FILE)), undefined);
  assert.equal(cleanPages(entries(OF_THE_FILE, SWAPPED, OF_THE_FILE)), undefined);
});

Deno.test("ProcessMemory.giveBack() lets go of the program's pages, and the program goes on", () => {
  using memory = ProcessMemory.open()!;
  memory.giveBack(); // its own code has run once
  JSON.parse(JSON.stringify(Array.from({ length: 1000 }, (_, i) => new Date(i).toLocaleString("de"))));
  const before = residentOfFiles();
  const given = memory.giveBack();
  const after = residentOfFiles();
  assert.ok(given > 4 << 20 && given <= before, `${given} of ${before} bytes`);
  assert.ok(after < before - given / 4, `from ${before} bytes to ${after}`);
  for (let i = 0; i < 3; i++) memory.giveBack();
  assert.equal(new Intl.NumberFormat("en").format(123456), "123,456");
});

Deno.test("ProcessMemory.giveBack() lets go of spare memory, and of nothing beside it", () => {
  const frames = new FrameMemory();
  const [before, piece, behind] = [1, 16, 1].map((pages) => frames.allocate(pages * 4096 * 64).fill(0x5a));
  using memory = ProcessMemory.open(() => frames.spare)!;
  memory.giveBack();
  assert.ok(piece!.every((byte) => byte === 0x5a), "it is in use");
  frames.release(piece!);
  memory.giveBack();
  assert.ok(piece!.every((byte) => byte === 0));
  assert.ok([before, behind].every((one) => one!.every((byte) => byte === 0x5a)));
  assert.equal(
    frames.allocate(piece!.byteLength).fill(1).byteOffset,
    piece!.byteOffset,
    "it can be used again",
  );
});

Deno.test({
  name: "ProcessMemory.open() leaves it to the system where native code may not be used",
  permissions: { ffi: false },
  fn: () => assert.equal(ProcessMemory.open(), undefined),
});
