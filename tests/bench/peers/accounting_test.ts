import assert from "node:assert/strict";
import process from "node:process";
import { cpuBetween, processTree, readCpu, residentBytes } from "../../../bench/peers/accounting.ts";

/** Computes until the kernel has counted so many milliseconds of this process. @returns What it has counted. */
function burn(milliseconds: number): number {
  const before = process.cpuUsage();
  for (;;) {
    const { user, system } = process.cpuUsage(before);
    if ((user + system) / 1000 >= milliseconds) return (user + system) / 1000;
  }
}

Deno.test("cpuBetween() counts the processor time of a process as the kernel does", () => {
  const before = readCpu(Deno.pid);
  const burnt = burn(150);
  const measured = cpuBetween(before, readCpu(Deno.pid)) / 1e6;
  assert.ok(measured > burnt * 0.9 && measured < burnt * 1.3 + 10, `${measured} ms for ${burnt} ms`);
});

Deno.test("cpuBetween() counts processes that a process has started, and costs nothing for those that sleep", async () => {
  await using shell = await childThat(
    "sleep 30 & read line; i=0; while [ $i -lt 60000 ]; do i=$((i+1)); done; echo done; read line",
  );
  assert.equal(processTree(shell.pid).length, 2, "the shell and its sleep");
  const before = readCpu(shell.pid);
  assert.equal(cpuBetween(before, readCpu(shell.pid)), 0);
  await shell.say("go");
  await shell.heard("done");
  assert.ok(cpuBetween(before, readCpu(shell.pid)) > 5e6);
});

Deno.test("cpuBetween() takes the ticks of the process where threads have ended", () => {
  const before = { threads: new Map([["1/1", 0], ["1/2", 0]]), processes: new Map([[1, 0]]) };
  const after = { threads: new Map([["1/1", 3e6]]), processes: new Map([[1, 500e6]]) };
  assert.equal(cpuBetween(before, after), 480e6);
});

Deno.test("readCpu() and residentBytes() of a process that has ended are nothing", async () => {
  const child = new Deno.Command("true").spawn();
  await child.status;
  assert.equal(residentBytes(child.pid), 0);
  assert.equal(readCpu(child.pid).threads.size, 0);
});

Deno.test("residentBytes() sums the tree", () => {
  assert.ok(residentBytes(Deno.pid) > 10e6);
});

interface Child extends AsyncDisposable {
  readonly pid: number;
  say(line: string): Promise<void>;
  heard(word: string): Promise<void>;
}

/** A shell in a process group of its own, gone with all its children when disposed. */
async function childThat(script: string): Promise<Child> {
  const child = new Deno.Command("sh", {
    args: ["-c", `echo here; ${script}`],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = child.stdin.getWriter(), reader = child.stdout.getReader();
  let text = "";
  const heard = async (word: string) => {
    while (!text.includes(word)) {
      const { value, done } = await reader.read();
      if (done) throw new Error(`the shell ended; it said "${text}"`);
      text += new TextDecoder().decode(value);
    }
  };
  await heard("here");
  while (processTree(child.pid).length < 2) await new Promise((resolve) => setTimeout(resolve, 1)); // it forks
  return {
    pid: child.pid,
    say: (line) => writer.write(new TextEncoder().encode(line + "\n")),
    heard,
    async [Symbol.asyncDispose]() {
      for (const pid of processTree(child.pid).toReversed()) Deno.kill(pid, "SIGKILL");
      await child.status;
      await reader.cancel();
      await writer.close().catch(() => {});
    },
  };
}
