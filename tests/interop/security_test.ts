/**
 * Real viewers come in through each security type that they know.
 *
 * @module
 */
import assert from "node:assert/strict";
import { hashPassword } from "../../lib/security/users.ts";
import { TestServer, type TestServerOptions } from "../support/test_server.ts";
import { type ViewerDefinition, ViewerDesk } from "../support/viewers.ts";

/** TigerVNC's viewer, made to use one type; it knows the certificate, if one is asked for. */
function tigervnc(type: string, certificate: string): ViewerDefinition {
  return {
    name: "xtigervncviewer",
    encodings: [],
    lossy: false,
    args: ({ port }, passwordFile) => [
      `-SecurityTypes=${type}`,
      `-X509CA=${certificate}`,
      "-AlertOnFatalError=0",
      "-ReconnectOnError=0",
      "-RemoteResize=0",
      "-NoJPEG=1",
      ...(passwordFile === undefined ? [] : [`-PasswordFile=${passwordFile}`]),
      `localhost::${port}`,
    ],
  };
}

/** Waits until somebody has come in. */
async function cameIn({ server }: TestServer, method: string): Promise<void> {
  for (let tries = 0; server.sessions.length === 0; tries++) {
    assert.ok(tries < 200, "the viewer comes in");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.equal(server.sessions[0]!.security, method);
}

const CASES: readonly (readonly [string, string | undefined, TestServerOptions])[] = [
  ["X509None", undefined, {}],
  ["X509Vnc", "geheim", { password: "geheim" }],
];

for (const [type, password, options] of CASES) {
  Deno.test(`xtigervncviewer shows the screen through VeNCrypt ${type}`, async () => {
    const state = await Deno.makeTempDir({ prefix: "porthole-state-" });
    await using server = await TestServer.start({ encryption: "always", stateFolder: state, ...options });
    assert.ok(server.server.fingerprint);
    server.screen.draw({ x: 20, y: 20, width: 60, height: 50 }, 0x3366cc);
    await using desk = await ViewerDesk.start();
    await using viewer = await desk.open(tigervnc(type, `${state}/certificate.pem`), {
      port: server.server.port,
      ...(password !== undefined && { password }),
    });
    await cameIn(server, `VeNCrypt ${type}`);
    await viewer.shows(() => Promise.resolve(server.rgb()));
    await Deno.remove(state, { recursive: true });
  });
}

Deno.test("xtigervncviewer logs in by name through VeNCrypt X509Plain", async () => {
  const state = await Deno.makeTempDir({ prefix: "porthole-state-" });
  const users = new Map([[
    "anna",
    { name: "anna", role: "viewer", hash: await hashPassword("geheim") } as const,
  ]]);
  await using server = await TestServer.start({ encryption: "always", stateFolder: state, users });
  assert.ok(server.server.fingerprint);
  await using desk = await ViewerDesk.start();
  const process = new Deno.Command("xtigervncviewer", {
    args: [
      ...tigervnc("X509Plain", `${state}/certificate.pem`).args({ port: server.server.port }, undefined),
    ],
    env: { DISPLAY: desk.display, VNC_USERNAME: "anna", VNC_PASSWORD: "geheim" },
    stdout: "null",
    stderr: "null",
  }).spawn();
  try {
    await cameIn(server, "VeNCrypt X509Plain");
    const { user, viewOnly } = server.server.sessions[0]!;
    assert.deepEqual({ user, viewOnly }, { user: "anna", viewOnly: true });
  } finally {
    process.kill();
    await process.status;
    await Deno.remove(state, { recursive: true });
  }
});
