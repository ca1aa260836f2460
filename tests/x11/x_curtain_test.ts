/** Dark monitors and idle devices. Needs Xvfb, xinput and xrandr; for dark monitors Xorg and its dummy driver. @module */
import assert from "node:assert/strict";
import { XDisplay } from "../../lib/ffi/x_display.ts";
import { XCurtain } from "../../lib/ffi/x_curtain.ts";
import { putBackLeftovers } from "../../lib/ffi/x_leftovers.ts";
import { XNotes } from "../../lib/ffi/x_notes.ts";
import { hasProgram } from "../support/processes.ts";
import { hasXorg, startXorg } from "../support/xorg.ts";
import { Xvfb } from "../support/xvfb.ts";

const HAS_XINPUT = await hasProgram("xinput");

/** What the outside sees: where devices belong, and how monitors show pixels. */
async function look(xvfb: Xvfb): Promise<{ devices: string; brightness: string; picture: string }> {
  const xrandr = await xvfb.run("xrandr", "--verbose");
  return {
    devices: HAS_XINPUT ? await xvfb.run("xinput", "list", "--short") : "",
    brightness: xrandr.split("\n").filter((line) => /Gamma|Brightness/.test(line)).join("\n"),
    picture: await xvfb.run("sh", "-c", "xwd -root -silent | md5sum"),
  };
}

