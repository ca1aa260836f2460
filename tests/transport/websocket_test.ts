/** RFB in a WebSocket, over transports without sockets. @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { DisconnectedError } from "../../lib/core/errors.ts";
import { Inbox } from "../../lib/transport/inbox.ts";
import { memoryTransports } from "../../lib/transport/memory.ts";
import type { Transport } from "../../lib/transport/transport.ts";
import { WebSocketTransport } from "../../lib/transport/websocket.ts";
import { clientFrame } from "../support/websocket_client.ts";

const PEER = { transport: "websocket", address: "192.0.2.1:1", local: false, encrypted: true };

/** A server's WebSocket, and the client's end of what it lies on. */
class Pair implements AsyncDisposable {
  readonly socket: WebSocketTransport;
  readonly client: Transport;
  readonly inbox: Inbox;

  constructor() {
    const [beneath, client] = memoryTransports();
    this.socket = new WebSocketTransport(beneath, { peer: PEER });
    this.client = client;
    this.inbox = new Inbox(client);
  }

  /** A frame of the server: opcode and payload. */
  async frame(): Promise<[number, Uint8Array]> {
    const [first, second] = (await this.inbox.take(2)) as unknown as [number, number];
    assert.equal(first & 0xf0, 0x80, "every message is one frame");
    const size = second === 127 ? 8 : second === 126 ? 2 : 0;
    const extended = await this.inbox.take(size);
    const length = size === 0 ? second : extended.reduce((value, byte) => value * 256 + byte, 0);
    return [first & 15, await this.inbox.take(length)];
  }

  /** The code of the server's Close frame, after other frames. */
  async closeCode(): Promise<number> {
    for (;;) {
      const [opcode, payload] = await this.frame();
      if (opcode === 8) return payload[0]! << 8 | payload[1]!;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.client[Symbol.dispose]();
    this.socket[Symbol.dispose]();
    await this.socket.closed;
  }
}

/** Everything that comes, until the end. */
async function readAll(transport: Transport, size = 100): Promise<Uint8Array> {
  const parts: number[] = [];
  const buffer = new Uint8Array(size);
  for (let count; (count = await transport.read(buffer)) !== null;) parts.push(...buffer.subarray(0, count));
  return Uint8Array.from(parts);
}

Deno.test("WebSocketTransport.read() gives the payloads' bytes, however they are cut into frames and packets (§5.4)", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ minLength: 1, maxLength: 300 }),
      fc.array(fc.nat(40), { maxLength: 20 }),
      fc.integer({ min: 1, max: 50 }),
      fc.integer({ min: 1, max: 30 }),
      async (data, cuts, packet, bufferSize) => {
        await using pair = new Pair();
        const frames: number[] = [];
        let at = 0;
        for (const [index, size] of [...cuts, data.length].entries()) {
          const end = Math.min(data.length, at + size);
          const final = end === data.length || index % 3 === 2;
          const opcode = index % 3 === 0 ? 2 : 0;
          frames.push(...clientFrame(opcode, data.subarray(at, end), { final }));
          // Control frames may come in the midst of a message.
          if (index % 4 === 1) frames.push(...clientFrame(10, [1, 2, 3]));
          at = end;
          if (end === data.length) break;
        }
        frames.push(...clientFrame(8, [3, 232]));
        const bytes = Uint8Array.from(frames);
        const sent = (async () => {
          for (let i = 0; i < bytes.length; i += packet) {
            await pair.client.write(bytes.subarray(i, i + packet));
          }
        })();
        assert.deepEqual([...await readAll(pair.socket, bufferSize)], [...data]);
        await sent;
      },
    ),
    { seed: 7, numRuns: 60 },
  );
});

Deno.test("WebSocketTransport.write() sends binary frames that hold all bytes, big ones in pieces", async () => {
  await using pair = new Pair();
  const data = Uint8Array.from({ length: 200_000 }, (_, i) => i * 7);
  const written = pair.socket.write(data);
  const parts: Uint8Array[] = [];
  for (let got = 0; got < data.length;) {
    const [opcode, payload] = await pair.frame();
    assert.equal(opcode, 2);
    assert.ok(payload.length <= 65536);
    parts.push(payload);
    got += payload.length;
  }
  await written;
  assert.deepEqual(new Uint8Array(await new Blob(parts as BlobPart[]).arrayBuffer()), data);
});

Deno.test("WebSocketTransport.write() ends when the bytes have been taken, and not before", async () => {
  await using pair = new Pair();
  let ended = false;
  const written = pair.socket.write(new Uint8Array(1000)).then(() => ended = true);
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  assert.equal(ended, false);
  await pair.frame();
  await written;
});

Deno.test("WebSocketTransport answers pings; of those that come while it cannot send, the last (§5.5.3)", async () => {
  await using pair = new Pair();
  const reading = pair.socket.read(new Uint8Array(1));
  await pair.client.write(clientFrame(9, [1, 2]));
  assert.deepEqual(await pair.frame(), [10, Uint8Array.of(1, 2)]);
  const written = pair.socket.write(new Uint8Array(10));
  for (const ping of [3, 4, 5]) await pair.client.write(clientFrame(9, [ping]));
  await pair.client.write(clientFrame(2, [9]));
  assert.equal(await reading, 1);
  assert.equal((await pair.frame())[0], 2);
  await written;
  assert.deepEqual(await pair.frame(), [10, Uint8Array.of(5)]);
});

