/**
 * The executable, as `deno task compile` makes it: alone in an empty folder it serves viewers and browsers, records and
 * plays, tells what it does and whose work is in it, and stops cleanly.
 *
 *     PORTHOLE_EXECUTABLE=$PWD/porthole deno test -A tests/executable.ts
 *
 * Not called *_test.ts, as it needs the executable, which the ordinary run of tests does not make.
 *
 * @module
 */
import assert from "node:assert/strict";
import { lastPicture } from "./recording/_recordings.ts";
import { CHROMIUM, TestBrowser } from "./support/browser.ts";
import { eventually } from "./support/input_observer.ts";
import { freePort } from "./support/peers.ts";
import { Encoding, RfbClient } from "./support/rfb_client.ts";
import { ServedProgram } from "./support/served_program.ts";
import { ViewerDesk, VIEWERS } from "./support/viewers.ts";
import { Drawing } from "./support/x11_desktop.ts";
import { Xvfb } from "./support/xvfb.ts";

const EXECUTABLE = Deno.env.get("PORTHOLE_EXECUTABLE") ?? new URL("../porthole", import.meta.url).pathname;

async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const { code, stdout, stderr } = await new Deno.Command(EXECUTABLE, { args, clearEnv: true }).output();
  return { code, out: new TextDecoder().decode(stdout), err: new TextDecoder().decode(stderr) };
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

Deno.test("the executable tells its version, its options, and what is wrong with them", async () => {
  assert.match((await run("--version")).out, /^\d+\.\d+\.\d+\n$/);
  assert.match((await run("--help")).out, /--frame-rate/);
  const wrong = await run("--frame-rate", "0", "--port", "x");
  assert.equal(wrong.code, 2);
  assert.match(wrong.err, /--port: given "x"[^]*--frame-rate: given 0/);
});

for (const encoding of ["Raw", "Hextile", "Zrle", "Tight"] as const) {
  Deno.test(`the executable serves a full update in ${encoding} from an empty folder and stops cleanly`, async () => {
    await using served = new ServedProgram([EXECUTABLE], ["--display", "pattern:"]);
    const port = await served.port();
    {
      await using client = await RfbClient.connect({ port, encodings: [Encoding[encoding]] });
      const { rects } = await client.refresh();
      const area = rects.reduce((sum, { width, height }) => sum + width * height, 0);
      assert.equal(area, client.width * client.height);
      assert.ok(new Set(client.rgb().pixels).size > 2, "A test card has colours");
    }
    assert.equal(await served.stop(), 0);
    // The certificate that browsers and viewers are to know again is kept, in the user's state folder; nothing else is.
    const left = [...Deno.readDirSync(served.folder)].map(({ name }) => name);
    assert.deepEqual(left.filter((name) => name !== ".local"), []);
  });
}

Deno.test("the executable shares an X display, pixel by pixel", async () => {
  await using xvfb = await Xvfb.start({ width: 320, height: 200 });
  await xvfb.run("xsetroot", "-solid", "#336699");
  await using served = new ServedProgram([EXECUTABLE], ["--display", xvfb.display]);
  // Without Cursor the pointer would be part of the picture.
  const encodings = [Encoding.Zrle, Encoding.Cursor];
  await using client = await RfbClient.connect({ port: await served.port(), encodings });
  await client.refresh();
  assert.deepEqual([client.width, client.height], [320, 200]);
  assert.deepEqual(new Set(client.rgb().pixels), new Set([0x336699]));
  client.close();
  assert.equal(await served.stop(), 0);
});

Deno.test("the executable shows a desktop in TigerVNC's viewer, pixel by pixel", async () => {
  await using xvfb = await Xvfb.start({ width: 400, height: 300 });
  await using drawing = await Drawing.start(xvfb.display);
  await using served = new ServedProgram([EXECUTABLE], ["--display", xvfb.display]);
  const port = await served.port();
  await using desk = await ViewerDesk.start();
  await using viewer = await desk.open(VIEWERS[0]!, { port });
  for (
    const scene of ["fill -1 0 0 9999 9999 2b5c74", "noise -1 40 30 100 80 3", "text -1 10 200 ffffff Hello"]
  ) {
    await drawing.draw(scene);
    await viewer.shows(() => drawing.screenshot());
  }
});