async function setUp(starting: Promise<Xvfb> = Xvfb.start({ width: 320, height: 240 })) {
  const stack = new AsyncDisposableStack();
  const xvfb = stack.use(await starting);
  await xvfb.run("xsetroot", "-solid", "#336699");
  const display = stack.use(XDisplay.open({ display: xvfb.display }));
  const notes = stack.use(new XNotes(display));
  return {
    xvfb,
    display,
    notes,
    curtain: new XCurtain(display, notes),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

Deno.test(
  "XCurtain makes monitors dark and the framebuffer stays, and undoes it",
  { ignore: !hasXorg() },
  async () => {
    await using stage = await setUp(startXorg());
    const before = await look(stage.xvfb);
    assert.deepEqual(stage.curtain.draw({ blank: true, lock: false }), []);
    assert.deepEqual(stage.curtain.draw({ blank: true, lock: false }), []);
    stage.display.sync();
    const dark = await look(stage.xvfb);
    assert.notEqual(dark.brightness, before.brightness);
    assert.equal(dark.picture, before.picture);
    // Another program makes it light again.
    await stage.xvfb.run("xrandr", "--output", "DUMMY0", "--gamma", "0.8:0.8:0.8");
    stage.curtain.draw({ blank: true, lock: false });
    stage.display.sync();
    assert.equal((await look(stage.xvfb)).brightness, dark.brightness);
    stage.curtain.draw({ blank: false, lock: false });
    stage.display.sync();
    assert.deepEqual(await look(stage.xvfb), before);
  },
);

Deno.test("XCurtain takes the machine's devices off and leaves XTEST's, and undoes it", {
  ignore: !HAS_XINPUT,
}, async () => {
  await using stage = await setUp();
  const before = await look(stage.xvfb);
  assert.deepEqual(stage.curtain.draw({ blank: false, lock: true }), []);
  const { devices } = await look(stage.xvfb);
  assert.match(devices, /Xvfb mouse\s+id=\d+\s+\[floating slave\]/);
  assert.match(devices, /Xvfb keyboard\s+id=\d+\s+\[floating slave\]/);
  assert.match(devices, /XTEST pointer\s+id=\d+\s+\[slave\s+pointer/);
  // Viewers still move the pointer.
  await stage.xvfb.run("xdotool", "mousemove", "17", "23");
  assert.match(await stage.xvfb.run("xdotool", "getmouselocation"), /x:17 y:23/);
  // A device that is put in again is taken off again.
  const id = /Xvfb mouse\s+id=(\d+)/.exec(devices)![1]!;
  await stage.xvfb.run("xinput", "reattach", id, "Virtual core pointer");
  stage.curtain.draw({ blank: false, lock: true });
  assert.equal((await look(stage.xvfb)).devices, devices);
  stage.curtain.draw({ blank: false, lock: false });
  stage.display.sync();
  assert.deepEqual(await look(stage.xvfb), before);
});

/** Whether monitors save energy by themselves, and whether one is on: "Enabled On". */
async function energy(xvfb: Xvfb): Promise<string> {
  const said = await xvfb.run("xset", "q");
  return [/DPMS is (\w+)/, /Monitor is (\w+)/].map((words) => words.exec(said)?.[1] ?? "?").join(" ");
}

for (const before of ["Enabled On", "Disabled ?"]) {
  Deno.test(
    `XCurtain switches monitors off that have no gamma ramps, and undoes it (DPMS, before: ${before})`,
    { ignore: !hasXorg("dpms") },
    async () => {
      await using stage = await setUp(startXorg("dpms"));
      await stage.xvfb.run("xset", before === "Enabled On" ? "+dpms" : "-dpms");
      assert.equal(await energy(stage.xvfb), before);
      assert.deepEqual(stage.curtain.draw({ blank: true, lock: false }), []);
      stage.display.sync();
      assert.equal(await energy(stage.xvfb), "Enabled Off");
      // A key or another program makes it light again.
      await stage.xvfb.run("xset", "dpms", "force", "on");
      assert.deepEqual(stage.curtain.draw({ blank: true, lock: false }), []);
      stage.display.sync();
      assert.equal(await energy(stage.xvfb), "Enabled Off");
      stage.curtain.draw({ blank: false, lock: false });
      stage.display.sync();
      assert.equal(await energy(stage.xvfb), before);
    },
  );

  Deno.test(
    `who comes after a process that was killed switches monitors on again (DPMS, before: ${before})`,
    { ignore: !hasXorg("dpms") },
    async () => {
      await using stage = await setUp(startXorg("dpms"));
      await stage.xvfb.run("xset", before === "Enabled On" ? "+dpms" : "-dpms");
      {
        await using dying = XDisplay.open({ display: stage.xvfb.display });
        const curtain = new XCurtain(dying, new XNotes(dying));
        assert.deepEqual(curtain.draw({ blank: true, lock: false }), []);
        dying.sync();
      }
      assert.equal(await energy(stage.xvfb), "Enabled Off");
      while (putBackLeftovers(stage.display) === 0) await new Promise((resolve) => setTimeout(resolve, 20));
      stage.display.sync();
      assert.equal(await energy(stage.xvfb), before);
    },
  );
}

async function killWith(
  stage: Awaited<ReturnType<typeof setUp>>,
  blank: boolean,
  lock: boolean,
): Promise<void> {
  const before = await look(stage.xvfb);
  {
    await using dying = XDisplay.open({ display: stage.xvfb.display });
    const curtain = new XCurtain(dying, new XNotes(dying));
    assert.deepEqual(curtain.draw({ blank, lock }), []);
    dying.sync();
  }
  assert.notDeepEqual(await look(stage.xvfb), before);
  while (putBackLeftovers(stage.display) === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepEqual(await look(stage.xvfb), before);
}

Deno.test(
  "who comes after a process that was killed gives devices back",
  { ignore: !HAS_XINPUT },
  async () => {
    await using stage = await setUp();
    await killWith(stage, false, true);
  },
);

Deno.test(
  "who comes after a process that was killed makes monitors light again",
  { ignore: !hasXorg() },
  async () => {
    await using stage = await setUp(startXorg());
    await stage.xvfb.run("xrandr", "--output", "DUMMY0", "--gamma", "0.5:1:2");
    await killWith(stage, true, false);
  },
);

Deno.test("XCurtain tells what a display lacks, and does the rest", async () => {
  await using stack = new AsyncDisposableStack();
  const xvfb = stack.use(await Xvfb.start());
  const display = stack.use(XDisplay.open({ display: xvfb.display }));
  const curtain = new XCurtain(display, stack.use(new XNotes(display)));
  const problems = curtain.draw({ blank: true, lock: true });
  assert.deepEqual(problems, [`Monitors cannot be made dark: ${xvfb.display} has no extension DPMS`]);
  curtain.draw({ blank: false, lock: false });
});
