/**
 * What the programs of the benchmark say, and where they run.
 *
 * @module
 */

/** The machine of a measurement. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly kernel: string;
}

/** Writes all of a text. */
export function write(stream: { writeSync(bytes: Uint8Array): number }, text: string): void {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length;) at += stream.writeSync(bytes.subarray(at));
}

/** What this machine is, for those who compare. */
export function describeMachine(): Machine {
  const cpuinfo = Deno.readTextFileSync("/proc/cpuinfo");
  const processor = /^model name\s*:\s*(.+)$/m.exec(cpuinfo)?.[1] ?? "an unnamed processor";
  return { processor, cores: navigator.hardwareConcurrency, kernel: Deno.osRelease() };
}
