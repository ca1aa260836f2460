/** packaging/porthole.service: systemd understands it, and what it restricts leaves the program at work. @module */
import assert from "node:assert/strict";
import { hasProgram } from "../support/processes.ts";

const UNIT = Deno.readTextFileSync(new URL("../../packaging/porthole.service", import.meta.url));

/** Settings of a section; those that come several times are joined. */
function settings(section: string): Map<string, string> {
  const found = new Map<string, string>();
  let current = "";
  for (const line of UNIT.split("\n")) {
    const title = /^\[(.*)\]$/.exec(line);
    if (title) current = title[1]!;
    const [, name, value] = /^(\w+)=(.*)$/.exec(line) ?? [];
    if (name && current === section) found.set(name, value!);
  }
  return found;
}

Deno.test("porthole.service starts with the session, reads its configuration on reload, and rests after a wrong one", () => {
  const service = settings("Service");
  assert.equal(service.get("ExecStart"), "%h/.local/bin/porthole");
  assert.match(service.get("ExecReload")!, /-HUP \$MAINPID/);
  assert.equal(service.get("RestartPreventExitStatus"), "2");
  assert.equal(settings("Install").get("WantedBy"), "graphical-session.target");
  assert.equal(settings("Unit").get("PartOf"), "graphical-session.target");
});

Deno.test("porthole.service restricts nothing that the program needs", () => {
  const service = settings("Service");
  // V8 writes code; the X server's socket and shared memory are outside; users' managers cannot drop capabilities.
  for (
    const name of [
      "MemoryDenyWriteExecute",
      "PrivateTmp",
      "PrivateIPC",
      "PrivateNetwork",
      "CapabilityBoundingSet",
    ]
  ) {
    assert.equal(service.get(name), undefined, name);
  }
  const families = service.get("RestrictAddressFamilies")!.split(" ");
  // X and control socket, viewers, and the list of this machine's addresses.
  for (const family of ["AF_UNIX", "AF_INET", "AF_INET6", "AF_NETLINK"]) assert.ok(families.includes(family));
});

Deno.test({
  name: "systemd-analyze finds no fault with porthole.service",
  ignore: !await hasProgram("systemd-analyze"),
  async fn() {
    const folder = await Deno.makeTempDir();
    try {
      const path = `${folder}/porthole.service`;
      // The executable need not be installed here.
      await Deno.writeTextFile(path, UNIT.replace("%h/.local/bin/porthole", "/bin/true"));
      const { code, stderr } = await new Deno.Command("systemd-analyze", {
        args: ["verify", "--user", "--man=no", path],
        env: { XDG_RUNTIME_DIR: folder },
      }).output();
      assert.deepEqual([new TextDecoder().decode(stderr), code], ["", 0]);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
