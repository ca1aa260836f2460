/** Whether an X server answers, and what happens while it does not (XGrabServer). Needs Xvfb and gcc. @module */
import assert from "node:assert/strict";
import { VNCServer } from "../../lib/mod.ts";
import { XDisplay } from "../../lib/ffi/x_display.ts";
import { buildC, Program } from "../support/program.ts";
import { Encoding, RfbClient } from "../support/rfb_client.ts";
import { compareRgb } from "../support/rgb_image.ts";
import { Drawing } from "../support/x11_desktop.ts";
import { Xvfb } from "../support/xvfb.ts";

const XK_A = 0x61;
const GRAB_MS = 3000;

async function grabber(xvfb: Xvfb): Promise<Program> {
  const program = await buildC(new URL("../support/native/grab_server.c", import.meta.url), "-lX11");
  return Program.start(program, [], xvfb.env);
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

Deno.test("XPulse says no at once while another program has grabbed the server, and tells when it lets go", async () => {
  await using xvfb = await Xvfb.start();
  await using program = await grabber(xvfb);
  await using display = XDisplay.open({ display: xvfb.display });
  const { pulse } = display;
  assert.equal(pulse.answers(), true);
  await pulse.beat();
  await program.say("1000");
  await program.until(/grabbed/);
  const began = performance.now();
  assert.equal(pulse.answers(), false);
  for (let i = 0; i < 100; i++) assert.equal(pulse.answers(), false);
  assert.ok(performance.now() - began < 500, `${performance.now() - began} ms`);
  await pulse.beat();
  assert.ok(performance.now() - began > 500);
  await program.until(/let go/);
  assert.equal(pulse.answers(), true);
});

Deno.test("XPulse does not take what other programs send for an answer, and ends with the display", async () => {
  const xvfb = await Xvfb.start();
  const program = await grabber(xvfb);
  await using display = XDisplay.open({ display: xvfb.display });
  assert.equal(display.pulse.answers(), true);
  await program.say("5000");
  await program.until(/grabbed/);
  assert.equal(display.pulse.answers(), false);
  const waiting = display.pulse.beat();
  await xvfb.kill();
  await waiting;
  assert.equal(display.lost, true);
  await program[Symbol.asyncDispose]();
});

/** Ways to keep an X server from answering for a while, each of which returns when it has begun, and says when it is over. */
const HINDRANCES: Readonly<
  Record<string, (xvfb: Xvfb, program: Program) => Promise<() => Promise<unknown>>>
> = {
  "another program has grabbed the X server": async (_xvfb, program) => {
    await program.say(String(GRAB_MS));
    await program.until(/grabbed/);
    return () => program.until(/let go/);
  },
  "the X server stands still": (xvfb) => {
    Deno.kill(xvfb.pid, "SIGSTOP");
    // By another program: this one may be what stands still next.
    const waker = new Deno.Command("sh", { args: ["-c", `sleep ${GRAB_MS / 1000}; kill -CONT ${xvfb.pid}`] })
      .spawn();
    return Promise.resolve(() => waker.status);
  },
};

for (const [what, hinder] of Object.entries(HINDRANCES)) {
  Deno.test(`while ${what}, all are served, and what was typed and drawn comes later`, async () => {
    await serveWhile(hinder);
  });
}

async function serveWhile(hinder: (typeof HINDRANCES)[string]): Promise<void> {
  await using xvfb = await Xvfb.start({ width: 320, height: 240 });
  await using drawing = await Drawing.start(xvfb.display);
  await using program = await grabber(xvfb);
  await using server = new VNCServer({
    display: xvfb.display,
    hostname: "127.0.0.1",
    port: 0,
    metrics: false,
  });
  await server.start();
  const encodings = [Encoding.Raw, Encoding.Cursor, Encoding.Fence];
  const options = { port: server.port, encodings, timeoutMs: 15_000 };
  await using first = await RfbClient.connect(options);
  await using second = await RfbClient.connect(options);
  await first.refresh();
  await second.refresh();
  const over = await hinder(xvfb, program);
  const until = performance.now() + GRAB_MS - 500;
  // The first one wants pictures and types, which the server has to be asked for.
  await first.requestUpdate({ incremental: false });
  await first.key(XK_A, true);
  await first.pointer(20, 30, 1);
  const waits: number[] = [];
  while (performance.now() < until) {
    const began = performance.now();
    await using third = await RfbClient.connect(options); // who comes anew is served, too
    assert.equal(third.width, 320);
    waits.push(performance.now() - began);
    await sleep(50);
  }
  assert.ok(waits.length > 3 && Math.max(...waits) < 1000, `${waits.map(Math.round)}`);
  await over();
  await drawing.draw("fill -1 10 10 100 100 ff8800");
  for (const client of [first, second]) {
    await client.refresh();
    const { wrong } = compareRgb(client.rgb(), await drawing.screenshot());
    assert.equal(wrong, 0);
  }
  await using display = XDisplay.open({ display: xvfb.display });
  const keys = new Uint8Array(32);
  for (let tries = 0; tries < 100 && keys.every((byte) => byte === 0); tries++) {
    display.x11.XQueryKeymap(display.handle, keys);
    await sleep(20);
  }
  assert.ok(keys.some((byte) => byte !== 0), "the key never arrived");
}
