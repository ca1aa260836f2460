/**
 * The clipboard with real programs: xclip and xterm.
 *
 * @module
 */
import assert from "node:assert/strict";
import { configure, type LogRecord, reset } from "@logtape/logtape";
import { X11Selections, type X11SelectionsOptions } from "../../lib/clipboard/x11_selections.ts";
import { DisplayLostError } from "../../lib/core/errors.ts";
import "../../lib/core/log_carried.ts";
import { XDisplay } from "../../lib/ffi/x_display.ts";
import { type SelectionListener, XSelectionWindow } from "../../lib/ffi/x_selection.ts";
import { XTestInput } from "../../lib/input/xtest.ts";
import { Xvfb } from "../support/xvfb.ts";

/** A server, a clipboard on it, and xclip. */
async function desk(options: X11SelectionsOptions = {}) {
  const stack = new AsyncDisposableStack();
  const server = stack.use(await Xvfb.start());
  const display = stack.use(XDisplay.open({ display: server.display }));
  const clipboard = stack.use(new X11Selections(display, options));
  const owners: Deno.ChildProcess[] = [];
  stack.defer(async () => {
    for (const owner of owners) {
      try {
        owner.kill("SIGTERM");
      } catch { /* it has ended already */ }
      await owner.status;
    }
  });
  return {
    server,
    display,
    clipboard,
    /** Copies as a program does that stays there to answer. */
    async copy(text: string, selection = "clipboard", ...args: readonly string[]) {
      const process = new Deno.Command("xclip", {
        args: ["-i", "-quiet", "-selection", selection, ...args],
        env: server.env,
        stdin: "piped",
        stdout: "null",
        stderr: "null",
      }).spawn();
      owners.push(process);
      const writer = process.stdin.getWriter();
      await writer.write(new TextEncoder().encode(text));
      await writer.close();
    },
    paste: (selection = "clipboard", target = "UTF8_STRING") =>
      server.run("xclip", "-o", "-selection", selection, "-target", target),
    /** Resolves when what was offered is there. */
    async offered(text: string) {
      clipboard.offer(text);
      await settle(display);
    },
    next: (ms = 10_000) => clipboard.changed(AbortSignal.timeout(ms)),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** Some turns with the server: it tells its time, the selections become ours. */
async function settle(display: XDisplay): Promise<void> {
  for (let turn = 0; turn < 3; turn++) {
    display.sync();
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
}

/** Hears of nothing. */
const DEAF: SelectionListener = {
  ownerChanged() {},
  answered() {},
  requested() {},
  lost() {},
  propertyChanged() {},
};

const LONG = Array.from({ length: 30_000 }, (_, at) => `${at} ж日`).join("\n");

Deno.test("X11Selections.changed() brings what programs copy, of both selections", async () => {
  await using d = await desk();
  await d.copy("hello");
  assert.deepEqual(await d.next(), { serial: 1, text: "hello" });
  await d.copy("Привет, 日本 😀 €\nline two", "primary");
  assert.deepEqual(await d.next(), { serial: 2, text: "Привет, 日本 😀 €\nline two" });
});

Deno.test("X11Selections.offer() lets programs paste, from both selections, in all forms of text (ICCCM 2.6.2)", async () => {
  await using d = await desk();
  const text = "Grüße, мир 日本 😀\nzwei";
  await d.offered(text);
  for (const selection of ["clipboard", "primary"]) {
    assert.equal(await d.paste(selection), text);
    assert.equal(await d.paste(selection, "TEXT"), text);
    assert.equal(await d.paste(selection, "text/plain;charset=utf-8"), text);
    assert.equal(await d.paste(selection, "COMPOUND_TEXT"), `\x1b%G${text}\x1b%@`);
  }
  const latin = await new Deno.Command("xclip", { args: ["-o", "-target", "STRING"], env: d.server.env })
    .output();
  assert.equal(String.fromCharCode(...latin.stdout), "Gr\xfc\xdfe, ??? ?? ?\nzwei");
  const targets = (await d.paste("clipboard", "TARGETS")).trim().split("\n");
  for (const target of ["TARGETS", "TIMESTAMP", "MULTIPLE", "UTF8_STRING", "STRING"]) {
    assert.ok(targets.includes(target), target);
  }
  assert.match(await d.paste("clipboard", "TIMESTAMP"), /^\d+\s*$/);
  await assert.rejects(d.paste("clipboard", "image/png"));
});

Deno.test("X11Selections carries long texts in parts, both ways (ICCCM 2.7.2)", async () => {
  await using d = await desk();
  assert.ok(new TextEncoder().encode(LONG).length > 300_000);
  await d.offered(LONG);
  const [first, second] = await Promise.all([d.paste("clipboard"), d.paste("primary")]);
  assert.equal(first, LONG);
  assert.equal(second, LONG);
  // xclip gives in parts what is longer than a request of the server.
  const longer = "x".repeat(900_000);
  await d.copy(longer);
  assert.equal((await d.next()).text, longer);
});

Deno.test("X11Selections receives a text that its owner gives in parts (ICCCM 2.7.2)", async () => {
  await using server = await Xvfb.start();
  await using display = XDisplay.open({ display: server.display });
  await using source = XDisplay.open({ display: server.display });
  await using clipboard = new X11Selections(display);
  await using other = new X11Selections(source); // gives in parts from 256 KiB on
  assert.ok(new TextEncoder().encode(LONG).length > 256 * 1024);
  other.offer(LONG);
  assert.equal((await clipboard.changed(AbortSignal.timeout(10_000))).text, LONG);
});

Deno.test("X11Selections does not offer what is longer than its limit, and goes on", async () => {
  await using d = await desk({ limit: 1000 });
  await d.copy("y".repeat(1_000_000));
  await d.copy("z".repeat(1001), "primary");
  await d.server.run("sleep", "0.3");
  await d.copy("short");
  assert.equal((await d.next()).text, "short");
});

Deno.test("X11Selections does not hear its own texts, nor the same text twice, nor none", async () => {
  await using d = await desk();
  await d.offered("ours");
  await d.copy("ours"); // a clipboard manager takes it over
  await d.copy("ours", "primary");
  await d.server.run("sleep", "0.2");
  await d.copy("", "clipboard");
  await d.server.run("sleep", "0.2");
  await d.copy("theirs");
  assert.deepEqual(await d.next(), { serial: 1, text: "theirs" });
  await d.copy("theirs", "primary");
  await d.server.run("sleep", "0.2");
  d.clipboard.offer("");
  await d.copy("new");
  assert.deepEqual(await d.next(), { serial: 2, text: "new" });
});

Deno.test("X11Selections takes part in one selection only where that is asked for", async () => {
  await using d = await desk({ selections: "primary" });
  await d.copy("in clipboard");
  await d.server.run("sleep", "0.2");
  await d.copy("in primary", "primary");
  assert.equal((await d.next()).text, "in primary");
  await d.offered("offered");
  assert.equal(await d.paste("primary"), "offered");
  assert.equal(await d.paste("clipboard"), "in clipboard");
});

Deno.test("X11Selections takes what is there when it begins", async () => {
  await using server = await Xvfb.start();
  await using source = XDisplay.open({ display: server.display });
  await using other = new X11Selections(source);
  other.offer("from before");
  await settle(source);
  await using display = XDisplay.open({ display: server.display });
  await using clipboard = new X11Selections(display);
  assert.equal((await clipboard.changed(AbortSignal.timeout(10_000))).text, "from before");
});

Deno.test("X11Selections does not wait for an owner that never answers", async () => {
  await using d = await desk();
  await using rude = XDisplay.open({ display: d.server.display });
  using rudeWindow = new XSelectionWindow(rude, DEAF);
  assert.ok(rudeWindow.own(rude.atom("CLIPBOARD"), 0));
  await settle(d.display);
  await d.copy("polite", "primary");
  assert.equal((await d.next(1500)).text, "polite");
  await d.copy("polite, too"); // while the other has not answered yet
  assert.equal((await d.next(1500)).text, "polite, too");
});

Deno.test("X11Selections does not wait for an owner that announces parts and gives none (ICCCM 2.7.2)", async () => {
  await using d = await desk();
  await using rude = XDisplay.open({ display: d.server.display });
  const asked = Promise.withResolvers<void>();
  using owner: XSelectionWindow = new XSelectionWindow(rude, {
    ...DEAF,
    requested(request) {
      owner.put(request.requestor, request.property, rude.atom("INCR"), [1000]);
      owner.answer(request, request.property);
      asked.resolve();
    },
  });
  assert.ok(owner.own(rude.atom("CLIPBOARD"), 0));
  await asked.promise;
  await d.copy("polite", "primary");
  assert.equal((await d.next(1500)).text, "polite");
});

Deno.test("X11Selections gives several forms at once, and says which it cannot (ICCCM 2.6.2 MULTIPLE)", async () => {
  await using d = await desk();
  await d.offered("several");
  await using asking = XDisplay.open({ display: d.server.display });
  const answer = Promise.withResolvers<number>();
  using page = new XSelectionWindow(asking, {
    ...DEAF,
    answered: ({ property }) => answer.resolve(property),
  });
  const [list, one, two] = ["LIST", "ONE", "TWO"].map((name) => asking.atom(name));
  const [utf8, png, multiple] = ["UTF8_STRING", "image/png", "MULTIPLE"].map((name) => asking.atom(name));
  page.put(page.id, list!, asking.atom("ATOM_PAIR"), [utf8!, one!, png!, two!]);
  page.convert(asking.atom("CLIPBOARD"), multiple!, list!, 0);
  assert.equal(await answer.promise, list);
  assert.deepEqual([...page.take(page.id, list!, 100)!.items], [utf8, one, png, 0]);
  assert.equal(new TextDecoder().decode(page.take(page.id, one!, 100)!.bytes), "several");
  assert.equal(page.take(page.id, two!, 100), undefined);
});

Deno.test("X11Selections outlives programs that ask and leave", async () => {
  await using d = await desk();
  await d.offered(LONG);
  for (let time = 0; time < 5; time++) {
    const asking = XDisplay.open({ display: d.server.display });
    const window = new XSelectionWindow(asking, DEAF);
    window.convert(asking.atom("CLIPBOARD"), asking.atom("UTF8_STRING"), asking.atom("ANY"), 0);
    asking.sync();
    await asking[Symbol.asyncDispose]();
  }
  assert.equal(await d.paste(), LONG);
});

Deno.test("X11Selections does without XFIXES, more slowly", async () => {
  // This server ends with the first client that leaves it, so nobody may before the end of the test.
  await using server = await Xvfb.start({ args: ["-extension", "XFIXES"] });
  await using display = XDisplay.open({ display: server.display });
  await using clipboard = new X11Selections(display);
  await using source = XDisplay.open({ display: server.display });
  await using other = new X11Selections(source);
  other.offer("polled");
  assert.equal((await clipboard.changed(AbortSignal.timeout(10_000))).text, "polled");
  clipboard.offer("back");
  assert.equal((await other.changed(AbortSignal.timeout(10_000))).text, "back");
});

Deno.test("X11Selections copies from and pastes into an xterm", async () => {
  await using d = await desk();
  const file = await Deno.makeTempFile();
  const xterm = new Deno.Command("xterm", {
    args: [
      "-u8",
      "-geometry",
      "80x24+0+0",
      "-e",
      "sh",
      "-c",
      `printf 'Wörter-жя\\n'; read line; printf %s "$line" > ${file}; sleep 60`,
    ],
    env: { ...d.server.env, LC_ALL: "C.UTF-8" },
    stdout: "null",
    stderr: "null",
  }).spawn();
  try {
    await using input = new XTestInput(d.display);
    const sink = input.open();
    let text = "";
    // The window is there when a double click on its first line selects the word.
    for (let attempt = 0; attempt < 40 && text === ""; attempt++) {
      for (const buttons of [1, 0, 1, 0]) sink.pointer({ x: 20, y: 8 }, buttons);
      await sink.flushed();
      text = await d.next(300).then(({ text }) => text, () => "");
    }
    assert.match(text, /^W.*/);
    await d.offered("вставлено ü\n");
    for (const buttons of [2, 0]) sink.pointer({ x: 20, y: 60 }, buttons);
    await sink.flushed();
    let pasted = "";
    for (let attempt = 0; attempt < 100 && pasted === ""; attempt++) {
      await d.server.run("sleep", "0.05");
      pasted = await Deno.readTextFile(file);
    }
    assert.equal(pasted, "вставлено ü");
  } finally {
    xterm.kill("SIGTERM");
    await xterm.status;
    await Deno.remove(file);
  }
});

Deno.test("X11Selections never logs what it carries", async () => {
  const records: LogRecord[] = [];
  await configure({
    sinks: { memory: (record) => records.push(record) },
    loggers: [{ category: [], sinks: ["memory"], lowestLevel: "trace" }],
    reset: true,
  });
  try {
    await using d = await desk({ limit: 30 });
    await d.copy("a secret word");
    await d.next();
    await d.offered("a secret answer");
    await d.paste();
    await d.copy("a secret that is too long for the limit");
    await d.copy("a secret at last", "primary");
    await d.next();
    assert.ok(
      !JSON.stringify(records.map(({ message, properties }) => [message, properties])).includes("secret"),
    );
  } finally {
    await reset();
  }
});

Deno.test("X11Selections.changed() throws when the X server has gone, and when its signal aborts", async () => {
  await using d = await desk();
  await assert.rejects(d.clipboard.changed(AbortSignal.timeout(1)), { name: "TimeoutError" });
  const waiting = d.clipboard.changed(new AbortController().signal);
  const rejection = assert.rejects(waiting, DisplayLostError);
  await d.server.kill();
  await rejection;
  d.clipboard.offer("into the void");
});
