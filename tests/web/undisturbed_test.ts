/**
 * Peers of the web port that are slow on purpose disturb nobody: a stalled WebSocket, slow TLS handshakes and scrapers that
 * never read add at most 5 ms to what another viewer waits for a change. `deno task hostile` has figures of these and more.
 *
 * @module
 */
import assert from "node:assert/strict";
import { Attacker } from "../../bench/hostile/attacker.ts";
import { ATTACKS } from "../../bench/hostile/attacks.ts";
import { percentile } from "../../bench/peers/statistics.ts";
import type { RfbClient } from "../support/rfb_client.ts";
import { TestServer } from "../support/test_server.ts";

/** What they may add to the median, in ms. */
const MOST_ADDED_MS = 5;
/** So many measurements that are right, before so many are wrong: a machine that is busy with something else adds as well. */
const DECISIVE = 3;
/** Without and with the attack, in turns. */
const ROUNDS = 3;
const CHANGES = 10;

/** ms from drawing to arrival of some changes. */
async function waits({ screen }: TestServer, client: RfbClient): Promise<number[]> {
  const found: number[] = [];
  for (let i = 0; i < CHANGES; i++) {
    await new Promise((resolve) => setTimeout(resolve, 20 + 3 * i % 7)); // a frame's time, and not in step with it
    const colour = Math.floor(Math.random() * 0xffffff);
    const drawn = performance.now();
    screen.draw({ x: 40, y: 30, width: 10, height: 10 }, colour);
    do {
      await client.nextUpdate();
      await client.requestUpdate({ incremental: true });
    } while (client.framebuffer.pixels[35 * client.width + 45] !== colour);
    found.push(performance.now() - drawn);
  }
  return found;
}

for (const name of ["websocket", "slow-tls", "scraper"]) {
  Deno.test(`${ATTACKS[name]!.what}: another viewer waits ${MOST_ADDED_MS} ms more at most`, async () => {
    await using server = await TestServer.start({
      shared: "always",
      web: { port: 0 },
      metrics: {},
      maxConnections: 20,
    });
    const { port, webPort } = server.server;
    await using client = await server.connect({ encodings: [0], timeoutMs: 20_000, keepMessages: false });
    using attacker = new Attacker({ port, webPort });
    await client.refresh();
    await client.requestUpdate({ incremental: true });
    const added: number[] = [];
    for (const count = { right: 0, wrong: 0 }; count.right < DECISIVE;) {
      const quiet: number[] = [], attacked: number[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        quiet.push(...await waits(server, client));
        await attacker.begin(name);
        attacked.push(...await waits(server, client));
        await attacker.stop();
      }
      added.push(percentile(attacked, 0.5) - percentile(quiet, 0.5));
      count[added.at(-1)! <= MOST_ADDED_MS ? "right" : "wrong"]++;
      assert.ok(count.wrong < DECISIVE, `${added.map((ms) => ms.toFixed(1)).join(", ")} ms more`);
    }
  });
}
