/**
 * Peers that vanish without a word: switched off, or out of reach. In a network namespace, which root can make; what the
 * cable is to real machines, its interface is here.
 *
 * @module
 */
import assert from "node:assert/strict";
import { openSocketStats } from "../../lib/ffi/socket_stats.ts";
import { SocketTransport } from "../../lib/transport/tcp.ts";

async function ip(...args: string[]): Promise<boolean> {
  try {
    return (await new Deno.Command("ip", { args, stdin: "null", stdout: "null", stderr: "null" }).output())
      .success;
  } catch {
    return false;
  }
}

/** Another machine, so to speak. */
class FarAway implements AsyncDisposable {
  static readonly #name = `porthole-${Deno.pid}`;
  readonly here = "198.18.77.1";
  readonly #link = `ph${Deno.pid}`;
  #peer: Deno.ChildProcess | undefined;

  /** @returns `undefined` where that cannot be made. */
  static async make(): Promise<FarAway | undefined> {
    if (!await ip("netns", "add", FarAway.#name)) return undefined;
    const far = new FarAway();
    const done =
      await ip("link", "add", far.#link, "type", "veth", "peer", "name", "far", "netns", FarAway.#name) &&
      await ip("addr", "add", `${far.here}/30`, "dev", far.#link) &&
      await ip("link", "set", far.#link, "up") &&
      await ip("-n", FarAway.#name, "addr", "add", "198.18.77.2/30", "dev", "far") &&
      await ip("-n", FarAway.#name, "link", "set", "far", "up");
    if (done) return far;
    await far[Symbol.asyncDispose]();
    return undefined;
  }

  /** Connects from there; says nothing, reads nothing, closes nothing. */
  connect(port: number): void {
    this.#peer = new Deno.Command("ip", {
      args: [
        ...["netns", "exec", FarAway.#name, "bash", "-c"],
        `exec 3<>/dev/tcp/${this.here}/${port}; read -r line`,
      ],
      stdin: "piped",
      stdout: "null",
      stderr: "null",
    }).spawn();
  }

  /** Pulls the cable. */
  async vanish(): Promise<void> {
    assert.ok(await ip("-n", FarAway.#name, "link", "set", "far", "down"));
    // The near end would lose its carrier too, and with it its route: packets are to get lost on the way.
    await ip("route", "replace", "198.18.77.0/30", "dev", this.#link);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#peer?.stdin.close();
    await this.#peer?.status;
    await ip("netns", "del", FarAway.#name);
    await ip("link", "del", this.#link);
  }
}

const far = await FarAway.make();
await far?.[Symbol.asyncDispose]();

for (const what of ["looks on", "has bytes under way"]) {
  Deno.test({
    name:
      `openSocketStats() has a peer that ${what} taken for gone when its machine vanishes (TCP_USER_TIMEOUT)`,
    ignore: far === undefined, // only root can make another machine
    async fn() {
      await using far = (await FarAway.make())!;
      using listener = Deno.listen({ hostname: far.here, port: 0 });
      far.connect((listener.addr as Deno.NetAddr).port);
      const probe = (conn: Deno.Conn) => openSocketStats(conn, { askAfterSeconds: 1, goneAfterSeconds: 2 });
      using transport = new SocketTransport(await listener.accept(), probe);
      assert.ok(transport.backlog());
      const reading = transport.read(new Uint8Array(16));
      // Alive, it may be silent for longer than a vanished one.
      const silent = await Promise.race([
        reading.then(() => "read", () => "gone"),
        new Promise((resolve) => setTimeout(() => resolve("silent"), 4000)),
      ]);
      assert.equal(silent, "silent");
      await far.vanish();
      const vanished = performance.now();
      if (what !== "looks on") await transport.write(new Uint8Array(1000));
      await assert.rejects(reading, { name: "DisconnectedError" });
      const seconds = (performance.now() - vanished) / 1000;
      assert.ok(seconds < 20, `after ${seconds.toFixed(1)} s`);
    },
  });
}
