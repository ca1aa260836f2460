/** .github/workflows: what they do, how little they may, and that their parts exist. @module */
import assert from "node:assert/strict";
import { parse } from "yaml";
import { TARGETS } from "../../tools/compile.ts";
import { SUMS } from "../../tools/make_release.ts";

const ROOT = new URL("../../", import.meta.url);

interface Step {
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
