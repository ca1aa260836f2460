/**
 * Who may wait to log in, and who gives way (PROTOCOL 3.2).
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Session } from "../../lib/session/session.ts";
import { SessionList } from "../../lib/session/session_list.ts";
import type { Transport } from "../../lib/transport/transport.ts";

/** A list with room for a few, and what becomes of those who wait. */
class Waiting {
  readonly ended: string[] = [];
  readonly #list = new SessionList(
    { pendingConnections: 4, pendingConnectionsPerAddress: 2 } as ConstructorParameters<
      typeof SessionList
    >[0],
    () => ({ maxConnections: 10, shared: "always" }),
  );

  /** @returns Whether there was room. */
  comes(name: string, address: string, phase = "handshake"): boolean {
    const transport = { peer: { address: `${address}:5000` } } as Transport;
    if (!this.#list.makeRoomFor(transport)) return false;
    const session = { status: () => ({ phase }), disconnect: () => this.ended.push(name) };
    this.#list.add(session as unknown as Session, transport);
    return true;
  }

  get count(): number {
    return this.#list.pendingCount;
  }
}

Deno.test("SessionList has room for so many from one address, whatever they do", () => {
  const waiting = new Waiting();
  assert.ok(waiting.comes("a", "192.0.2.1"));
  assert.ok(waiting.comes("b", "192.0.2.1"));
  assert.ok(!waiting.comes("c", "192.0.2.1"));
  assert.deepEqual(waiting.ended, []);
});

Deno.test("SessionList, when it is full, sends the oldest of the largest crowd away for a newcomer", () => {
  const waiting = new Waiting();
  waiting.comes("first", "192.0.2.1");
  waiting.comes("crowd 1", "192.0.2.2");
  waiting.comes("crowd 2", "192.0.2.2");
  waiting.comes("other", "192.0.2.3");
  assert.ok(waiting.comes("newcomer", "192.0.2.4"));
  assert.deepEqual(waiting.ended, ["crowd 1"]);
  assert.ok(waiting.comes("another", "192.0.2.5"));
  assert.deepEqual(waiting.ended, ["crowd 1", "first"]);
  assert.equal(waiting.count, 4);
});

Deno.test("SessionList lets nobody give way who has chosen how to log in", () => {
  const waiting = new Waiting();
  for (let i = 1; i <= 4; i++) waiting.comes(`${i}`, `192.0.2.${i}`, "authentication");
  assert.ok(!waiting.comes("newcomer", "192.0.2.9"));
  assert.deepEqual(waiting.ended, []);
});
