/** Looking at first bytes. @module */
import assert from "node:assert/strict";
import { memoryTransports } from "../../lib/transport/memory.ts";
import { PeekableTransport } from "../../lib/transport/peekable.ts";

const LONG = { waitMs: 1000, mostMs: 1000 };

Deno.test("PeekableTransport.peek() shows what the readers get afterwards, in whatever sizes they read", async () => {
  const [beneath, client] = memoryTransports();
  using peekable = new PeekableTransport(beneath);
  const sent = client.write(Uint8Array.of(1, 2, 3));
  assert.deepEqual([...(await peekable.peek(LONG))!], [1, 2, 3]);
  assert.deepEqual([...(await peekable.peek(LONG))!], [1, 2, 3]);
  await sent;
  const buffer = new Uint8Array(2);
  assert.equal(await peekable.read(buffer), 2);
  assert.deepEqual([...buffer], [1, 2]);
  assert.equal(await peekable.read(buffer), 1);
  assert.equal(buffer[0], 3);
  const more = client.write(Uint8Array.of(4));
  assert.equal(await peekable.read(buffer), 1);
  assert.equal(buffer[0], 4);
  await more;
});

Deno.test("PeekableTransport.peek() gives up, and what comes later is read as ever", async () => {
  const [beneath, client] = memoryTransports();
  using peekable = new PeekableTransport(beneath);
  assert.equal(await peekable.peek({ waitMs: 1, mostMs: 1 }), undefined);
  const buffer = new Uint8Array(8);
  const reading = peekable.read(buffer);
  await client.write(Uint8Array.of(7, 8));
  assert.equal(await reading, 2);
  assert.deepEqual([...buffer.subarray(0, 2)], [7, 8]);
});

Deno.test("PeekableTransport.peek() tells that the peer has closed", async () => {
  const [beneath, client] = memoryTransports();
  using peekable = new PeekableTransport(beneath);
  await client.close();
  assert.equal(await peekable.peek(LONG), null);
  assert.equal(await peekable.read(new Uint8Array(8)), null);
});
