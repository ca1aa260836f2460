/** A test that waits forever holds nothing up but its own file. @module */
import assert from "node:assert/strict";

const DEADLINE = new URL("support/deadline.ts", import.meta.url).href;

Deno.test("a test that does not end fails, and the next file runs", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(
      `${folder}/a_test.ts`,
      'Deno.test("ends", () => {}); Deno.test("waits", () => new Promise((resolve) => setTimeout(resolve, 60_000)));',
    );
    await Deno.writeTextFile(`${folder}/b_test.ts`, 'Deno.test("is next", () => {});');
    const args = [
      "test",
      "-A",
      "--no-check",
      "--no-config",
      "--junit-path=results.xml",
      "--preload",
      DEADLINE,
    ];
    const { code, stdout } = await new Deno.Command(Deno.execPath(), {
      args: [...args, "a_test.ts", "b_test.ts"],
      cwd: folder,
      env: { PORTHOLE_TEST_DEADLINE_MS: "500", NO_COLOR: "1" },
    }).output();
    const results = await Deno.readTextFile(`${folder}/results.xml`);
    assert.equal(code, 1);
    assert.match(new TextDecoder().decode(stdout), /The test has not ended within 0\.5 s/);
    assert.match(results, /name="waits" classname="\.\/a_test\.ts"[^>]*>\s*<error/);
    assert.match(results, /name="ends"[^>]*>\s*<\/testcase>/);
    assert.match(results, /name="is next"[^>]*>\s*<\/testcase>/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