for (
  const [what, frame, code] of [
    ["an unmasked frame (§5.1)", clientFrame(2, [1], { masked: false }), 1002],
    ["text (§5.6)", clientFrame(1, [65]), 1003],
    ["the continuation of nothing (§5.4)", clientFrame(0, [65]), 1002],
    ["a close code that may not be sent (§7.4)", clientFrame(8, [3, 237]), 1002],
    ["too long a frame", clientFrame(2, [], { declared: 1n << 40n }), 1009],
  ] as const
) {
  Deno.test(`WebSocketTransport refuses ${what} with ${code}`, async () => {
    await using pair = new Pair();
    const sent = pair.client.write(frame).catch(() => {});
    await assert.rejects(pair.socket.read(new Uint8Array(10)), { name: "ProtocolError" });
    pair.socket.farewell("something else");
    const closing = pair.socket.close();
    assert.equal(await pair.closeCode(), code);
    pair.client[Symbol.dispose]();
    await Promise.all([closing, sent]);
  });
}

Deno.test("WebSocketTransport refuses a message inside of another (§5.4)", async () => {
  await using pair = new Pair();
  const sent = pair.client.write(
    Uint8Array.from([...clientFrame(2, [1], { final: false }), ...clientFrame(2, [2])]),
  );
  const buffer = new Uint8Array(10);
  assert.equal(await pair.socket.read(buffer), 1);
  await assert.rejects(pair.socket.read(buffer), { name: "ProtocolError", section: "RFC 6455 5.4" });
  await sent;
});

Deno.test("WebSocketTransport.read() ends at a Close frame, without a code too, and it is answered (§5.5.1)", async () => {
  for (const [payload, answer] of [[[], 1000], [[3, 233], 1001], [[15, 160], 4000]] as const) {
    await using pair = new Pair();
    const sent = pair.client.write(clientFrame(8, payload));
    assert.equal(await pair.socket.read(new Uint8Array(10)), null);
    await sent;
    pair.socket[Symbol.dispose]();
    assert.equal(await pair.closeCode(), answer);
  }
});

Deno.test("WebSocketTransport.read() tells the end of a connection between frames from one in mid-frame", async () => {
  {
    await using pair = new Pair();
    await pair.client.close();
    assert.equal(await pair.socket.read(new Uint8Array(10)), null);
  }
  for (const cut of [1, 5, 8]) {
    await using pair = new Pair();
    const sent = pair.client.write(clientFrame(2, [1, 2, 3]).subarray(0, cut)).then(() =>
      pair.client.close()
    );
    await assert.rejects(readAll(pair.socket), DisconnectedError);
    await sent;
  }
});

Deno.test("WebSocketTransport, disposed, tells why as long as the peer reads, and is gone at once where it does not", async () => {
  {
    await using pair = new Pair();
    pair.socket.farewell("Another viewer wants the desktop for itself");
    pair.socket[Symbol.dispose]();
    pair.socket[Symbol.dispose]();
    const [opcode, payload] = await pair.frame();
    assert.equal(opcode, 8);
    assert.deepEqual([...payload.subarray(0, 2)], [3, 232]);
    assert.equal(
      new TextDecoder().decode(payload.subarray(2)),
      "Another viewer wants the desktop for itself",
    );
  }
  {
    await using pair = new Pair();
    const written = pair.socket.write(new Uint8Array(100));
    await Promise.resolve();
    await Promise.resolve();
    pair.socket[Symbol.dispose]();
    await assert.rejects(written, DisconnectedError);
    await pair.socket.closed;
    await assert.rejects(pair.socket.write(new Uint8Array(1)), DisconnectedError);
  }
});

Deno.test("WebSocketTransport.farewell() says 1001 when the server goes away", async () => {
  await using pair = new Pair();
  pair.socket.farewell("The server has stopped", true);
  pair.socket[Symbol.dispose]();
  assert.equal(await pair.closeCode(), 1001);
});

Deno.test("WebSocketTransport.close() gives up on a peer that does not read", async () => {
  await using pair = new Pair();
  const began = performance.now();
  await pair.socket.close(50);
  assert.ok(performance.now() - began < 2000);
});

Deno.test("WebSocketTransport takes any bytes for data, for an end, or for a broken rule, and for nothing else", async () => {
  const frame = fc.tuple(
    fc.constantFrom(0, 1, 2, 2, 2, 8, 9, 10, 11),
    fc.uint8Array({ maxLength: 30 }),
    fc.boolean(),
    fc.constantFrom(0, 0, 0, 0, 4),
  ).map(([opcode, payload, final, reserved]) => [...clientFrame(opcode, payload, { final, reserved })]);
  const noise = fc.uint8Array({ maxLength: 20 }).map((bytes) => [...bytes]);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof({ weight: 5, arbitrary: frame }, noise), { maxLength: 8 }),
      async (parts) => {
        await using pair = new Pair();
        const bytes = Uint8Array.from(parts.flat());
        const sent = pair.client.write(bytes).then(() => pair.client.close()).catch(() => {});
        // Pongs must be read, or the transport waits for that.
        const read = readAll(pair.client).catch(() => {});
        try {
          assert.ok((await readAll(pair.socket)).length <= bytes.length);
        } catch (error) {
          const { name } = error as Error;
          assert.ok(["ProtocolError", "DisconnectedError"].includes(name), name);
        }
        pair.client[Symbol.dispose]();
        pair.socket[Symbol.dispose]();
        await Promise.all([sent, read]);
      },
    ),
    { seed: 11, numRuns: 300 },
  );
});
