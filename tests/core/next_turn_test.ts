/** The main thread is shared slice by slice. @module */
import assert from "node:assert/strict";
import { nextTurn, SLICE_MS, turnUsedUp } from "../../lib/core/next_turn.ts";

function work(ms: number): void {
  for (const end = performance.now() + ms; performance.now() < end;);
}

Deno.test("nextTurn() lets a socket be read that has something to say", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  using near = await Deno.connect({ hostname: "127.0.0.1", port: (listener.addr as Deno.NetAddr).port });
  using far = await listener.accept();
  let heard = 0;
  const reading = (async () => {
    const into = new Uint8Array(1);
    while (await far.read(into) !== null) heard++;
  })();
  await nextTurn();
  for (let said = 1; said <= 20; said++) {
    await near.write(Uint8Array.of(said));
    work(1);
    await nextTurn();
    assert.equal(heard, said);
  }
  near.close();
  await reading;
});

Deno.test("nextTurn() lets many with little to do share a turn", async () => {
  let turns = 0;
  const counting = setInterval(() => turns++, 0);
  const waiting = 500;
  const order: number[] = [];
  await Promise.all(Array.from({ length: waiting }, async (_, i) => {
    await nextTurn();
    order.push(i);
  }));
  clearInterval(counting);
  assert.deepEqual(order, Array.from({ length: waiting }, (_, i) => i));
  assert.ok(turns < waiting / 4, `${turns} turns`);
});

Deno.test("nextTurn() gives each of those who have much to do a turn of its own, in order", async () => {
  const order: string[] = [];
  const worker = async (name: string) => {
    for (let slice = 0; slice < 3; slice++) {
      await nextTurn();
      order.push(name);
      setTimeout(() => order.push("|"), 0);
      work(2); // so that the timer is due in the next turn
    }
  };
  await Promise.all([worker("a"), worker("b")]);
  assert.equal(order.join("").replace(/\|+$/, ""), "a|b|a|b|a|b");
});

Deno.test("turnUsedUp() counts the work of all in one turn of the event loop", async () => {
  await nextTurn();
  assert.equal(turnUsedUp(), undefined);
  work(SLICE_MS / 2);
  assert.equal(turnUsedUp(), undefined);
  await Promise.resolve(); // another task, the same turn
  work(SLICE_MS / 2 + 0.1);
  const pause = turnUsedUp();
  assert.ok(pause);
  await pause;
  assert.equal(turnUsedUp(), undefined);
});

Deno.test("turnUsedUp() starts anew when the event loop has turned by itself", async () => {
  await nextTurn();
  turnUsedUp();
  await new Promise((resolve) => setTimeout(resolve, SLICE_MS + 1));
  assert.equal(turnUsedUp(), undefined);
});
