import assert from "node:assert/strict";
import { nextTurn, restBy } from "../../lib/core/next_turn.ts";
import { OwnConnection } from "../../lib/transport/own_connection.ts";
import { assertSocketsAreRead } from "../support/event_loop.ts";

const listen = () => Deno.listen({ hostname: "127.0.0.1", port: 0 });

Deno.test("OwnConnection.rest() lets a socket be read that has something to say, each time", async () => {
  using own = await OwnConnection.open(listen());
  let rests = 0;
  using _way = restBy(() => {
    rests++;
    return own.rest();
  });
  await assertSocketsAreRead(nextTurn, { pauses: 200, workMs: 0.5 });
  assert.equal(rests, 201);
});

Deno.test("OwnConnection.open() takes nobody else for itself", async () => {
  const listener = listen();
  const { hostname, port } = listener.addr;
  using stranger = await Deno.connect({ hostname, port });
  using own = await OwnConnection.open(listener);
  await own.rest();
  await stranger.write(Uint8Array.of(1)).catch(() => {});
  assert.equal(await stranger.read(new Uint8Array(1)).catch(() => null), null, "it was turned away");
});

Deno.test("OwnConnection.rest() holds up nobody when it is disposed, before or meanwhile", async () => {
  const own = await OwnConnection.open(listen());
  const rest = own.rest();
  own[Symbol.dispose]();
  await rest;
  await own.rest();
});

Deno.test("restBy() uses the way that came last, and the one before when that is gone", async () => {
  const rests: string[] = [];
  const way = (name: string) => () => Promise.resolve(rests.push(name));
  const first = restBy(way("first"));
  const second = restBy(way("second"));
  await nextTurn();
  first[Symbol.dispose]();
  await nextTurn();
  second[Symbol.dispose]();
  await nextTurn();
  assert.deepEqual(rests, ["second", "second"]);
});
