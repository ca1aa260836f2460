/**
 * The machine's clock is set, by a day forwards or backwards, while the server runs: time limits, frames, lock-outs and
 * recordings go by a clock that nobody sets.
 *
 * @module
 */
import assert from "node:assert/strict";
import { SessionPlayer } from "../../lib/mod.ts";
import { untilRecorded } from "../recording/_recordings.ts";
import { Refused, RfbClient } from "../support/rfb_client.ts";
import { TestServer } from "../support/test_server.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const WALL_CLOCK = Date;

/** Sets the clock that programs see as the date and time. */
class SetClock extends WALL_CLOCK {
  static aheadMs = 0;

  constructor(...given: [] | [number | string]) {
    super(given.length === 0 ? WALL_CLOCK.now() + SetClock.aheadMs : given[0]);
  }

  static override now(): number {
    return WALL_CLOCK.now() + SetClock.aheadMs;
  }

  static set(aheadMs: number): Disposable {
    SetClock.aheadMs = aheadMs;
    globalThis.Date = SetClock as unknown as DateConstructor;
    return { [Symbol.dispose]: () => void (globalThis.Date = WALL_CLOCK) };
  }
}

for (const [direction, jumpMs] of [["forwards", DAY_MS], ["backwards", -DAY_MS]] as const) {
  Deno.test(`a clock that jumps a day ${direction} closes no session, and recordings go on`, async () => {
    const folder = await Deno.makeTempDir({ prefix: "porthole-clock-" });
    try {
      const path = `${folder}/desktop.phr`;
      {
        await using server = await TestServer.start({ record: { path, frameRate: 60 }, shared: "always" });
        await using viewer = await server.connect();
        await viewer.refresh();
        server.screen.draw({ x: 0, y: 0, width: 50, height: 50 }, 0x123456);
        await untilRecorded(path, server.rgb());
        using _set = SetClock.set(jumpMs);
        assert.ok(Math.abs(Date.now() - WALL_CLOCK.now() - jumpMs) < 1000);
        server.screen.draw({ x: 10, y: 10, width: 50, height: 50 }, 0x654321);
        await viewer.converge(() => server.rgb(), 5000);
        await untilRecorded(path, server.rgb());
        await using other = await server.connect();
        await other.refresh();
        const [first] = server.server.sessions;
        assert.ok(first!.connectedMs >= 0 && first!.connectedMs < 60_000, `${first!.connectedMs} ms`);
        assert.equal(server.server.sessions.length, 2);
      }
      await using player = await SessionPlayer.open(path);
      const durationMs = await player.duration();
      assert.ok(durationMs >= 0 && durationMs < 60_000, `${durationMs} ms long`);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });

  Deno.test(`a clock that jumps a day ${direction} neither ends a lock-out nor makes one longer`, async () => {
    await using server = await TestServer.start({ password: "geheim" });
    const { logins } = server.server;
    const peer = { transport: "tcp", address: "192.0.2.1:5900", local: false, encrypted: false } as const;
    for (let i = 0; i < 5; i++) await logins.attempt(peer, "", () => undefined, "wrong").catch(() => {});
    const before = logins.locks[0]!.leftMs;
    using _set = SetClock.set(jumpMs);
    const { leftMs } = logins.locks[0]!;
    assert.ok(leftMs <= before && leftMs > before - 5000, `${before} ms, then ${leftMs}`);
    await assert.rejects(RfbClient.connect({ port: server.server.port, password: "falsch" }), Refused);
    await using viewer = await server.connect({ password: "geheim" });
    await viewer.refresh();
  });
}

/** Places that tell or write down what time it is, and decide nothing by it but how long a certificate is good for. */
const TELL_THE_TIME = [
  "observability/control_protocol.ts",
  "recording/session_recorder.ts",
  "recording/recording_writer.ts",
  "recording/recording_folder.ts",
  "security/certificate.ts",
  "security/certificate_store.ts",
];

Deno.test("nothing in lib/ goes by the wall clock, but what tells the time", async () => {
  const lib = new URL("../../lib/", import.meta.url);
  const found = new Set<string>();
  const walk = async (folder: string) => {
    for await (const { name, isDirectory } of Deno.readDir(new URL(folder, lib))) {
      if (isDirectory && name !== "page") await walk(`${folder}${name}/`);
      else if (name.endsWith(".ts") && name !== "page_files.ts") {
        const source = await Deno.readTextFile(new URL(folder + name, lib));
        if (/\bDate\.now\(|new Date\(\)/.test(source)) found.add(folder + name);
      }
    }
  };
  await walk("");
  assert.deepEqual([...found].filter((file) => !TELL_THE_TIME.includes(file)), []);
});
