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

Deno.test("findControlSocket() says where it has looked, and takes no file for a server", async () => {
  await inFolder(async (folder) => {
    const environment = { XDG_RUNTIME_DIR: folder };
    const nothing = { name: "NativeError", message: /No server.*\/porthole\)/ };
    await assert.rejects(findControlSocket({}, environment), nothing);
    makeControlFolder(`${folder}/porthole`);
    Deno.writeTextFileSync(`${folder}/porthole/notes`, "");
    await assert.rejects(findControlSocket({}, environment), nothing);
  });
});
