/**
 * Whatever one peer does, others get their turn: a change of the screen reaches a well-behaved viewer about as soon with
 * an attack as without (PROTOCOL 3.4). The attacks are those of `deno task hostile`, and come from a thread of their own.
 *
 * @module
 */
import assert from "node:assert/strict";
import { Attacker } from "../../bench/hostile/attacker.ts";
import { ATTACKS } from "../../bench/hostile/attacks.ts";
import { percentile } from "../../bench/peers/statistics.ts";
import type { RfbClient } from "../support/rfb_client.ts";
import { TestServer } from "../support/test_server.ts";

/** Without and with the attack, in turns, so that whatever else the machine does falls on both. */
const ROUNDS = 3;
const CHANGES = 10;
/** Longest that the median may be later with an attack, in ms: many times what it is, for machines that are busy. */
const MOST_ADDED_MS = 60;

/** ms from drawing to arrival of some changes. */
async function changes(screen: TestServer["screen"], client: RfbClient): Promise<number[]> {
  const latencies: number[] = [];
  for (let i = 0; i < CHANGES; i++) {
    await new Promise((resolve) => setTimeout(resolve, 18 + 3 * i % 11));
    const colour = Math.floor(Math.random() * 0xffffff);
    const drawn = performance.now();
    screen.draw({ x: 20, y: 20, width: 8, height: 8 }, colour);
    do {
      await client.nextUpdate();
      await client.requestUpdate({ incremental: true });
    } while (client.framebuffer.pixels[22 * client.width + 22] !== colour);
    latencies.push(performance.now() - drawn);
  }
  return latencies;
}

for (const [name, { what }] of Object.entries(ATTACKS)) {
  Deno.test(`another viewer gets its turn beside ${what}`, async () => {
    await using server = await TestServer.start({ shared: "always", web: { port: 0 }, maxConnections: 20 });
    await using client = await server.connect({ encodings: [0], timeoutMs: 20_000, keepMessages: false });
    using attacker = new Attacker({ port: server.server.port, webPort: server.server.webPort });
    await client.refresh();
    await client.requestUpdate({ incremental: true });
    const quiet: number[] = [], attacked: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      quiet.push(...await changes(server.screen, client));
      await attacker.begin(name);
      attacked.push(...await changes(server.screen, client));
      await attacker.stop();
    }
    const [without, beside] = [percentile(quiet, 0.5), percentile(attacked, 0.5)];
    assert.ok(beside - without < MOST_ADDED_MS, `${beside.toFixed(1)} ms instead of ${without.toFixed(1)}`);
  });
}
