/** noVNC as Debian packages it, all of it: its own pages, from another web server. @module */
import assert from "node:assert/strict";
import { extname } from "node:path";
import type { VNCServerOptions } from "../../lib/mod.ts";
import type { TestPage } from "../support/browser.ts";
import { IN_CHROMIUM, Stage } from "../support/browser_stage.ts";
import { eventually, Terminal } from "../support/input_observer.ts";

/** Where the package has its files. */
const FOLDER = "/usr/share/novnc";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".json": "application/json",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".png": "image/png",
};

/** A plain web server that has noVNC's files and knows nothing of desktops. Owns its port. */
class NovncSite implements AsyncDisposable {
  readonly #server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async ({ url }) => {
    const { pathname } = new URL(url);
    try {
      const type = TYPES[extname(pathname)] ?? "application/octet-stream";
      return new Response(await Deno.readFile(FOLDER + pathname), { headers: { "content-type": type } });
    } catch {
      return new Response("Not found", { status: 404 });
    }
  });

  get origin(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  /** The address that has one of its pages connect to a desktop's web port. */
  address(page: string, settings: Readonly<Record<string, string | number>>): string {
    const values = Object.entries({ host: "127.0.0.1", ...settings }).map(([name, value]) =>
      `${name}=${value}`
    );
    return `${this.origin}/${page}?${values.join("&")}`;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#server.shutdown();
  }
}

/** Opens one of noVNC's pages. @param canvas Where it draws. */
async function open(stage: Stage, url: string, canvas: string): Promise<TestPage> {
  const page = await stage.browser.open(url);
  page.canvas = canvas;
  return page;
}

const PAGES = [
  { page: "vnc.html", path: "websockify", canvas: "#noVNC_container canvas" },
  { page: "vnc.html", path: "", canvas: "#noVNC_container canvas" },
  { page: "vnc_lite.html", path: "websockify", canvas: "#screen canvas" },
] as const;

for (const { page: name, path, canvas } of PAGES) {
  Deno.test(
    `stock noVNC's ${name} at another web server shows the desktop at /${path}, and types into it`,
    IN_CHROMIUM,
    async () => {
      await using site = new NovncSite();
      await using stage = await Stage.start({ password: "secret", allowedOrigins: [site.origin] });
      await using terminal = await Terminal.start(stage.xvfb.display);
      const settings = { port: stage.server.webPort!, path, autoconnect: 1, password: "secret" };
      await using page = await open(stage, site.address(name, settings), canvas);
      await page.page.waitForSelector(canvas, { state: "attached" });
      await page.shows(stage.screenshot);
      assert.deepEqual(stage.server.sessions.map(({ transport }) => transport), ["websocket"]);
      assert.ok(page.requests.includes(`ws://127.0.0.1:${stage.server.webPort}/${path}`), `${page.requests}`);
      await page.page.locator(canvas).focus();
      await page.page.keyboard.type("ls -l", { delay: 5 });
      await page.page.keyboard.press("Enter");
      await terminal.typed("ls -l\r");
      await page.shows(stage.screenshot);
      assert.deepEqual(page.problems.filter((problem) => !/404/.test(problem)), []);
    },
  );
}

/** What vnc.html says when something went wrong. */
const NOVNC_STATUS = "#noVNC_status";

async function connects(stage: Stage, site: NovncSite, settings: Record<string, string | number>) {
  const url = site.address("vnc.html", { path: "websockify", autoconnect: 1, ...settings });
  return await open(stage, url, "#noVNC_container canvas");
}

Deno.test(
  "stock noVNC of an origin that is not allowed is refused, and comes in once it is",
  IN_CHROMIUM,
  async () => {
    await using site = new NovncSite();
    const turnedAway: string[] = [];
    const options: VNCServerOptions = { allowedOrigins: ["https://desk.example.org"] };
    await using stage = await Stage.start(options);
    const settings = { port: stage.server.webPort! };
    {
      await using page = await connects(stage, site, settings);
      await eventually(async () => {
        assert.match(await page.page.innerText(NOVNC_STATUS), /Failed to connect|connection is closed/);
      });
      turnedAway.push(...page.problems.filter((problem) => /WebSocket.*403/.test(problem)));
    }
    assert.equal(turnedAway.length, 1, "the browser has told that it was refused");
    assert.deepEqual(stage.server.sessions, []);
    stage.server.reload({ allowedOrigins: [site.origin] });
    await using page = await connects(stage, site, settings);
    await page.shows(stage.screenshot);
  },
);

Deno.test(
  "stock noVNC comes by wss where it is told to encrypt, and at the port for everything",
  IN_CHROMIUM,
  async () => {
    await using site = new NovncSite();
    const options = { web: undefined, onePort: true, allowedOrigins: [site.origin] };
    await using stage = await Stage.start(options);
    const { port } = stage.server;
    await eventually(async () => {
      // On a machine that is very busy the first attempt may come too late (docs/browsers.md).
      await using page = await connects(stage, site, { port, encrypt: 1 });
      await page.shows(stage.screenshot, 5000);
      assert.ok(page.requests.includes(`wss://127.0.0.1:${port}/websockify`), `${page.requests}`);
    }, 30_000);
  },
);
