/**
 * What a pause costs in which the event loop looks at its sockets (docs/decisions/0006): `deno bench -A bench/turns_bench.ts`.
 *
 * @module
 */
import { nextTurn, restBy } from "../lib/core/next_turn.ts";
import { OwnConnection } from "../lib/transport/own_connection.ts";

Deno.bench({ name: "64 immediates", group: "turn", baseline: true, fn: async () => await nextTurn() });

const own = await OwnConnection.open(Deno.listen({ hostname: "127.0.0.1", port: 0 }));
Deno.bench({
  name: "a byte that goes round",
  group: "turn",
  async fn() {
    using _way = restBy(own.rest);
    await nextTurn();
  },
});