Deno.test({
  name: "the executable's page shows a desktop in Chromium, pixel by pixel",
  ignore: !isFile(CHROMIUM),
  // Chromium's pipes stay with Playwright for a while.
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    await using xvfb = await Xvfb.start({ width: 400, height: 300 });
    await using drawing = await Drawing.start(xvfb.display);
    const port = freePort();
    // Not every runtime that an executable can be made with knows where a WebSocket comes from.
    const options = ["--web-port", String(port), "--insecure-no-auth"];
    await using served = new ServedProgram([EXECUTABLE], ["--display", xvfb.display, ...options]);
    await served.port();
    await using browser = await TestBrowser.start();
    await using page = await browser.open(`http://127.0.0.1:${port}/`);
    await page.reaches("connected");
    await drawing.draw("fill -1 0 0 9999 9999 2b5c74", "noise -1 40 30 100 80 3");
    await page.shows(() => drawing.screenshot());
    assert.deepEqual(page.problems, []);
  },
});

Deno.test("the executable records a desktop, plays what it recorded before it was killed, and exports it", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/desktop.phr`;
    {
      await using served = new ServedProgram([EXECUTABLE], ["--display", "pattern:", "--record", path]);
      await served.port();
      await eventually(async () => assert.ok(await lastPicture(path)), 30_000);
      served.kill("SIGKILL");
      await served.ended();
    }
    await using served = new ServedProgram([EXECUTABLE, "play", path], ["--loop"]);
    {
      await using client = await RfbClient.connect({
        port: await served.port(),
        encodings: [Encoding.Tight],
      });
      await client.refresh();
      assert.match(client.name, /^Recording /);
      assert.ok(new Set(client.rgb().pixels).size > 2, "A test card has colours");
    }
    assert.equal(await served.stop(), 0);
    const { code, out } = await run("export", path, `${folder}/desktop.fbs`);
    assert.deepEqual([code, out], [0, `${path} was exported to ${folder}/desktop.fbs\n`]);
    const fbs = await Deno.readFile(`${folder}/desktop.fbs`);
    assert.equal(new TextDecoder().decode(fbs.subarray(0, 12)), "FBS 001.000\n");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("the executable tells whose work is in it, with the licences in full", async () => {
  const { code, out } = await run("licenses");
  assert.equal(code, 0);
  assert.equal(out, await Deno.readTextFile(new URL("../docs/licenses.txt", import.meta.url)));
});

Deno.test("the executable completes its options in bash", async () => {
  const { code, out } = await run("completions", "bash");
  assert.equal(code, 0);
  assert.match(out, /complete .*_porthole/);
  assert.equal((await run("completions", "bash", "--clip")).out.trim(), "--clipboard");
});

Deno.test("the executable tells Prometheus and operators what it does", async () => {
  const runtime = await Deno.makeTempDir();
  try {
    const env = { XDG_RUNTIME_DIR: runtime };
    const port = freePort();
    await using served = new ServedProgram(
      [EXECUTABLE],
      ["--display", "pattern:", "--metrics-port", String(port)],
      env,
    );
    await using client = await RfbClient.connect({ port: await served.port(), encodings: [Encoding.Zrle] });
    await client.refresh();
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    assert.match(text, /^porthole_sessions 1$/m);
    assert.match(text, /^process_open_fds \d+$/m);
    for (const args of [["ctl", "list", "--json"], ["top", "--once", "--json"]]) {
      const { code, stdout } = await new Deno.Command(EXECUTABLE, { args, clearEnv: true, env }).output();
      const told = JSON.parse(new TextDecoder().decode(stdout));
      assert.equal(code, 0);
      assert.match((told.sessions ?? told)[0].address, /^127\.0\.0\.1:/);
    }
    client.close();
    assert.equal(await served.stop(), 0);
  } finally {
    await Deno.remove(runtime, { recursive: true });
  }
});

Deno.test("the executable starts a virtual desktop and takes it along when it stops", async () => {
  await using served = new ServedProgram([EXECUTABLE], ["--virtual", "640x480"]);
  {
    await using client = await RfbClient.connect({ port: await served.port() });
    assert.deepEqual([client.width, client.height], [640, 480]);
  }
  assert.equal(await served.stop(), 0);
});

Deno.test("the executable has the page in it", async () => {
  await using served = new ServedProgram([EXECUTABLE], ["--display", "pattern:", "--one-port"]);
  const port = await served.port();
  for (
    const [path, pattern] of [["", /<title>Porthole/], ["page.js", /noVNC/], [
      "licenses.txt",
      /Mozilla/,
    ]] as const
  ) {
    const response = await fetch(`http://127.0.0.1:${port}/${path}`);
    assert.equal(response.status, 200);
    assert.match(await response.text(), pattern);
  }
  assert.equal(await served.stop(), 0);
  const state = [...Deno.readDirSync(`${served.folder}/.local/state/porthole`)].map(({ name }) => name);
  assert.ok(state.includes("certificate.pem"), "what is kept is kept where it belongs");
});
