/**
 * Screens that do not report all that is drawn on them.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { DamageAudited } from "../../lib/core/observer.ts";
import { Encoding } from "../support/rfb_client.ts";
import { TestServer } from "../support/test_server.ts";

/** Draws behind the back of those who watch. */
function drawSilently({ screen }: TestServer, x: number, y: number, colour: number): void {
  for (let row = y; row < y + 5; row++) {
    screen.picture.pixels.fill(colour, row * screen.picture.stride + x, row * screen.picture.stride + x + 7);
  }
}

/** Counts what observers are told. */
function counter() {
  const counted = { tiles: 0, missed: 0 };
  const damageAudited = ({ tiles, missed }: DamageAudited) => {
    counted.tiles += tiles;
    counted.missed += missed;
  };
  return { counted, damageAudited };
}

Deno.test("what a screen does not report is found, sent and counted, wherever it is", async () => {
  const observer = counter();
  await using server = await TestServer.start({ observers: [observer] });
  await using client = await server.connect({ encodings: [Encoding.Raw] });
  await client.refresh();
  for (const [at, [x, y]] of [[3, 2], [193, 144], [100, 70]].entries()) {
    drawSilently(server, x!, y!, 0x102030 * (at + 1));
    await client.converge(() => server.rgb());
    assert.equal(observer.counted.missed, at + 1);
  }
});

Deno.test("what is reported is not counted as missed, however much goes on", async () => {
  const observer = counter();
  await using server = await TestServer.start({ observers: [observer] });
  await using client = await server.connect({ encodings: [Encoding.Raw] });
  await client.refresh();
  const until = performance.now() + 1500;
  for (let i = 0; observer.counted.tiles === 0 || performance.now() < until; i++) {
    server.screen.draw({ x: i * 7 % 150, y: i * 5 % 100, width: 50, height: 50 }, i * 0x010305 & 0xffffff);
    await client.settle(2);
  }
  assert.equal(observer.counted.missed, 0);
});

Deno.test("nothing is audited while nobody looks, nor where everything counts as changed", async () => {
  const [idle, accepting] = [counter(), counter()];
  await using nobody = await TestServer.start({ observers: [idle] });
  await using server = await TestServer.start({ observers: [accepting], compare: false });
  await using client = await server.connect({ encodings: [Encoding.Raw] });
  await client.refresh();
  await client.requestUpdate({ incremental: true });
  await new Promise((resolve) => setTimeout(resolve, 700));
  assert.equal(idle.counted.tiles, 0);
  assert.equal(accepting.counted.tiles, 0);
  assert.equal(nobody.screen.captures, 1, "the first look");
});
