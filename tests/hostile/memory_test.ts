/**
 * What peers leave behind that have come and gone: nothing.
 *
 * @module
 */
import assert from "node:assert/strict";
import { liveMemory } from "../support/live_memory.ts";
import { RfbClient } from "../support/rfb_client.ts";
import { TestServer } from "../support/test_server.ts";

/** Visits before memory is first looked at: code is compiled, pools are filled. */
const WARM_UP = 200;
const VISITS = 1000;
/** Visits that take longer each. */
const SESSIONS = 200;
/** What may be held on to for each of them, in bytes: a session that is kept has 4 KiB of buffer alone. */
const MOST_BYTES_EACH = 2048;

const VERSION = new TextEncoder().encode("RFB 003.008\n");

type Visit = (server: TestServer) => Promise<void>;

const KINDS: Readonly<Record<string, Visit>> = {
  "connect and leave": async ({ server: { port } }) => {
    using connection = await Deno.connect({ hostname: "127.0.0.1", port });
    await connection.read(new Uint8Array(12));
  },
  "say half a version and leave": async ({ server: { port } }) => {
    using connection = await Deno.connect({ hostname: "127.0.0.1", port });
    await connection.write(VERSION.subarray(0, 6));
    await connection.read(new Uint8Array(12));
  },
  "choose what is not to be had": async ({ server: { port } }) => {
    using connection = await Deno.connect({ hostname: "127.0.0.1", port });
    await connection.write(Uint8Array.of(...VERSION, 77));
    const sink = new Uint8Array(256);
    while (await connection.read(sink) !== null);
  },
};

async function look(server: TestServer): Promise<void> {
  await using client = await RfbClient.connect({ port: server.server.port, timeoutMs: 5000 });
  await client.requestUpdate({ rect: { x: 0, y: 0, width: 8, height: 8 } });
  await client.nextUpdate();
}

async function leaveNothing(visit: Visit, visits: number): Promise<void> {
  await using server = await TestServer.start({ shared: "always", maxConnections: 100 });
  for (let i = 0; i < WARM_UP; i++) await visit(server);
  const before = await liveMemory();
  for (let i = 0; i < visits; i++) await visit(server);
  while (server.server.status().pending + server.server.sessions.length > 0) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const each = (await liveMemory() - before) / visits;
  assert.ok(each < MOST_BYTES_EACH, `${each.toFixed(0)} bytes of each are held on to`);
}

for (const [what, visit] of Object.entries(KINDS)) {
  Deno.test(`a thousand peers that ${what} take no memory with them`, () => leaveNothing(visit, VISITS));
}

Deno.test("sessions that come in, look and leave take no memory with them", () =>
  leaveNothing(look, SESSIONS));
