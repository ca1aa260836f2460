/** The desktop that `--virtual` starts: real Xvfb, window manager and terminal. @module */
import assert from "node:assert/strict";
import { VirtualDesktop } from "../../lib/cli/virtual_desktop.ts";
import { NativeError } from "../../lib/core/errors.ts";
import { resizeDisplay, VNCServer } from "../../lib/mod.ts";
import { eventually, run } from "../support/input_observer.ts";
import { Encoding, RfbClient } from "../support/rfb_client.ts";
import { managedWindows } from "../support/window_manager.ts";

/** Programs whose environment says `display`, by name. */
function programsOn(display: string): string[] {
  return Array.from(Deno.readDirSync("/proc"), ({ name }) => name).filter((name) => /^\d+$/.test(name))
    .filter((pid) => readProc(pid, "environ").split("\0").includes(`DISPLAY=${display}`))
    .map((pid) => readProc(pid, "comm").trim());
}

function readProc(pid: string, file: string): string {
  try {
    return Deno.readTextFileSync(`/proc/${pid}/${file}`);
  } catch {
    return "";
  }
}

async function waitFor(condition: () => boolean): Promise<void> {
  const giveUp = Date.now() + 10_000;
  while (!condition()) {
    assert.ok(Date.now() < giveUp, "Nothing came");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

Deno.test("VirtualDesktop is an X server of the wanted size that only its authority file opens", async () => {
  await using desktop = await VirtualDesktop.start({ width: 800, height: 500 });
  const { display, authority } = desktop;
  assert.match(await run("xdpyinfo", [], display, authority), /dimensions: +800x500 pixels/);
  await assert.rejects(run("xdpyinfo", [], display, "/dev/null"));
  assert.equal(Deno.statSync(authority.slice(0, authority.lastIndexOf("/"))).mode! & 0o777, 0o700);
});

Deno.test("VirtualDesktop runs a window manager and a terminal, which do not learn our passwords", async () => {
  Deno.env.set("PORTHOLE_PASSWORD", "hunter2");
  try {
    await using desktop = await VirtualDesktop.start({ width: 640, height: 480 });
    await waitFor(() => programsOn(desktop.display).includes("openbox"));
    await waitFor(() => programsOn(desktop.display).includes("xterm"));
    for (const { name } of Deno.readDirSync("/proc")) {
      const environment = readProc(name, "environ");
      if (environment.includes(`DISPLAY=${desktop.display}\0`)) assert.doesNotMatch(environment, /hunter2/);
    }
  } finally {
    Deno.env.delete("PORTHOLE_PASSWORD");
  }
});

Deno.test("VirtualDesktop shows its terminal, which does not come before the window manager is ready", async () => {
  // A window that comes too early is hidden or not, as it happens.
  for (let round = 0; round < 3; round++) {
    await using desktop = await VirtualDesktop.start({ width: 640, height: 480 });
    const { display, authority } = desktop;
    await eventually(async () => {
      const [terminal] = await managedWindows(display, authority);
      assert.ok(terminal, "no window is managed");
      assert.match(await run("xwininfo", ["-id", terminal], display, authority), /Map State: IsViewable/);
    });
  }
});

Deno.test("VirtualDesktop that can be resized has the wanted size from the start, and grows when viewers ask", async () => {
  await using desktop = await VirtualDesktop.start({ width: 800, height: 500 }, resizeDisplay);
  const { display, authority } = desktop;
  const geometry = async () =>
    /dimensions: +(\d+x\d+) pixels/.exec(await run("xdpyinfo", [], display, authority))?.[1];
  assert.equal(await geometry(), "800x500");
  await using server = new VNCServer({ hostname: "127.0.0.1", port: 0, display, authority });
  await server.start();
  await using client = await RfbClient.connect({
    port: server.port,
    encodings: [Encoding.Zrle, Encoding.ExtendedDesktopSize, Encoding.Cursor],
    timeoutMs: 10_000,
  });
  await client.refresh();
  assert.deepEqual([client.width, client.height], [800, 500]);
  for (const [width, height] of [[1920, 1080], [3840, 2160], [640, 480]] as const) {
    await client.setDesktopSize(width, height);
    await client.refresh();
    while (client.width !== width) {
      await client.requestUpdate({ incremental: true });
      await client.nextUpdate();
    }
    assert.deepEqual([client.width, client.height], [width, height]);
    assert.equal(await geometry(), `${width}x${height}`);
  }
});

Deno.test("VirtualDesktop.start() makes the desktop as large as it is to be where it cannot be resized", async () => {
  await using desktop = await VirtualDesktop.start({ width: 640, height: 480 }, () => {
    throw new NativeError("RANDR is not there", "XRRQueryExtension");
  });
  const information = await run("xdpyinfo", [], desktop.display, desktop.authority);
  assert.match(information, /dimensions: +640x480 pixels/);
});

Deno.test("VirtualDesktop leaves no program and no file behind when it is disposed", async () => {
  const desktop = await VirtualDesktop.start({ width: 640, height: 480 });
  await waitFor(() => programsOn(desktop.display).includes("xterm"));
  await desktop[Symbol.asyncDispose]();
  assert.deepEqual(programsOn(desktop.display), []);
  assert.throws(() => Deno.statSync(desktop.authority), Deno.errors.NotFound);
  assert.throws(() => Deno.statSync(`/tmp/.X11-unix/X${desktop.display.slice(1)}`), Deno.errors.NotFound);
});

Deno.test("VirtualDesktop leaves nothing behind when its owner is killed", async () => {
  const module = new URL("../../lib/cli/virtual_desktop.ts", import.meta.url).href;
  const owner = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--no-lock",
      "--config=deno.json",
      `data:text/typescript,${
        encodeURIComponent(
          `import { VirtualDesktop } from "${module}";` +
            `const { display, authority } = await VirtualDesktop.start({ width: 640, height: 480 });` +
            `console.log(JSON.stringify({ display, authority })); setInterval(() => {}, 1000);`,
        )
      }`,
    ],
    cwd: new URL("../../", import.meta.url),
    stdout: "piped",
  }).spawn();
  const reader = owner.stdout.getReader();
  const { display, authority } = JSON.parse(new TextDecoder().decode((await reader.read()).value));
  await waitFor(() => programsOn(display).includes("xterm"));
  owner.kill("SIGKILL");
  await owner.status;
  await reader.cancel();
  await waitFor(() => programsOn(display).length === 0);
  await waitFor(() => !exists(authority));
});

Deno.test("VirtualDesktop.start() names the packages when Xvfb is missing", async () => {
  const path = Deno.env.get("PATH")!;
  const folder = await Deno.makeTempDir();
  try {
    for (const program of ["setsid", "sh", "mktemp", "env", "sed", "head", "rm"]) {
      const real = (await run("sh", ["-c", `command -v ${program}`], "")).trim();
      await Deno.symlink(real, `${folder}/${program}`);
    }
    Deno.env.set("PATH", folder);
    await assert.rejects(VirtualDesktop.start({ width: 640, height: 480 }), (error: NativeError) => {
      assert.match(error.message, /Xvfb is not installed.*apt-get install xvfb openbox xterm/);
      return error instanceof NativeError;
    });
  } finally {
    Deno.env.set("PATH", path);
    await Deno.remove(folder, { recursive: true });
  }
});

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}
