/** main.ts, with the permissions that `deno task start` gives it and no more. @module */
import assert from "node:assert/strict";
import { Encoding, Refused, RfbClient } from "./support/rfb_client.ts";
import { ServedProgram } from "./support/served_program.ts";
import { denoDirectory, startCommand } from "./support/start_command.ts";

async function served(...args: string[]): Promise<ServedProgram> {
  return new ServedProgram(startCommand(), args, await denoDirectory());
}

Deno.test("main.ts serves the test card and stops on SIGTERM with 0", async () => {
  await using program = await served("--display", "pattern:");
  await using client = await RfbClient.connect({ port: await program.port(), encodings: [Encoding.Tight] });
  await client.refresh();
  assert.ok(new Set(client.rgb().pixels).size > 2);
  assert.equal(await program.stop(), 0);
});

Deno.test("main.ts ends with 2 when its certificate is none, and has told nobody that it listens", async () => {
  const [command, ...args] = startCommand();
  const certificate = ["--tls-certificate", "/nowhere/certificate.pem"];
  const { code, stdout, stderr } = await new Deno.Command(command!, {
    args: [...args, "--display", "pattern:", "--host", "127.0.0.1", "--port", "0", ...certificate],
    stdin: "null",
  }).output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  assert.deepEqual([code, out], [2, ""]);
  assert.match(err!, /tls\.certificate: \/nowhere\/certificate\.pem cannot be read/);
  assert.doesNotMatch(err!, /Serving/);
});

Deno.test("main.ts shares a virtual desktop of its own, for which its permissions suffice", async () => {
  await using program = await served("--virtual", "640x480");
  await using client = await RfbClient.connect({ port: await program.port() });
  await client.refresh();
  assert.deepEqual([client.width, client.height], [640, 480]);
  assert.equal(await program.stop(), 0);
});

Deno.test("main.ts takes a new password from its file on SIGHUP", async () => {
  const file = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(file, "first\nlook");
    await Deno.chmod(file, 0o600);
    await using program = await served("--display", "pattern:", "--password-file", file);
    const port = await program.port();
    const comesIn = async (password: string): Promise<boolean> => {
      try {
        await using _client = await RfbClient.connect({ port, password });
        return true;
      } catch (error) {
        if (error instanceof Refused) return false;
        throw error;
      }
    };
    assert.deepEqual([await comesIn("first"), await comesIn("look"), await comesIn("second")], [
      true,
      true,
      false,
    ]);
    await Deno.writeTextFile(file, "second");
    program.kill("SIGHUP");
    await program.until(/Configuration read again.*password/);
    assert.deepEqual([await comesIn("first"), await comesIn("look"), await comesIn("second")], [
      false,
      false,
      true,
    ]);
    assert.equal(await program.stop(), 0);
  } finally {
    await Deno.remove(file);
  }
});

Deno.test("main.ts shows in the log what it said before it listened, and of a viewer which one it was", async () => {
  const file = await Deno.makeTempFile();
  try {
    await Deno.chmod(file, 0o666);
    await using program = await served("--display", "pattern:", "--users-file", file, "--insecure-no-auth");
    await using client = await RfbClient.connect({ port: await program.port() });
    await client.refresh();
    await program.until(/"message":"[^"]*can be written by others/);
    assert.equal(await program.stop(), 0);
    const records = program.said.split("\n").filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line));
    const ofViewer = records.filter(({ address }) => address !== undefined);
    assert.deepEqual(ofViewer.map(({ session, phase }) => [session, phase]), [[1, "running"], [
      1,
      "closing",
    ]]);
  } finally {
    await Deno.remove(file);
  }
});
