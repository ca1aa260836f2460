/** TransportLayer: whatever a layer does not do itself, it passes on. @module */
import assert from "node:assert/strict";
import { MeteredTransport } from "../../lib/transport/metered.ts";
import { PeekableTransport } from "../../lib/transport/peekable.ts";
import type { Transport } from "../../lib/transport/transport.ts";

/** A transport that notes what it is asked. */
function noted(calls: unknown[]): Required<Transport> {
  const note = (...call: unknown[]) => void calls.push(call);
  return {
    peer: { transport: "test", address: "here", local: true, encrypted: true },
    read: (into) => (note("read", into.length), Promise.resolve(2)),
    write: (bytes) => (note("write", bytes.length), Promise.resolve()),
    backlog: () => (note("backlog"), undefined),
    limitUnsent: (bytes) => note("limitUnsent", bytes),
    peerKeepAliveMs: () => (note("peerKeepAliveMs"), 7),
    farewell: (reason, goingAway) => note("farewell", reason, goingAway),
    close: (graceMs) => (note("close", graceMs), Promise.resolve()),
    [Symbol.dispose]: () => note("dispose"),
  };
}

const LAYERS: Record<string, (inner: Transport) => Transport> = {
  MeteredTransport: (inner) => new MeteredTransport(inner, { received() {}, sent() {} }),
  PeekableTransport: (inner) => new PeekableTransport(inner),
};

for (const [name, layer] of Object.entries(LAYERS)) {
  Deno.test(`${name} passes on everything that a transport can be asked`, async () => {
    const calls: unknown[] = [];
    const inner = noted(calls);
    const outer = layer(inner);
    assert.equal(outer.peer, inner.peer);
    assert.equal(await outer.read(new Uint8Array(3)), 2);
    await outer.write(new Uint8Array(4));
    outer.backlog!();
    outer.limitUnsent!(5);
    assert.equal(outer.peerKeepAliveMs!(), 7);
    outer.farewell!("because", true);
    await outer.close(6);
    outer[Symbol.dispose]();
    assert.deepEqual(calls, [
      ["read", 3],
      ["write", 4],
      ["backlog"],
      ["limitUnsent", 5],
      ["peerKeepAliveMs"],
      ["farewell", "because", true],
      ["close", 6],
      ["dispose"],
    ]);
  });
}
