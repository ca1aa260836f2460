/** @module */
import assert from "node:assert/strict";
import "../../lib/core/log_carried.ts";
import { acceptLoop, type ListeningSocket } from "../../lib/transport/accept_loop.ts";
import { configure, reset } from "@logtape/logtape";
import { SimulatedTime } from "../support/simulated_time.ts";

/** Accepts, or fails, as it is told. */
class ToldListener implements ListeningSocket {
  calls = 0;
  readonly #answer: (call: number) => Deno.Conn | Error;

  constructor(answer: (call: number) => Deno.Conn | Error) {
    this.#answer = answer;
  }

  accept(): Promise<Deno.Conn> {
    const answer = this.#answer(this.calls++);
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  }
}

const tooMany = new Error("Too many open files (os error 24)");
const closed = new Deno.errors.BadResource("Listener has been closed");

/** Runs `work`. @returns What was logged meanwhile. */
async function logged(work: () => Promise<void>): Promise<string[]> {
  const lines: string[] = [];
  await configure({
    sinks: { lines: (record) => void lines.push(`${record.level}: ${record.message.join("")}`) },
    loggers: [
      { category: ["porthole"], sinks: ["lines"], lowestLevel: "info" },
      { category: ["logtape", "meta"], sinks: [], lowestLevel: "fatal" },
    ],
  });
  try {
    await work();
  } finally {
    await reset();
  }
  return lines;
}

function connection(log: string[], name: string): Deno.Conn {
  return { name, close: () => log.push(`${name} closed`) } as unknown as Deno.Conn;
}

Deno.test("acceptLoop() waits longer and longer while there are no descriptors, and tells of it once", async () => {
  const time = new SimulatedTime();
  const listener = new ToldListener((call) => call < 40 ? tooMany : closed);
  const lines = await logged(async () => {
    const loop = acceptLoop(listener, () => {}, new AbortController().signal, time);
    await time.pass(1000);
    assert.equal(listener.calls, 5, "at 0, 50, 150, 350 and 750 ms");
    await time.pass(50_000);
    assert.ok(listener.calls <= 16, `${listener.calls} attempts`);
    await time.pass(1_000_000);
    await loop;
  });
  assert.ok(lines.length >= 1 && lines.length <= 4, lines.join("\n"));
  assert.match(lines[0]!, /warning: Cannot accept connections, and tries again: .*os error 24/);
});

Deno.test("acceptLoop() goes on at once when there are descriptors again, and says so once", async () => {
  const time = new SimulatedTime();
  const taken: string[] = [];
  // Comes and goes with every connection, a thousand times.
  const listener = new ToldListener((call) =>
    call === 2000 ? closed : call % 2 === 0 ? tooMany : connection(taken, `${call}`)
  );
  const lines = await logged(async () => {
    const loop = acceptLoop(listener, () => void taken.push("one"), new AbortController().signal, time);
    let ended = false;
    void loop.then(() => ended = true);
    // The loop gives the event loop real turns now and then.
    for (; !ended; await new Promise((resolve) => setTimeout(resolve))) await time.pass(100);
  });
  assert.equal(taken.length, 1000);
  assert.ok(lines.length <= 4, `${lines.length} lines`);
  assert.match(lines[1]!, /Accepts connections again/);
});

Deno.test("acceptLoop() closes a connection that cannot be taken, and does not wait for it", async () => {
  const time = new SimulatedTime();
  const log: string[] = [];
  const gone = new Deno.errors.ConnectionAborted("it was");
  const listener = new ToldListener((call) =>
    [gone, connection(log, "a"), connection(log, "b"), closed][call]!
  );
  await acceptLoop(
    listener,
    () => {
      if (log.length === 0) throw new Error("it has gone");
      log.push("taken");
    },
    new AbortController().signal,
    time,
  );
  assert.deepEqual(log, ["a closed", "taken"]);
});
