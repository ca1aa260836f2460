/**
 * A disk that is full (ENOSPC) under the log, the record of who came, and what the server keeps. Recordings:
 * tests/recording/ends_test.ts.
 *
 * @module
 */
import assert from "node:assert/strict";
import { freePort } from "../support/peers.ts";
import { RfbClient, Wire } from "../support/rfb_client.ts";
import { ServedProgram } from "../support/served_program.ts";
import { denoDirectory, startCommand } from "../support/start_command.ts";

async function run(...command: string[]): Promise<boolean> {
  const [program, ...args] = command;
  try {
    return (await new Deno.Command(program!, { args, stdin: "null", stdout: "null", stderr: "null" })
      .output()).success;
  } catch {
    return false;
  }
}

/** A small disk without a byte left. */
class FullDisk implements AsyncDisposable {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** @returns `undefined` where nothing can be mounted. */
  static async make(): Promise<FullDisk | undefined> {
    const path = await Deno.makeTempDir({ prefix: "porthole-disk-" });
    if (await run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", path)) {
      const disk = new FullDisk(path);
      disk.fill();
      return disk;
    }
    await Deno.remove(path);
    return undefined;
  }

  fill(): void {
    using file = Deno.openSync(`${this.path}/filler`, { append: true, create: true });
    try {
      for (;;) file.writeSync(new Uint8Array(4096));
    } catch (error) {
      assert.match(String(error), /No space left/);
    }
  }

  makeRoom(): void {
    Deno.removeSync(`${this.path}/filler`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await run("umount", this.path);
    await Deno.remove(this.path);
  }
}

const probe = await FullDisk.make();
await probe?.[Symbol.asyncDispose]();

Deno.test({
  name:
    "a full disk under log, audit file and state folder keeps nobody out, and is written to again when it has room",
  ignore: probe === undefined, // only root can mount
  async fn() {
    await using disk = (await FullDisk.make())!;
    const webPort = freePort();
    const log = `${disk.path}/log`;
    await using program = new ServedProgram(startCommand(), [
      ...["--display", "pattern:320x240", "--state-folder", `${disk.path}/state`, "--shared", "always"],
      ...["--log-file", log, "--audit-file", `${disk.path}/audit`, "--log-level", "DEBUG"],
      ...["--web-port", `${webPort}`],
    ], await denoDirectory());
    const port = await program.port();
    for (let i = 0; i < 3; i++) {
      await using viewer = await RfbClient.connect({ port, timeoutMs: 15_000 });
      await viewer.refresh();
    }
    // With a certificate that cannot be kept.
    const secured = await fetch(`https://127.0.0.1:${webPort}/`).then(
      () => "trusted",
      ({ cause }) => String(cause),
    );
    assert.match(secured, /invalid peer certificate/, `it is shown, and made here: ${secured}`);
    assert.match(program.said, /No space left/, "somebody is told");
    assert.ok((program.said.match(/No space left/g)?.length ?? 0) < 10, "but not of every line");
    assert.equal(Deno.statSync(log).size, 0);
    disk.makeRoom();
    {
      using wire = await Wire.tcp(port);
      await wire.bytes(12);
      await using viewer = await RfbClient.connect({ port, timeoutMs: 15_000 });
      await viewer.refresh();
    }
    assert.equal(await program.stop(), 0);
    assert.match(Deno.readTextFileSync(log), /Stopped/);
    assert.match(Deno.readTextFileSync(`${disk.path}/audit`), /127\.0\.0\.1/);
  },
});
