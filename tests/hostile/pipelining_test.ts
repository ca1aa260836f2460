/**
 * Clients of the HTTP ports that ask for much at once (RFC 9112 §9.3.2).
 *
 * @module
 */
import assert from "node:assert/strict";
import { memoryTransports } from "../../lib/transport/memory.ts";
import type { Transport } from "../../lib/transport/transport.ts";
import { WebServer } from "../../lib/web/web_server.ts";
import { Wire } from "../support/rfb_client.ts";
import { TestServer } from "../support/test_server.ts";

/** Sends requests in one go. @returns How many were answered, and whether the connection was cut. */
async function askAtOnce(port: number, requests: number): Promise<{ answers: number; isCut: boolean }> {
  using wire = await Wire.tcp(port, "127.0.0.1", { timeoutMs: 10_000 });
  const one = "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n";
  const last = "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
  await wire.write(new TextEncoder().encode(one.repeat(requests - 1) + last)).catch(() => {});
  const text = new TextDecoder().decode(await wire.end());
  const answers = text.match(/^HTTP\/1\.1 200/gm)?.length ?? 0;
  return { answers, isCut: answers < requests };
}

for (const which of ["the web port", "the port of metrics"]) {
  Deno.test(`${which} answers a few requests that come together, and cuts who sends hundreds`, async () => {
    const isWeb = which === "the web port";
    await using server = await TestServer.start({
      web: isWeb ? { port: 0 } : undefined,
      metrics: isWeb ? {} : { port: 0 },
    });
    const port = isWeb ? server.server.webPort! : server.server.metrics!.port!;
    assert.deepEqual(await askAtOnce(port, 1), { answers: 1, isCut: false });
    assert.deepEqual(await askAtOnce(port, 5), { answers: 5, isCut: false });
    const { answers, isCut } = await askAtOnce(port, 400);
    assert.ok(isCut && answers <= 8, `${answers} answers`);
    assert.deepEqual(await askAtOnce(port, 2), { answers: 2, isCut: false });
  });
}

Deno.test("WebServer reads little of hundreds of requests before it cuts their connection", async () => {
  using server = new WebServer({
    routes: new Map([["/", () => new Promise(() => {})]]),
    rules: () => ({ allowedOrigins: [], ownNames: [] }),
    receive: () => assert.fail("nobody asked for a WebSocket"),
  });
  const [near, far] = memoryTransports();
  const { promise: cut, resolve } = Promise.withResolvers<void>();
  let taken = 0;
  const counted: Transport = {
    peer: near.peer,
    async read(into) {
      const count = await near.read(into);
      taken += count ?? 0;
      return count;
    },
    write: (bytes) => near.write(bytes),
    close: () => near.close(),
    [Symbol.dispose]: () => {
      near[Symbol.dispose]();
      resolve();
    },
  };
  server.serve(counted);
  const request = new TextEncoder().encode("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(1000));
  await far.write(request).catch(() => {}); // cut in the middle
  await cut;
  assert.ok(taken <= 2048, `${taken} bytes`);
});
