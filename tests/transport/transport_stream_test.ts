/** Transports as streams of Node.js. @module */
import assert from "node:assert/strict";
import type { Transport } from "../../lib/transport/transport.ts";
import { TransportStream } from "../../lib/transport/transport_stream.ts";

/** Gives some bytes at once, and then nothing more. */
function greeter(): Transport {
  let greeted = false;
  return {
    peer: { transport: "memory", address: "192.0.2.9:1", local: false, encrypted: false },
    read: () => greeted ? new Promise(() => {}) : (greeted = true, Promise.resolve(100)),
    write: () => Promise.resolve(),
    close: () => Promise.resolve(),
    [Symbol.dispose]() {},
  };
}

/** What a crowd of streams costs, 1 ms for each, and how often others had their turn meanwhile. */
async function turnsBesides(open: () => TransportStream): Promise<number> {
  let turns = 0;
  const clock = setInterval(() => turns++, 0);
  const streams = Array.from({ length: 40 }, open);
  await Promise.all(streams.map((stream) =>
    new Promise<void>((resolve) =>
      stream.once("data", () => {
        for (const end = performance.now() + 1; performance.now() < end;);
        resolve();
      })
    )
  ));
  clearInterval(clock);
  for (const stream of streams) stream.destroy();
  return turns;
}

Deno.test("TransportStream that reads little lets others have their turn between a crowd of such", async () => {
  const turns = await turnsBesides(() => new TransportStream(greeter(), 1024));
  assert.ok(turns >= 5, `${turns} turns in 40 ms`);
});

Deno.test("TransportStream.widen() ends the waiting for others", async () => {
  const turns = await turnsBesides(() => {
    const stream = new TransportStream(greeter(), 1024);
    stream.widen();
    return stream;
  });
  assert.ok(turns < 5, `${turns} turns`);
});
