/** What a server that is killed leaves on its display, and how the next one puts it back. Needs Xvfb, xmodmap. @module */
import assert from "node:assert/strict";
import { XDisplay } from "../../lib/ffi/x_display.ts";
import { putBackLeftovers } from "../../lib/ffi/x_leftovers.ts";
import { deadNotes, NotePart, XNotes } from "../../lib/ffi/x_notes.ts";
import { RfbClient } from "../support/rfb_client.ts";
import { ServedProgram } from "../support/served_program.ts";
import { denoDirectory, startCommand } from "../support/start_command.ts";
import { Xvfb } from "../support/xvfb.ts";

/** Keysyms that no layout of the test's X server has. */
const EXOTIC = [0x1004e2d, 0x1000416, 0x1000436, 0x10003a9];
const XK_A = 0x61;
const XK_SHIFT_L = 0xffe1;

const keymap = (xvfb: Xvfb) => xvfb.run("xmodmap", "-pke");

async function serve(xvfb: Xvfb): Promise<ServedProgram> {
  const env = { ...xvfb.env, ...await denoDirectory() };
  return new ServedProgram(startCommand(), [], env);
}

Deno.test("the next server takes lent keycodes back, and releases keys, after one was killed", async () => {
  await using xvfb = await Xvfb.start();
  const before = await keymap(xvfb);
  const first = await serve(xvfb);
  {
    await using client = await RfbClient.connect({ port: await first.port(), timeoutMs: 10_000 });
    for (const keysym of EXOTIC) {
      await client.key(keysym, true);
      await client.key(keysym, false);
    }
    await client.key(XK_SHIFT_L, true);
    await client.key(XK_A, true);
    await client.pointer(10, 10, 1);
    await untilSomething(async () => (await keysDown(xvfb)) >= 2);
    first.kill("SIGKILL");
    await first.ended();
  }
  assert.notEqual(await keymap(xvfb), before);
  assert.ok(await keysDown(xvfb) >= 2);
  const second = await serve(xvfb);
  await second.port();
  assert.equal(await keymap(xvfb), before);
  assert.equal(await keysDown(xvfb), 0);
  assert.match(second.said, /has back what a server that was killed had changed/);
  second.kill("SIGTERM");
  assert.equal(await second.ended(), 0);
  assert.equal(await keymap(xvfb), before);
  assert.doesNotMatch(await xvfb.run("xprop", "-root"), /_PORTHOLE/);
  await first[Symbol.asyncDispose]();
  await second[Symbol.asyncDispose]();
});

Deno.test("deadNotes() leaves the notes of those who live alone, and tells of the others", async () => {
  await using xvfb = await Xvfb.start();
  await using looker = XDisplay.open({ display: xvfb.display });
  await using living = XDisplay.open({ display: xvfb.display });
  using notes = new XNotes(living);
  notes.set(NotePart.SpareKeys, [200, 0x61, 0x41]);
  living.sync();
  {
    await using dying = XDisplay.open({ display: xvfb.display });
    const lost = new XNotes(dying); // not disposed: as if killed
    lost.set(NotePart.Dpms, [1]);
    lost.set(NotePart.FloatingDevices, [6, 2, 7, 3]);
    lost.set(NotePart.Dpms, []);
    dying.sync();
    assert.deepEqual(deadNotes(looker), []);
  }
  await untilSomething(() => Promise.resolve(deadNotes(looker).length === 1));
  const [{ parts, remove }] = deadNotes(looker) as [ReturnType<typeof deadNotes>[0]];
  assert.deepEqual([...parts], [[NotePart.FloatingDevices, [6, 2, 7, 3]]]);
  // Another one connects, and gets the numbers that the dead one had.
  await using heir = XDisplay.open({ display: xvfb.display });
  using _mine = new XNotes(heir);
  heir.sync();
  assert.equal(deadNotes(looker).length, 1);
  remove();
  assert.deepEqual(deadNotes(looker), []);
});

Deno.test("putBackLeftovers() keeps a keycode that has another meaning by now", async () => {
  await using xvfb = await Xvfb.start();
  await using display = XDisplay.open({ display: xvfb.display });
  const free = /keycode (\d+) =\s*\n/.exec(await keymap(xvfb))![1]!;
  {
    await using dying = XDisplay.open({ display: xvfb.display });
    new XNotes(dying).set(NotePart.SpareKeys, [Number(free), 0x1004e2d, 0x1004e2d]);
    dying.sync();
  }
  await xvfb.run("xmodmap", "-e", `keycode ${free} = Greek_OMEGA`);
  const before = await keymap(xvfb);
  await untilSomething(() => Promise.resolve(putBackLeftovers(display) === 1));
  assert.equal(await keymap(xvfb), before);
});

Deno.test("putBackLeftovers() takes notes that make no sense away", async () => {
  await using xvfb = await Xvfb.start();
  await using display = XDisplay.open({ display: xvfb.display });
  const before = await keymap(xvfb);
  for (
    const values of [
      "1",
      "1,99,7",
      "1,99,7,1,4000000000,5",
      "9,9,9,1,1,1",
      "1,99,7,1,3,4,5,6,3,2,7,9,4,1,1,2,2,6,2",
    ]
  ) {
    await xvfb.run("xprop", "-root", "-f", "_PORTHOLE_1", "32c", "-set", "_PORTHOLE_1", values);
    assert.equal(putBackLeftovers(display), 1);
  }
  assert.equal(await keymap(xvfb), before);
  assert.doesNotMatch(await xvfb.run("xprop", "-root"), /_PORTHOLE/);
});

Deno.test("a server that is killed leaves no shared memory and no files behind", async () => {
  await using xvfb = await Xvfb.start();
  const served = await serve(xvfb);
  await using client = await RfbClient.connect({ port: await served.port(), timeoutMs: 10_000 });
  await client.refresh();
  const { stdout } = await new Deno.Command("ipcs", { args: ["-m", "-p"], stdin: "null" }).output();
  const pid = served.pid;
  const own = () =>
    new TextDecoder().decode(stdout).split("\n").filter((line) => line.split(/\s+/).includes(`${pid}`));
  // While it runs: marked for removal already, so that whoever looks sees it as "dest".
  for (const line of own()) {
    const id = line.split(/\s+/)[0]!;
    const { stdout } = await new Deno.Command("ipcs", { args: ["-m"], stdin: "null" }).output();
    const segment = new TextDecoder().decode(stdout).split("\n").find((one) => one.split(/\s+/)[1] === id);
    assert.match(segment ?? "", / 600 .*dest/);
  }
  served.kill("SIGKILL");
  await served.ended();
  await untilSomething(async () => {
    const { stdout } = await new Deno.Command("ipcs", { args: ["-m", "-p"], stdin: "null" }).output();
    return !new TextDecoder().decode(stdout).split("\n").some((line) => line.split(/\s+/).includes(`${pid}`));
  });
  const left = [...Deno.readDirSync(served.folder)].map(({ name }) => name).filter((name) =>
    name !== ".local"
  );
  assert.deepEqual(left, []);
  await served[Symbol.asyncDispose]();
});

/** Keys that the server takes for held. */
async function keysDown(xvfb: Xvfb): Promise<number> {
  await using display = XDisplay.open({ display: xvfb.display });
  const keys = new Uint8Array(32);
  display.x11.XQueryKeymap(display.handle, keys);
  return keys.reduce((sum, byte) => sum + byte.toString(2).replaceAll("0", "").length, 0);
}

async function untilSomething(check: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !await check(); tries++) {
    if (tries > 200) throw new Error("It did not happen");
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
