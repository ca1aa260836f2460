/**
 * Whole connections: handshakes and messages of clients, from scratch and from recordings of real viewers, against real
 * sessions; another client looks on.
 *
 * @module
 */
import assert from "node:assert/strict";
import { ResizeResult } from "../../../lib/capture/screen_source.ts";
import { MemoryClipboard } from "../../../lib/clipboard/memory.ts";
import { hex } from "../../support/hex.ts";
import { LOCAL_PEER, MemoryServer } from "../../support/memory_server.ts";
import { RfbClient } from "../../support/rfb_client.ts";
import type { ByteStream } from "../../support/rfb/wire.ts";
import type { Transport } from "../../../lib/transport/transport.ts";
import viewers from "../../vectors/protocol/viewers.json" with { type: "json" };
import { joined, mutate, oneOf, type Random, some } from "../mutations.ts";
import { ScriptedTransport, scriptOf } from "../scripted_transport.ts";
import { STREAMS } from "../streams.ts";
import type { FuzzTarget, OpenTarget } from "../target.ts";

/** How sessions may end: by the peer's fault, or in good order. Anything else is ours. */
const ORDERLY = [
  "none",
  "DisconnectedError",
  "AbortError",
  "ProtocolError",
  "AuthenticationError",
  "RefusedError",
];

/** What real viewers have said behind ClientInit. */
const RECORDED = viewers.map(({ bytes }) => hex(bytes.join("")));
const COMES_IN = new TextEncoder().encode("RFB 003.008\n\x01\x01");

function makeStream(random: Random): Uint8Array {
  return random() < 0.5
    ? joined(COMES_IN, mutate(oneOf(RECORDED, random), random))
    : mutate(oneOf(STREAMS, random)(random), random);
}

/** Reads and writes of a client that is there all the time. */
function streamOf(transport: Transport): ByteStream {
  return {
    read: (into) => transport.read(into).catch(() => null),
    write: (bytes) => transport.write(bytes).then(() => bytes.length),
    close: () => transport[Symbol.dispose](),
  };
}

async function open(): Promise<OpenTarget> {
  await using opening = new AsyncDisposableStack();
  const servers: MemoryServer[] = [];
  const watchers: RfbClient[] = [];
  for (const options of [{}, { viewOnly: true }, { password: "geheim" }]) {
    const clipboardBackend = new MemoryClipboard();
    const server = opening.use(
      await MemoryServer.start({ shared: "always", maxConnections: 1000, clipboardBackend, ...options }),
    );
    // Clients may change its size, but not to what takes this machine's memory.
    const { screen } = server;
    const resize = screen.resize.bind(screen);
    screen.resize = (size) =>
      size.width * size.height <= 128 * 128 ? resize(size) : Promise.resolve(ResizeResult.OutOfResources);
    servers.push(server);
    if ("password" in options) continue;
    const { transport } = server.connect();
    watchers.push(
      opening.use(
        await RfbClient.connect({ stream: streamOf(transport), timeoutMs: 20_000, keepMessages: false }),
      ),
    );
  }
  const resources = opening.move();
  return {
    make: (random) => joined(some(1, random), makeStream(random)),
    async attempt(bytes) {
      const [control = 0] = bytes;
      const server = servers[(control >> 5) % servers.length]!;
      const transport = new ScriptedTransport(LOCAL_PEER, scriptOf(control, bytes.subarray(1)));
      const { error, reason } = await server.accept(transport, transport).closed;
      assert.ok(ORDERLY.includes(error), `A session has failed: ${error}: ${reason}`);
    },
    async check() {
      const [first, onlyLooking] = watchers;
      servers[0]!.screen.report({ x: 0, y: 0, width: 4, height: 4 });
      await first!.refresh();
      // Where nobody may touch anything, nobody hears of anybody else: nothing but the update comes.
      await onlyLooking!.requestUpdate();
      const message = await onlyLooking!.next();
      assert.equal(message.kind, "update", "a message to another client");
      assert.equal(onlyLooking!.wire.available, 0);
      for (const { server } of servers) assert.ok(server.status().pending === 0);
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

export const SESSIONS: FuzzTarget = { name: "sessions", share: 6, atOnce: 32, open };
