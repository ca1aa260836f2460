/**
 * Starting a server: it listens as soon as its screen is open; what comes behind may fail, or be stopped.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Rect } from "../lib/core/geometry.ts";
import type { Frame } from "../lib/core/pixels.ts";
import { VNCServer, type VNCServerOptions } from "../lib/mod.ts";
import { MemoryScreen } from "./support/memory_screen.ts";
import { freePort } from "./support/peers.ts";

/** A screen that is first looked at when a test lets it be, and that counts its ends. */
class WaitingScreen extends MemoryScreen {
  readonly wanted = Promise.withResolvers<void>();
  readonly allowed = Promise.withResolvers<void>();
  ends = 0;

  constructor() {
    super(64, 48);
  }

  override async capture(rects: readonly Rect[]): Promise<Frame> {
    this.wanted.resolve();
    await this.allowed.promise;
    return await super.capture(rects);
  }

  override [Symbol.asyncDispose](): Promise<void> {
    this.ends++;
    return super[Symbol.asyncDispose]();
  }
}

function serverOf(
  screen: WaitingScreen,
  options: VNCServerOptions = {},
): { server: VNCServer; port: number } {
  const port = freePort();
  const common = { hostname: "127.0.0.1", port, workers: 0 };
  const server = new VNCServer({ ...common, openDesktop: () => Promise.resolve({ screen }), ...options });
  return { server, port };
}

/** @throws Somebody listens there. */
function assertFree(port: number): void {
  Deno.listen({ hostname: "127.0.0.1", port }).close();
}

Deno.test("VNCServer.start() listens before it first looks at its screen, and peers that come wait", async () => {
  const screen = new WaitingScreen();
  const { server, port } = serverOf(screen);
  await using _server = server;
  const started = server.start();
  await screen.wanted.promise;
  using peer = await Deno.connect({ hostname: "127.0.0.1", port });
  screen.allowed.resolve();
  await started;
  const greeting = new Uint8Array(12);
  assert.equal(await peer.read(greeting), 12);
  assert.equal(new TextDecoder().decode(greeting), "RFB 003.008\n");
});

/** Options by which a start fails when the server listens already, and the error. @param taken A port that is. */
const WRONG: Record<string, (taken: number) => readonly [options: VNCServerOptions, error: string]> = {
  "a certificate that is not there": () => [{ certificateFile: "/nowhere/certificate.pem" }, "ConfigError"],
  "a recording that cannot be made": () => [{ record: { path: "/nowhere/recording" } }, "RecordingError"],
  "a port for metrics that is taken": (port) => [{ metrics: { port } }, "NativeError"],
};

for (const [what, wrong] of Object.entries(WRONG)) {
  Deno.test(`VNCServer.start() keeps nothing open when it finds ${what}`, async () => {
    using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const [options, error] = wrong((taken.addr as Deno.NetAddr).port);
    const screen = new WaitingScreen();
    screen.allowed.resolve();
    const { server, port } = serverOf(screen, options);
    await assert.rejects(server.start(), { name: error });
    assert.equal(screen.ends, 1);
    assertFree(port);
    await server.stop();
    assert.equal(screen.ends, 1);
  });
}

Deno.test("VNCServer.start() closes the screen when its port is taken, and can be tried again", async () => {
  const screens = [new WaitingScreen(), new WaitingScreen()] as const;
  const port = freePort();
  let opened = 0;
  const openDesktop = () => Promise.resolve({ screen: screens[opened++]! });
  await using server = new VNCServer({ hostname: "127.0.0.1", port, openDesktop });
  for (const screen of screens) screen.allowed.resolve();
  {
    using _other = Deno.listen({ hostname: "127.0.0.1", port });
    await assert.rejects(server.start(), { name: "NativeError" });
  }
  assert.equal(screens[0].ends, 1);
  await server.start();
  assert.deepEqual([server.port, screens[1].ends], [port, 0]);
});

Deno.test("VNCServer.stop() in the middle of start() leaves nothing behind", async () => {
  const screen = new WaitingScreen();
  const { server, port } = serverOf(screen);
  const started = server.start();
  await screen.wanted.promise;
  await server.stop();
  assertFree(port);
  screen.allowed.resolve();
  await started;
  await server.finished;
  assert.equal(screen.ends, 1);
  assert.throws(() => server.accept(undefined!), { name: "TypeError" });
});
