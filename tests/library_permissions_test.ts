/** What a program may do that uses the library: no more than it asks for. @module */
import assert from "node:assert/strict";

const ROOT = new URL("../", import.meta.url);

/** Shows a test card at half its size, with a page and metrics, and asks for both. */
const PROGRAM = `
  import { VNCServer } from ${JSON.stringify(new URL("lib/mod.ts", ROOT).href)};
  await using server = new VNCServer({
    hostname: "127.0.0.1", port: 0, display: "pattern:", scaleFactor: 0.5,
    web: { port: 0 }, metrics: { port: 0 },
  });
  await server.start();
  const page = await fetch("http://127.0.0.1:" + server.webPort + "/");
  console.log(server.port > 0, page.status, (await page.text()).includes("Porthole"));
`;

Deno.test("a program that uses the library needs the permission for the network alone, whatever is loaded later", async () => {
  const args = ["run", "--no-prompt", "--quiet", "--no-lock", "--config=deno.json", "--allow-net", "-"];
  const child = new Deno.Command(Deno.execPath(), {
    args,
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(PROGRAM));
  await writer.close();
  const { code, stdout, stderr } = await child.output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  assert.deepEqual({ code, said: text(stdout) }, { code: 0, said: "true 200 true\n" }, text(stderr));
});
