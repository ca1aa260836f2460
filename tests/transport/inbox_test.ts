/** Buffered reading, from transports that have much to say. @module */
import assert from "node:assert/strict";
import { Inbox } from "../../lib/transport/inbox.ts";
import type { Transport } from "../../lib/transport/transport.ts";

/** Gives a byte to each read, at once and without end. */
const crumbs: Transport = {
  peer: { transport: "memory", address: "192.0.2.9:1", local: false, encrypted: false },
  read: () => Promise.resolve(1),
  write: () => Promise.resolve(),
  close: () => Promise.resolve(),
  [Symbol.dispose]() {},
};

Deno.test("Inbox.fill() lets others have their turn while a peer sends crumbs", async () => {
  const inbox = new Inbox(crumbs);
  let turns = 0;
  const clock = setInterval(() => turns++, 1);
  try {
    await inbox.fill(1 << 20);
  } finally {
    clearInterval(clock);
  }
  assert.equal(inbox.available().length, 1 << 20);
  assert.ok(turns >= 5, `${turns} turns for others`);
});
