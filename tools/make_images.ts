/**
 * `deno task images`: takes the pictures of the page in docs/images, in Chromium, of a virtual desktop with a window
 * manager and some programs. Needs what `tools/test` installs.
 *
 * @module
 */
import { VNCServer } from "../lib/mod.ts";
import { TestBrowser, type TestPage } from "../tests/support/browser.ts";
import { eventually, run } from "../tests/support/input_observer.ts";
import { managedWindows, startWindowManager } from "../tests/support/window_manager.ts";
import { Drawing } from "../tests/support/x11_desktop.ts";
import { Xvfb } from "../tests/support/xvfb.ts";

const TARGET = new URL("../docs/images/", import.meta.url);

/** One picture: which page, and what is done on it before. */
interface Picture {
  readonly name: string;
  readonly theme: "dark" | "light";
  readonly viewport: { readonly width: number; readonly height: number };
  readonly phone?: boolean;
  prepare(page: TestPage): Promise<void>;
}

/** A password, so that the page has something to ask. */
const PASSWORD = "porthole";

async function logIn(page: TestPage): Promise<void> {
  await page.reaches("asking");
  await page.page.fill("#password", PASSWORD);
  await page.page.click("#connect");
  await page.reaches("connected");
}

/** Figures need some time until they say something. */
async function watch(page: TestPage): Promise<void> {
  await page.page.click("#tool-statistics");
  await page.page.mouse.move(5, 400);
  await page.page.waitForTimeout(30_000);
}

const PICTURES: readonly Picture[] = [
  {
    name: "page.png",
    theme: "dark",
    viewport: { width: 1120, height: 720 },
    async prepare(page) {
      await logIn(page);
      await watch(page);
    },
  },
  {
    name: "page_light.png",
    theme: "light",
    viewport: { width: 1120, height: 720 },
    async prepare(page) {
      await logIn(page);
      await page.page.waitForTimeout(3000);
      await page.page.click("#tool-picture");
    },
  },
  {
    name: "page_login.png",
    theme: "light",
    viewport: { width: 720, height: 600 },
    prepare: (page) => page.reaches("asking"),
  },
  {
    name: "page_phone.png",
    theme: "dark",
    viewport: { width: 390, height: 760 },
    phone: true,
    async prepare(page) {
      await logIn(page);
      await page.page.click("#tool-keys");
    },
  },
];

/** Something to look at: a terminal that scrolls, a clock, eyes. */
async function furnish(xvfb: Xvfb, resources: AsyncDisposableStack): Promise<void> {
  const drawing = resources.use(await Drawing.start(xvfb.display));
  await drawing.draw("fill -1 0 0 9999 9999 27566b");
  const start = (program: string, ...args: string[]) => {
    const process = new Deno.Command(program, {
      args,
      env: { ...xvfb.env, HOME: "/tmp", PS1: "$ " },
      cwd: new URL("../", import.meta.url),
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    resources.defer(async () => {
      try {
        process.kill("SIGTERM");
      } catch { /* it has ended already */ }
      await process.status;
    });
  };
  const managed = (count: number) =>
    eventually(async () => {
      const { length } = await managedWindows(xvfb.display);
      if (length < count) throw new Error(`${length} windows of ${count} are there`);
    });
  const font = ["-fa", "DejaVu Sans Mono", "-fs", "11"];
  const listing = "ls --color -l; exec sh";
  const ticker = "while :; do ls -l --color lib/*/*.ts | shuf -n 1; sleep 0.1; done";
  resources.use(await startWindowManager(xvfb.display));
  start(
    "xterm",
    ...font,
    "-bg",
    "#0e1a24",
    "-fg",
    "#dbe7ee",
    "-geometry",
    "74x24+50+50",
    "-e",
    "sh",
    "-c",
    listing,
  );
  await managed(1); // behind the others
  start(
    "xterm",
    ...font,
    "-bg",
    "#fffdf6",
    "-fg",
    "#333333",
    "-geometry",
    "76x13+230+440",
    "-e",
    "sh",
    "-c",
    ticker,
  );
  start("xclock", "-geometry", "210x210+840+60", "-update", "1");
  start("xeyes", "-geometry", "210x130+840+330");
  await managed(4);
  await new Promise((resolve) => setTimeout(resolve, 1500)); // the terminals fill
  await run("xdotool", ["mousemove", "700", "300"], xvfb.display);
}

if (import.meta.main) {
  await using resources = new AsyncDisposableStack();
  const xvfb = resources.use(await Xvfb.start({ width: 1120, height: 760 }));
  await furnish(xvfb, resources);
  const server = resources.use(
    new VNCServer({
      hostname: "127.0.0.1",
      port: 0,
      display: xvfb.display,
      password: PASSWORD,
      name: "Workshop",
      web: { port: 0 },
    }),
  );
  await server.start();
  const browser = resources.use(await TestBrowser.start());
  await Deno.mkdir(TARGET, { recursive: true });
  for (const { name, theme, viewport, phone = false, prepare } of PICTURES) {
    await using page = await browser.open(`https://127.0.0.1:${server.webPort}/`, {
      colorScheme: theme,
      viewport,
      hasTouch: phone,
      isMobile: phone,
    });
    await prepare(page);
    const path = new URL(name, TARGET).pathname;
    await page.page.screenshot({ path });
    // A third of the bytes, and nobody sees it.
    await run("convert", [path, "-dither", "None", "-colors", "160", `png8:${path}`], xvfb.display);
  }
}
