/** A question on the desktop, answered by mouse and keyboard. Needs Xvfb and xdotool. @module */
import assert from "node:assert/strict";
import type { Question } from "../../lib/core/questioner.ts";
import { XDisplay } from "../../lib/ffi/x_display.ts";
import { XQuestioner } from "../../lib/ffi/x_question.ts";
import { Xvfb } from "../support/xvfb.ts";

const QUESTION: Question = {
  title: "Somebody wants to see this desktop",
  lines: ["From:  192.0.2.7:51234 (tcp)", "User:  alice", "They want to control keyboard and pointer."],
  choices: [{ label: "Yes", key: "y" }, { label: "View only", key: "v" }, { label: "No", key: "n" }],
  otherwise: (left) => `Is refused in ${left} s`,
  timeoutMs: 20_000,
};

const NEVER = new AbortController().signal;
/** Longer than answers do not count at the beginning. */
const PATIENCE_MS = 1000;

interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

interface Stage extends AsyncDisposable {
  readonly xvfb: Xvfb;
  readonly display: XDisplay;
  readonly questioner: XQuestioner;
}

async function setUp(): Promise<Stage> {
  await using opening = new AsyncDisposableStack();
  const xvfb = opening.use(await Xvfb.start({ width: 800, height: 600 }));
  const display = opening.use(XDisplay.open({ display: xvfb.display }));
  const resources = opening.move();
  return {
    xvfb,
    display,
    questioner: new XQuestioner(display),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Where the window is; waits for it. */
async function windowOf(xvfb: Xvfb): Promise<Place> {
  for (let tries = 0; tries < 200; tries++) {
    const tree = await xvfb.run("xwininfo", "-root", "-children");
    const match = /0x[0-9a-f]+ .*?\s(\d{3,})x(\d{3,})\+\S+\s+\+(\d+)\+(\d+)/.exec(
      tree.split("child")[1] ?? "",
    );
    if (match) {
      const [width, height, x, y] = match.slice(1).map(Number) as [number, number, number, number];
      return { x, y, width, height };
    }
    await sleep(20);
  }
  throw new Error("There is no window");
}

const click = (xvfb: Xvfb, x: number, y: number) =>
  xvfb.run("xdotool", "mousemove", String(Math.round(x)), String(Math.round(y)), "click", "1");

for (const [label, share, expected] of [["Yes", 0.27, 0], ["View only", 0.5, 1], ["No", 0.75, 2]] as const) {
  Deno.test(`XQuestioner takes a click on "${label}"`, async () => {
    await using stage = await setUp();
    const asked = stage.questioner.ask(QUESTION, NEVER);
    const { x, y, width, height } = await windowOf(stage.xvfb);
    await sleep(PATIENCE_MS);
    await click(stage.xvfb, x + width / 2, y + 30); // on no button
    await click(stage.xvfb, x + width * share, y + height - 35);
    assert.equal(await asked, expected);
  });
}

for (const [key, expected] of [["y", 0], ["V", 1], ["n", 2], ["Escape", 2]] as const) {
  Deno.test(`XQuestioner takes the key ${key} while the pointer is over the window`, async () => {
    await using stage = await setUp();
    await stage.xvfb.run("xdotool", "mousemove", "5", "5");
    const asked = stage.questioner.ask(QUESTION, NEVER);
    const { x, y } = await windowOf(stage.xvfb);
    await sleep(PATIENCE_MS);
    await stage.xvfb.run("xdotool", "key", key); // somewhere else
    await stage.xvfb.run("xdotool", "mousemove", String(x + 20), String(y + 20), "key", "q", "key", key);
    assert.equal(await asked, expected);
  });
}

Deno.test("XQuestioner does not take what was typed and clicked when the window appeared", async () => {
  await using stage = await setUp();
  await stage.xvfb.run("xdotool", "mousemove", "400", "300");
  const asked = stage.questioner.ask({ ...QUESTION, timeoutMs: 1500 }, NEVER);
  await windowOf(stage.xvfb);
  await stage.xvfb.run("xdotool", "key", "y", "click", "1");
  assert.equal(await asked, undefined);
  assert.doesNotMatch(
    await stage.xvfb.run("xwininfo", "-root", "-children"),
    /\d{3,}x\d{3,}\+.*\n.*\d{3,}x\d{3,}\+/,
  );
});

Deno.test("XQuestioner takes its window away when it is called off, and when the display goes", async () => {
  const stage = await setUp();
  const off = new AbortController();
  const asked = assert.rejects(stage.questioner.ask(QUESTION, off.signal), /changed my mind/);
  await windowOf(stage.xvfb);
  off.abort(new Error("changed my mind"));
  await asked;
  const lost = assert.rejects(stage.questioner.ask(QUESTION, NEVER), /went/);
  await windowOf(stage.xvfb);
  await stage.xvfb.kill();
  await lost;
  await stage[Symbol.asyncDispose]();
});

Deno.test("XQuestioner stays above windows that are opened later", async () => {
  await using stage = await setUp();
  const asked = stage.questioner.ask(QUESTION, NEVER);
  const { x, y, width, height } = await windowOf(stage.xvfb);
  const { x11, handle, root } = stage.display;
  const other = x11.XCreateSimpleWindow(handle, root, 0, 0, 800, 600, 0, 0, 0x204060);
  x11.XMapWindow(stage.display.handle, other);
  stage.display.sync();
  await sleep(PATIENCE_MS);
  await click(stage.xvfb, x + width * 0.5, y + height - 35);
  assert.equal(await asked, 1);
});
