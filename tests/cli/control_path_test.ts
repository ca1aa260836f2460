/** Where control sockets are, and whose folder that may be. @module */
import assert from "node:assert/strict";
import { controlFolder, findControlSocket, makeControlFolder } from "../../lib/cli/control_path.ts";

async function inFolder(action: (folder: string) => void | Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await action(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("controlFolder() is the user's own", () => {
  assert.equal(controlFolder({ XDG_RUNTIME_DIR: "/run/user/1000" }), "/run/user/1000/porthole");
  for (const XDG_RUNTIME_DIR of ["", "relative"]) {
    assert.equal(controlFolder({ XDG_RUNTIME_DIR }), `/tmp/porthole-${Deno.uid()}`);
  }
});

Deno.test("makeControlFolder() makes it for its owner alone, and takes no other", async () => {
  await inFolder((folder) => {
    makeControlFolder(`${folder}/a`);
    makeControlFolder(`${folder}/a`);
    assert.equal(Deno.statSync(`${folder}/a`).mode! & 0o777, 0o700);
    Deno.chmodSync(`${folder}/a`, 0o750);
    Deno.symlinkSync(`${folder}/a`, `${folder}/link`);
    Deno.writeTextFileSync(`${folder}/file`, "");
    for (const wrong of ["a", "link", "file"]) {
      assert.throws(() => makeControlFolder(`${folder}/${wrong}`), {
        name: "NativeError",
        message: /mode 700/,
      });
    }
    assert.throws(() => makeControlFolder(`${folder}/x/y`), { name: "NativeError", message: /Cannot make/ });
  });
});

Deno.test("findControlSocket() takes what is named: by flag, by port, by the environment", async () => {
  const environment = { XDG_RUNTIME_DIR: "/run/user/7", PORTHOLE_CONTROL_SOCKET: "/env" };
  assert.equal(await findControlSocket({ socket: "/s" }, environment), "/s");
  assert.equal(await findControlSocket({ port: 5901 }, environment), "/run/user/7/porthole/5901.sock");
  assert.equal(await findControlSocket({}, environment), "/env");
});

Deno.test("findControlSocket() finds the only live server, and no file that is something else", async () => {
  await inFolder(async (folder) => {
    const environment = { XDG_RUNTIME_DIR: folder };
    await assert.rejects(findControlSocket({}, environment), /No server/);
    makeControlFolder(`${folder}/porthole`);
    await assert.rejects(findControlSocket({}, environment), /No server/);
    const dead = Deno.listen({ transport: "unix", path: `${folder}/dead` });
    Deno.renameSync(`${folder}/dead`, `${folder}/porthole/5900.sock`);
    dead.close();
    Deno.writeTextFileSync(`${folder}/porthole/notes`, "");
    using _live = Deno.listen({ transport: "unix", path: `${folder}/porthole/5901.sock` });
    assert.equal(await findControlSocket({}, environment), `${folder}/porthole/5901.sock`);
    using _other = Deno.listen({ transport: "unix", path: `${folder}/porthole/5902.sock` });
    await assert.rejects(findControlSocket({}, environment), /Choose one: --port 5901, --port 5902$/);
  });
});
