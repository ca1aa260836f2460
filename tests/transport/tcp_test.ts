/** Sockets, and peers that do not leave. @module */
import assert from "node:assert/strict";
import { SocketTransport } from "../../lib/transport/tcp.ts";

Deno.test("SocketTransport.close() does not go on reading a peer that sends without end", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const peer = await Deno.connect({ hostname: "127.0.0.1", port: (listener.addr as Deno.NetAddr).port });
  using transport = new SocketTransport(await listener.accept());
  const flood = (async () => {
    const bytes = new Uint8Array(65_536);
    for (;;) await peer.write(bytes);
  })().catch(() => "cut");
  const begun = performance.now();
  await transport.close(30_000);
  assert.ok(performance.now() - begun < 15_000, "the grace is not used up");
  assert.equal(await flood, "cut");
  peer.close();
});
