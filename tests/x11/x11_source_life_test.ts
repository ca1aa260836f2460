/**
 * What the X11 source costs and leaves behind: shared memory, death of the X server, idleness, storms.
 *
 * @module
 */
import assert from "node:assert/strict";
import { cpuUsage } from "node:process";
import { openX11Source } from "../../lib/capture/x11_source.ts";
import { DisplayLostError } from "../../lib/core/errors.ts";
import { FrameMemory } from "../../lib/core/frame_memory.ts";
import { rect, rectOf } from "../../lib/core/geometry.ts";
import { XDisplay } from "../../lib/ffi/x_display.ts";
import { countDamage, followUntilEqual, setUpX11 } from "../support/x11_stage.ts";
import { Xvfb } from "../support/xvfb.ts";

Deno.test("openX11Source() uses shared memory that lies in the frame and vanishes with its last user", async () => {
  await using stage = await setUpX11();
  assert.equal(stage.source.name, "MIT-SHM");
  const frame = await stage.source.capture([]);
  const mapped = (await Deno.readTextFile("/proc/self/maps")).split("\n").filter((line) =>
    line.includes("SYSV")
  );
  assert.equal(mapped.length, 1, mapped.join("\n"));
  assert.equal(frame.pixels.buffer, stage.memory.memory.buffer);
  const [segment, ...others] = await segmentsOf(Deno.pid);
  assert.deepEqual(others, []);
  assert.equal(segment?.permissions, 0o600);
  assert.ok(segment.removed, "marked for removal");
  await stage.source[Symbol.asyncDispose]();
  stage.display.sync();
  assert.deepEqual(await segmentsOf(Deno.pid), []);
});

/** Has another process hold the screen, which is killed in the end. @param before What that is started by. */
async function withHolder(
  xvfb: Xvfb,
  before: readonly string[],
  look: (said: string, pid: number) => void | Promise<void>,
): Promise<void> {
  const program = new URL("../support/hold_screen.ts", import.meta.url).pathname;
  const [command, ...args] = [...before, Deno.execPath(), "run", "-A", "--no-check", program];
  const process = new Deno.Command(command!, { args, env: xvfb.env, stdin: "null", stdout: "piped" }).spawn();
  const reader = process.stdout.getReader();
  try {
    const { value } = await reader.read();
    await look(new TextDecoder().decode(value), process.pid);
  } finally {
    process.kill("SIGKILL");
    await reader.cancel();
    await process.status;
  }
}

Deno.test("openX11Source() leaves no shared memory behind when its process is killed", async () => {
  await using xvfb = await Xvfb.start();
  let pid = 0;
  await withHolder(xvfb, [], async (said, holder) => {
    assert.match(said, /^MIT-SHM/);
    pid = holder;
    const [segment] = await segmentsOf(pid);
    assert.ok(segment?.removed);
    assert.equal(segment.users, 2);
  });
  // The X server lets go of it as soon as it has seen the connection's end.
  await using display = XDisplay.open({ display: xvfb.display });
  display.sync();
  assert.deepEqual(await segmentsOf(pid), []);
});

Deno.test({
  name: "openX11Source() reads by core requests where memory is shared with others than the X server",
  // Another IPC namespace is for root to make.
  ignore: Deno.uid() !== 0,
  async fn() {
    await using xvfb = await Xvfb.start();
    await withHolder(xvfb, ["unshare", "--ipc"], (said) => assert.equal(said, "XGetImage\n"));
  },
});

Deno.test("ScreenSource fails with DisplayLostError everywhere when the X server has died", async () => {
  for (const capture of ["shm", "get-image"] as const) {
    await using stage = await setUpX11({}, { capture });
    const { source } = stage;
    source.takeDamage();
    await source.capture([rectOf(source.size)]);
    const waiting = (async () => {
      for (;;) {
        await source.changed(AbortSignal.timeout(5000));
        source.takeDamage();
      }
    })();
    const rejected = assert.rejects(waiting, DisplayLostError);
    await stage.xvfb.kill();
    await rejected;
    await assert.rejects(source.capture([rectOf(source.size)]), DisplayLostError);
    assert.throws(() => source.takeDamage(), DisplayLostError);
    assert.throws(() => source.cursor(), DisplayLostError);
    assert.throws(() => source.pointer(), DisplayLostError);
    await assert.rejects(source.resize(source.size, source.layout), DisplayLostError);
  }
});

Deno.test("ScreenSource.capture() fails with DisplayLostError when it is the first to find out", async () => {
  for (const capture of ["shm", "get-image"] as const) {
    await using stage = await setUpX11({}, { capture });
    stage.source.takeDamage();
    await stage.xvfb.kill();
    await assert.rejects(stage.source.capture([rectOf(stage.source.size)]), DisplayLostError);
  }
});

