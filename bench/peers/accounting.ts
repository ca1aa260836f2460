/**
 * What processes cost: processor time of a whole process tree in nanoseconds, and its memory (proc(5)).
 *
 * @module
 */

/** Processor time of a process tree up to now. Compare two of them by {@linkcode cpuBetween}. */
export interface CpuReading {
  /** By thread ("pid/tid"): nanoseconds on a processor, exact. */
  readonly threads: ReadonlyMap<string, number>;
  /** By process: nanoseconds in ticks of 10 ms, which count threads that have ended, too. */
  readonly processes: ReadonlyMap<number, number>;
}

/** A tick of the clock in which Linux gives `utime` and `stime` (USER_HZ, 100 a second everywhere). */
const TICK_NS = 10_000_000;

function readText(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return undefined; // it has ended
  }
}

function threadsOf(pid: number): string[] {
  try {
    return Array.from(Deno.readDirSync(`/proc/${pid}/task`), (entry) => entry.name);
  } catch {
    return [];
  }
}

/** A process and all its descendants that live at this moment. */
export function processTree(pid: number): number[] {
  const found = [pid];
  for (let i = 0; i < found.length; i++) {
    for (const thread of threadsOf(found[i]!)) {
      const children = readText(`/proc/${found[i]}/task/${thread}/children`) ?? "";
      found.push(...children.split(" ").filter(Boolean).map(Number));
    }
  }
  return found;
}

/** Reads the processor time of a process and its descendants. */
export function readCpu(pid: number): CpuReading {
  const threads = new Map<string, number>();
  const processes = new Map<number, number>();
  for (const id of processTree(pid)) {
    for (const thread of threadsOf(id)) {
      const ns = readText(`/proc/${id}/task/${thread}/schedstat`)?.split(" ")[0];
      if (ns !== undefined) threads.set(`${id}/${thread}`, Number(ns));
    }
    // The name, in parentheses, may hold spaces; utime and stime are fields 14 and 15.
    const stat = readText(`/proc/${id}/stat`);
    const fields = stat?.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (fields) processes.set(id, (Number(fields[11]) + Number(fields[12])) * TICK_NS);
  }
  return { threads, processes };
}

/**
 * Nanoseconds of processor time between two readings of the same tree.
 *
 * Threads are summed exactly. Where threads have ended in between, their share shows only in the ticks of the process,
 * and is taken from there.
 */
export function cpuBetween(before: CpuReading, after: CpuReading): number {
  let exact = 0;
  for (const [thread, ns] of after.threads) exact += ns - (before.threads.get(thread) ?? 0);
  let ticks = 0;
  for (const [pid, ns] of after.processes) ticks += ns - (before.processes.get(pid) ?? 0);
  const rounding = 2 * TICK_NS * after.processes.size; // utime and stime are each rounded
  return Math.max(exact, ticks - rounding);
}

/** Resident memory of a process tree, in bytes. */
export function residentBytes(pid: number): number {
  let sum = 0;
  for (const id of processTree(pid)) {
    const kib = /^VmRSS:\s+(\d+) kB/m.exec(readText(`/proc/${id}/status`) ?? "")?.[1];
    sum += Number(kib ?? 0) * 1024;
  }
  return sum;
}
