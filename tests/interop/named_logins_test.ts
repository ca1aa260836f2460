/**
 * TigerVNC's viewer logs in by name: with a code behind the password, and by an account of this machine.
 *
 * @module
 */
import assert from "node:assert/strict";
import { hotp, newTotpSecret, parseTotpSecret, totpCounter } from "../../lib/security/totp.ts";
import { hashPassword } from "../../lib/security/users.ts";
import { eventually } from "../support/input_observer.ts";
import { endProcess } from "../support/processes.ts";
import { TestServer } from "../support/test_server.ts";
import { ViewerDesk } from "../support/viewers.ts";

/** Starts the viewer, which ends by itself when it is not let in. `said` is what it has said once it has ended. */
function viewer(desk: ViewerDesk, port: number, user: string, password: string) {
  const process = new Deno.Command("xtigervncviewer", {
    args: [
      ...["-SecurityTypes=Plain", "-AlertOnFatalError=0", "-ReconnectOnError=0"],
      `localhost::${port}`,
    ],
    env: { DISPLAY: desk.display, VNC_USERNAME: user, VNC_PASSWORD: password },
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const said = new Response(process.stderr).text();
  return {
    said,
    async [Symbol.asyncDispose]() {
      await endProcess(process);
      await said;
    },
  };
}

async function cameIn({ server }: TestServer, user: string): Promise<void> {
  await eventually(() => {
    assert.deepEqual(server.sessions.map((session) => [session.user, session.security]), [
      [user, "VeNCrypt Plain"],
    ]);
    return Promise.resolve();
  });
}

Deno.test("xtigervncviewer logs in with a code behind the password, and not with the same code again", async () => {
  const totp = newTotpSecret();
  const anna = { name: "anna", role: "owner", hash: await hashPassword("geheim"), totp } as const;
  await using test = await TestServer.start({ users: new Map([["anna", anna]]) });
  await using desk = await ViewerDesk.start();
  const { port } = test.server;
  const password = `geheim${hotp(parseTotpSecret(totp)!, totpCounter(Date.now()))}`;
  {
    await using _viewer = viewer(desk, port, "anna", password);
    await cameIn(test, "anna");
  }
  for (const wrong of [password, "geheim"]) {
    await using late = viewer(desk, port, "anna", wrong);
    assert.match(await late.said, /Authentication fail/i);
  }
});

const isRoot = Deno.uid() === 0;

Deno.test({
  name: "xtigervncviewer logs in by an account of this machine" +
    (isRoot ? "" : " (not tried: only root can add services to PAM)"),
  ignore: !isRoot,
  async fn() {
    const pamService = `porthole-test-${Deno.pid}-viewer`;
    const permit = "auth required pam_permit.so\naccount required pam_permit.so\n";
    await Deno.writeTextFile(`/etc/pam.d/${pamService}`, permit);
    try {
      await using test = await TestServer.start({ pamService });
      await using desk = await ViewerDesk.start();
      {
        await using stranger = viewer(desk, test.server.port, "daemon", "x");
        assert.match(await stranger.said, /Authentication fail/i);
      }
      await using _viewer = viewer(desk, test.server.port, "root", "x");
      await cameIn(test, "root");
      assert.equal(test.server.sessions[0]!.role, "owner");
    } finally {
      await Deno.remove(`/etc/pam.d/${pamService}`);
    }
  },
});