Deno.test("openX11Source() works again on a new X server in the old one's place", async () => {
  const memory = new FrameMemory();
  let number: string | undefined;
  for (let round = 0; round < 3; round++) {
    await using xvfb = await Xvfb.start({ ...(number ? { display: number } : {}) });
    number = xvfb.display;
    await using display = XDisplay.open({ display: xvfb.display });
    await using source = await openX11Source(display, memory);
    await source.capture([rectOf(source.size)]);
    await xvfb.kill();
    await assert.rejects(source.capture([rectOf(source.size)]), DisplayLostError);
  }
});

Deno.test("ScreenSource costs no CPU while nothing happens", async () => {
  await using stage = await setUpX11();
  stage.source.takeDamage();
  await stage.source.capture([rectOf(stage.source.size)]);
  const controller = new AbortController();
  const waiting = (async () => {
    for (;;) {
      await stage.source.changed(controller.signal);
      stage.source.takeDamage();
    }
  })();
  const rejected = assert.rejects(waiting);
  // What set-up has left to do, garbage collection among it, is not what is measured.
  await new Promise((resolve) => setTimeout(resolve, 300));
  const before = cpuUsage();
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const { user, system } = cpuUsage(before);
  controller.abort();
  await rejected;
  assert.ok(user + system < 30_000, `${(user + system) / 1000} ms of CPU in a second`);
});

Deno.test("ScreenSource bounds the reports of a storm, and misses nothing of it", async () => {
  await using stage = await setUpX11();
  const reports = countDamage(stage.display);
  stage.source.takeDamage();
  for (let round = 0; round < 10; round++) {
    const commands = Array.from({ length: 30 }, (_, i) => `rects -1 200 ${round * 100 + i}`);
    await stage.drawing.draw(...commands);
    stage.display.sync();
  }
  stage.display.dispatch();
  // Of 60 000: a burst, and what was on its way by the time that it had been heard.
  assert.ok(reports.count >= 3000 && reports.count < 30_000, `${reports.count} reports`);
  assert.deepEqual(stage.source.takeDamage(), [rectOf(stage.source.size)]);
  await followUntilEqual(stage);
});

Deno.test("ScreenSource hears little of a storm that goes on, follows it all the same, and listens again afterwards", async () => {
  let offset = 0;
  await using stage = await setUpX11({}, { now: () => performance.now() + offset });
  const { source } = stage;
  const reports = countDamage(stage.display);
  const over = new AbortController();
  let looks = 0;
  const following = (async () => {
    for (;;) {
      await source.changed(over.signal);
      await source.capture(source.takeDamage());
      looks++;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  })();
  const ended = assert.rejects(following);
  await stage.drawing.draw("storm -1 100 100 50 50 20000 3000 1");
  over.abort();
  await ended;
  assert.ok(looks > 10, `${looks} looks`);
  // The first half second, and three times a moment to see that it goes on: of 60 000.
  assert.ok(reports.count > 1000 && reports.count < 12_000, `${reports.count} reports`);
  await followUntilEqual(stage);
  offset += 1001;
  source.takeDamage();
  await stage.drawing.draw("fill -1 7 8 9 10 ff0000");
  await source.changed(AbortSignal.timeout(5000));
  assert.deepEqual(source.takeDamage(), [rect(7, 8, 9, 10)]);
});

Deno.test("ScreenSource is not told anything while nobody takes it", async () => {
  let now = 0;
  await using stage = await setUpX11({}, { now: () => now });
  const reports = countDamage(stage.display);
  stage.source.takeDamage();
  const draw = async (seed: number) => {
    await stage.drawing.draw(`rects -1 3 ${seed}`);
    stage.display.sync();
    stage.display.dispatch();
  };
  assert.equal(reports.count, 1, "the server's first");
  await draw(1);
  assert.ok(reports.count > 1);
  now += 2001;
  await draw(2);
  const { count } = reports;
  await draw(3);
  await draw(4);
  assert.equal(reports.count, count);
  await stage.source.changed(AbortSignal.timeout(5000));
  assert.deepEqual(stage.source.takeDamage(), [rectOf(stage.source.size)]);
  await draw(5);
  assert.ok(reports.count > count);
});

interface Segment {
  readonly permissions: number;
  /** Marked for removal. */
  readonly removed: boolean;
  readonly users: number;
}

/** The System V shared memory that a process has made (proc(5), /proc/sysvipc/shm). */
async function segmentsOf(pid: number): Promise<Segment[]> {
  const SHM_DEST = 0o1000;
  const [, ...lines] = (await Deno.readTextFile("/proc/sysvipc/shm")).trim().split("\n");
  return lines.map((line) => line.trim().split(/\s+/)).filter((columns) => columns[4] === String(pid)).map((
    columns,
  ) => {
    const mode = parseInt(columns[2]!, 8);
    return { permissions: mode & 0o777, removed: (mode & SHM_DEST) !== 0, users: Number(columns[6]) };
  });
}
