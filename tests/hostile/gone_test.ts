/**
 * What a flood leaves behind when its peer goes: megabytes that the systems between still hold. They are not obeyed for
 * half a minute, and nobody's place is taken by who is not there.
 *
 * @module
 */
import assert from "node:assert/strict";
import { Attacker } from "../../bench/hostile/attacker.ts";
import type { InputBackend, InputSink } from "../../lib/input/input_sink.ts";
import { eventually } from "../support/input_observer.ts";
import { TestServer } from "../support/test_server.ts";

/** What a key or a movement takes, in ms: all that a peer leaves would take minutes at the pace that floods have. */
const ACT_MS = 0.1;

class SlowInput implements InputBackend {
  readonly name = "slow";
  readonly leds = undefined;

  open(): InputSink {
    const act = () => {
      for (const begun = performance.now(); performance.now() - begun < ACT_MS;);
    };
    return {
      key: act,
      keyByPosition: act,
      pointer: act,
      releaseAll() {},
      flushed: () => Promise.resolve(),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

for (const flood of ["keys", "pointer"]) {
  Deno.test(`a peer that has gone after a flood of ${flood} is gone soon after for the server, too`, async () => {
    await using server = await TestServer.start({ shared: "always", input: new SlowInput() });
    await using client = await server.connect();
    using attacker = new Attacker({ port: server.server.port, webPort: undefined });
    await attacker.begin(flood);
    await new Promise((resolve) => setTimeout(resolve, 700));
    assert.equal(server.server.status().sessions.length, 2);
    await attacker.stop();
    await eventually(() => assert.equal(server.server.status().sessions.length, 1));
    await client.refresh();
  });
}
