/** tools/make_release.ts and tools/install.sh: what a release has, and how it comes to a machine, from a server on loopback. @module */
import assert from "node:assert/strict";
import { hasProgram } from "../support/processes.ts";
import { createHash } from "node:crypto";
import type { CompileOptions } from "../../tools/compile.ts";
import { makeRelease, SUMS } from "../../tools/make_release.ts";

const SCRIPT = new URL("../../tools/install.sh", import.meta.url).pathname;

/** In place of the compiler: an executable that says what it was made for. */
async function standIn({ target, output }: CompileOptions): Promise<number> {
  await Deno.writeTextFile(output, `#!/bin/sh\necho ${target}\n`);
  return 0;
}

/** A release on a web server, and a home to install into. */
class Stage implements AsyncDisposable {
  readonly folder = Deno.makeTempDirSync();
  readonly dist = `${this.folder}/dist`;
  readonly home = `${this.folder}/home of "somebody" & 100%`;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  private constructor() {
    for (const name of ["home", "tmp", "bin"]) Deno.mkdirSync(`${this.folder}/${name}`);
    Deno.mkdirSync(this.home);
    this.#server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
      try {
        return new Response(await Deno.readFile(this.dist + new URL(request.url).pathname));
      } catch {
        return new Response("Not here", { status: 404 });
      }
    });
  }

  static async set(): Promise<Stage> {
    const stage = new Stage();
    await makeRelease({ folder: stage.dist, baseUrl: stage.url, compile: standIn });
    return stage;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  /** Puts a program in front of those of PATH. */
  async program(name: string, text: string): Promise<void> {
    await Deno.writeTextFile(`${this.folder}/bin/${name}`, text, { mode: 0o755 });
  }

  /** Runs the script. */
  async install(
    options: { args?: string[]; env?: Record<string, string>; script?: string; shell?: string } = {},
  ) {
    const { args = ["--base-url", this.url], env = {}, script = SCRIPT, shell = "sh" } = options;
    const { code, stdout, stderr } = await new Deno.Command(shell, {
      args: [script, ...args],
      cwd: this.folder,
      clearEnv: true,
      env: {
        PATH: `${this.folder}/bin:${Deno.env.get("PATH")}`,
        HOME: this.home,
        TMPDIR: `${this.folder}/tmp`,
        ...env,
      },
      stdin: "null",
    }).output();
    assert.deepEqual(
      [...Deno.readDirSync(`${this.folder}/tmp`)],
      [],
      "nothing stays in the temporary folder",
    );
    return { code, out: new TextDecoder().decode(stdout), err: new TextDecoder().decode(stderr) };
  }

  /** Files below the home, with their modes in octal. */
  installed(folder = this.home): Map<string, string> {
    const found = new Map<string, string>();
    for (const { name, isDirectory } of Deno.readDirSync(folder)) {
      const path = `${folder}/${name}`;
      if (isDirectory) { for (const [below, mode] of this.installed(path)) found.set(below, mode); }
      else found.set(path.slice(this.home.length + 1), (Deno.statSync(path).mode! & 0o777).toString(8));
    }
    return found;
  }

  /** Changes the sums. */
  async rewriteSums(change: (sums: string) => string): Promise<void> {
    const path = `${this.dist}/${SUMS}`;
    await Deno.writeTextFile(path, change(await Deno.readTextFile(path)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
    await Deno.remove(this.folder, { recursive: true });
  }
}

const machine = Deno.build.arch;
const OWN = `porthole-${machine}-linux`;

const INSTALLED: readonly (readonly [path: string, mode: string])[] = [
  [".local/bin/porthole", "755"],
  [".local/share/man/man1/porthole.1", "644"],
  [".local/share/bash-completion/completions/porthole", "644"],
  [".local/share/zsh/site-functions/_porthole", "644"],
  [".local/share/fish/vendor_completions.d/porthole.fish", "644"],
  [".local/share/doc/porthole/licenses.txt", "644"],
];

Deno.test("makeRelease() makes executables for both machines, all that belongs to them, and the sums of all", async () => {
  await using stage = await Stage.set();
  const names = [...Deno.readDirSync(stage.dist)].map(({ name }) => name).sort();
  assert.deepEqual(names, [
    SUMS,
    "config.schema.json",
    "install.sh",
    "licenses.txt",
    "porthole-aarch64-linux",
    "porthole-x86_64-linux",
    "porthole.1",
    "porthole.bash",
    "porthole.fish",
    "porthole.service",
    "porthole.zsh",
  ]);
  const sums = new Map(
    (await Deno.readTextFile(`${stage.dist}/${SUMS}`)).trimEnd().split("\n")
      .map((line) => [line.slice(66), line.slice(0, 64)]),
  );
  for (const name of names.filter((name) => name !== SUMS)) {
    const bytes = await Deno.readFile(`${stage.dist}/${name}`);
    assert.equal(sums.get(name), createHash("sha256").update(bytes).digest("hex"), name);
    assert.ok(bytes.length > 0, name);
  }
  assert.match(await Deno.readTextFile(`${stage.dist}/porthole-aarch64-linux`), /aarch64-unknown-linux-gnu/);
  assert.match(await Deno.readTextFile(`${stage.dist}/porthole.bash`), /_porthole/);
});

Deno.test("makeRelease() fails where an executable cannot be made, or the address could end the script's quotes", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const options = { folder, baseUrl: "" };
    await assert.rejects(makeRelease({ ...options, compile: () => Promise.resolve(1) }), /x86_64/);
    await assert.rejects(
      makeRelease({ ...options, baseUrl: "https://x/'; rm", compile: standIn }),
      /address/,
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

for (const shell of ["sh", "bash"]) {
  Deno.test(`install.sh installs executable, manual page and completions in ${shell}, and tells what to do next`, async () => {
    await using stage = await Stage.set();
    const { code, out, err } = await stage.install({ shell });
    assert.deepEqual([code, err], [0, ""]);
    assert.deepEqual([...stage.installed()].sort(), [...INSTALLED].sort());
    assert.match(out, /is not on your PATH/);
    const { stdout } = await new Deno.Command(`${stage.home}/.local/bin/porthole`).output();
    assert.equal(new TextDecoder().decode(stdout), `${machine}-unknown-linux-gnu\n`);
    // And once more, over what is there.
    const again = await stage.install({
      shell,
      env: { PATH: `${Deno.env.get("PATH")}:${stage.home}/.local/bin` },
    });
    assert.equal(again.code, 0);
    assert.match(again.out, /Done\. Share this desktop: porthole\n/);
    assert.equal(stage.installed().size, INSTALLED.length);
  });
}

Deno.test("install.sh of a release knows where the release is", async () => {
  await using stage = await Stage.set();
  const { code, err } = await stage.install({ args: [], script: `${stage.dist}/install.sh` });
  assert.deepEqual([code, err], [0, ""]);
  const own = await stage.install({ args: [] });
  assert.equal(own.code, 1);
  assert.match(own.err, /--base-url/);
});

Deno.test("install.sh takes folder and address from options and from the environment", async () => {
  await using stage = await Stage.set();
  const env = { PORTHOLE_BASE_URL: `${stage.url}/`, PORTHOLE_PREFIX: `${stage.folder}/a` };
  assert.equal((await stage.install({ args: [], env })).code, 0);
  assert.equal((await stage.install({ args: ["--prefix=b"], env })).code, 0);
  for (const name of ["a", "b"]) assert.ok(Deno.statSync(`${stage.folder}/${name}/bin/porthole`).isFile);
  assert.equal(stage.installed().size, 0);
});

Deno.test("install.sh --unit installs a unit that starts what was installed", async () => {
  await using stage = await Stage.set();
  const prefix = `${stage.folder}/a & b\\1 $5 10% "x"`;
  const { code, out } = await stage.install({
    args: ["--unit", "--base-url", stage.url, "--prefix", prefix],
  });
  assert.equal(code, 0);
  assert.match(out, /systemctl --user enable --now porthole/);
  const unit = await Deno.readTextFile(`${stage.home}/.config/systemd/user/porthole.service`);
  const quoted = String.raw`"${stage.folder}/a & b\\1 $$5 10%% \"x\"/bin/porthole"`;
  assert.equal(/^ExecStart=(.*)$/m.exec(unit)![1], quoted);
});

Deno.test("install.sh refuses what is not what the sums say, and leaves what is there as it is", async () => {
  await using stage = await Stage.set();
  assert.equal((await stage.install()).code, 0);
  const before = await Deno.readTextFile(`${stage.home}/.local/bin/porthole`);
  for (const name of [OWN, "porthole.1"]) {
    const path = `${stage.dist}/${name}`;
    const good = await Deno.readFile(path);
    await Deno.writeTextFile(path, "#!/bin/sh\necho evil\n");
    const { code, err } = await stage.install();
    assert.equal(code, 1);
    assert.match(
      err,
      new RegExp(`${name} is not what the release says: its SHA-256 is [0-9a-f]{64}, and must be`),
    );
    assert.match(err, /Nothing was installed/);
    await Deno.writeFile(path, good);
  }
  assert.equal(await Deno.readTextFile(`${stage.home}/.local/bin/porthole`), before);
  assert.equal(stage.installed().size, INSTALLED.length);
});

const FAULTS: Record<string, { prepare(stage: Stage): Promise<void>; says: RegExp }> = {
  "there are no sums": {
    prepare: (stage) => Deno.remove(`${stage.dist}/${SUMS}`),
    says: /cannot download .*SHA256SUMS/,
  },
  "the sums do not name the executable": {
    prepare: (stage) => stage.rewriteSums((sums) => sums.replaceAll(OWN, `other-${OWN}`)),
    says: /SHA256SUMS does not name porthole-.*nothing was installed/,
  },
  "the sums are empty": { prepare: (stage) => stage.rewriteSums(() => ""), says: /does not name/ },
  "there is no executable": {
    prepare: (stage) => Deno.remove(`${stage.dist}/${OWN}`),
    says: new RegExp(`cannot download .*${OWN}`),
  },
  "the machine is another one": {
    prepare: (stage) => stage.program("uname", `#!/bin/sh\n[ "$1" = -m ] && echo riscv64 || echo Linux\n`),
    says: /executables for x86_64 and aarch64, and this machine is riscv64/,
  },
  "the system is another one": {
    prepare: (stage) => stage.program("uname", "#!/bin/sh\necho Darwin\n"),
    says: /runs on Linux, and this is Darwin/,
  },
  "the system has musl": {
    prepare: (stage) => stage.program("ldd", "#!/bin/sh\necho 'musl libc (x86_64)' >&2\nexit 1\n"),
    says: /needs glibc/,
  },
};

for (const [what, { prepare, says }] of Object.entries(FAULTS)) {
  Deno.test(`install.sh installs nothing and says why when ${what}`, async () => {
    await using stage = await Stage.set();
    await prepare(stage);
    const { code, err } = await stage.install();
    assert.equal(code, 1);
    assert.match(err, says);
    assert.equal(stage.installed().size, 0);
  });
}

Deno.test("install.sh refuses addresses that others can write on, unknown options and missing values", async () => {
  await using stage = await Stage.set();
  const cases: [string[], RegExp][] = [
    [["--base-url", "http://192.0.2.1/release"], /must begin with https/],
    [["--base-url", "http://127.0.0.1.example.org/"], /must begin with https/],
    [["--base-url", "ftp://localhost"], /must begin with https/],
    [["--frobnicate"], /no option --frobnicate/],
    [["--prefix"], /--prefix needs a value/],
  ];
  for (const [args, says] of cases) {
    const { code, err } = await stage.install({ args });
    assert.equal(code, 1, args.join(" "));
    assert.match(err, says);
  }
  const help = await stage.install({ args: ["--help"] });
  assert.equal(help.code, 0);
  assert.match(help.out, /--base-url ADDRESS/);
});

for (const [name, one] of [["aarch64", "aarch64"], ["arm64", "aarch64"], ["amd64", "x86_64"]] as const) {
  Deno.test(`install.sh takes the executable for ${one} where uname says ${name}`, async () => {
    await using stage = await Stage.set();
    await stage.program("uname", `#!/bin/sh\n[ "$1" = -m ] && echo ${name} || echo Linux\n`);
    assert.equal((await stage.install()).code, 0);
    assert.match(await Deno.readTextFile(`${stage.home}/.local/bin/porthole`), new RegExp(one));
  });
}

Deno.test({
  name: "install.sh does with wget and openssl where there is no curl and no sha256sum",
  ignore: !await hasProgram("wget") || !await hasProgram("openssl"),
  async fn() {
    await using stage = await Stage.set();
    const tools =
      "sh awk cat chmod cp cut dirname grep ldconfig mkdir mktemp mv openssl pwd rm sed tr uname wget".split(
        " ",
      );
    for (const tool of tools) {
      await stage.program(tool, `#!/bin/sh\nPATH=${Deno.env.get("PATH")}:/sbin exec ${tool} "$@"\n`);
    }
    const env = { PATH: `${stage.folder}/bin` };
    await Deno.remove(`${stage.folder}/bin/sh`);
    const shell = new TextDecoder().decode(
      (await new Deno.Command("sh", { args: ["-c", "command -v sh"] }).output()).stdout,
    ).trim();
    const { code, err } = await stage.install({ env, shell });
    assert.deepEqual([code, err], [0, ""]);
    assert.equal(stage.installed().size, INSTALLED.length);
    await Deno.writeTextFile(`${stage.dist}/${OWN}`, "evil");
    assert.match((await stage.install({ env, shell })).err, /is not what the release says/);
    await Deno.remove(`${stage.folder}/bin/wget`);
    assert.match((await stage.install({ env, shell })).err, /neither curl nor wget/);
  },
});

Deno.test({
  name: "shellcheck finds no fault with the scripts",
  ignore: !await hasProgram("shellcheck"),
  async fn() {
    const root = new URL("../../", import.meta.url);
    const { stdout } = await new Deno.Command("shellcheck", {
      args: ["-x", "tools/install.sh", "tools/test", "tools/serve", ".ci/run"],
      cwd: root,
    }).output();
    assert.equal(new TextDecoder().decode(stdout), "");
  },
});
