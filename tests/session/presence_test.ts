/** @module */
import assert from "node:assert/strict";
import { PseudoEncoding } from "../../lib/protocol/constants.ts";
import { NO_ENCODINGS } from "../../lib/protocol/set_encodings.ts";
import { ClientState } from "../../lib/session/client_state.ts";
import { Presence } from "../../lib/session/presence.ts";

const ALL = { x: 0, y: 0, width: 100, height: 100 };

/** A client that has to wait every 10 ms, from `from` on for so long. @returns When it was sent what. */
function ahead(client: ClientState, presence: Presence, from: number, ms: number): [number, ...number[]][] {
  const sent: [number, ...number[]][] = [];
  for (let now = from; now <= from + ms; now += 10) {
    presence.ahead(now);
    for (const reply of client.takeReplies()) sent.push([now, ...reply]);
  }
  return sent;
}

Deno.test("Presence asks a client that is ahead for half a second, and again each half second", () => {
  const client = new ClientState({ width: 100, height: 100 });
  const presence = new Presence(client);
  assert.deepEqual(ahead(client, presence, 0, 490), []);
  // Bell (RFC 6143 §7.6.3): it has not asked for pictures.
  assert.deepEqual(ahead(client, presence, 1000, 1200), [[1500, 2], [2000, 2]]);
});

Deno.test("Presence answers a request with an update without rectangles (§7.6.1)", () => {
  const client = new ClientState({ width: 100, height: 100 });
  client.request(ALL, true);
  assert.deepEqual(ahead(client, new Presence(client), 0, 500), [[500, 0, 0, 0, 0]]);
  assert.equal(client.wish, undefined, "the request is answered");
});

Deno.test("Presence sends nothing to a client whose pictures are on their way", () => {
  const client = new ClientState({ width: 100, height: 100 });
  client.request(ALL, false);
  assert.deepEqual(ahead(client, new Presence(client), 0, 2000), []);
  assert.deepEqual(client.wish?.full.bounds, ALL);
});

Deno.test("Presence sends a fence to clients that know fences (rfbproto ServerFence)", () => {
  const client = new ClientState({ width: 100, height: 100 });
  client.setEncodings({ ...NO_ENCODINGS, pseudo: new Set([PseudoEncoding.Fence]) });
  client.request(ALL, true);
  assert.deepEqual(ahead(client, new Presence(client), 0, 500), [[500, 248, 0, 0, 0, 0x80, 0, 0, 0, 0]]);
  assert.ok(client.wish, "the request stays open");
});
