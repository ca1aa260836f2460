/**
 * Each limit of lib/core/limits.ts, by a peer that goes beyond it, and by one that does not.
 *
 * @module
 */
import assert from "node:assert/strict";
import { ByteWriter } from "../lib/core/bytes.ts";
import { AuthenticationError, ProtocolError } from "../lib/core/errors.ts";
import { DEFAULT_LIMITS, type Limits, PEER_LIMITS } from "../lib/core/limits.ts";
import type { SessionClosed } from "../lib/core/observer.ts";
import { DiscardedInput } from "../lib/input/discard.ts";
import { maxMessageLength, parseClientMessage } from "../lib/protocol/client_messages.ts";
import { checkScreenLayout, DesktopSizeStatus } from "../lib/protocol/extensions/extended_desktop_size.ts";
import { parseClientEncodings } from "../lib/protocol/set_encodings.ts";
import { AesEax, BLOCK } from "../lib/security/aes_eax.ts";
import { AesTransport } from "../lib/security/aes_transport.ts";
import { failLogin } from "../lib/security/login_guard.ts";
import { SECURITY_TYPES } from "../lib/security/registry.ts";
import { checkPeerBits } from "../lib/security/rsa_key.ts";
import { ServerKeys } from "../lib/security/server_keys.ts";
import { isUserName } from "../lib/security/users.ts";
import { VENCRYPT } from "../lib/security/ve_ncrypt.ts";
import { ClientState } from "../lib/session/client_state.ts";
import { handshake } from "../lib/session/handshake.ts";
import { Inbox } from "../lib/transport/inbox.ts";
import { SocketTransport } from "../lib/transport/tcp.ts";
import type { Peer, Transport } from "../lib/transport/transport.ts";
import { WebSocketTransport } from "../lib/transport/websocket.ts";
import { CloseCode } from "../lib/transport/websocket_frame.ts";
import { RfbClient } from "./support/rfb_client.ts";
import { TestServer, type TestServerOptions } from "./support/test_server.ts";

/** Tests by the limits that they are of: the last test sees that none is missing. */
const tested = new Set<string>();

function limitTest(
  limit: keyof Limits | keyof typeof PEER_LIMITS,
  what: string,
  run: () => Promise<void>,
): void {
  tested.add(limit);
  Deno.test(`${limit}: ${what}`, run);
}

/** A server that notes how sessions end. */
async function noting(options: TestServerOptions): Promise<{ server: TestServer; ended: SessionClosed[] }> {
  const ended: SessionClosed[] = [];
  const observers = [{ sessionClosed: (event: SessionClosed) => void ended.push(event) }];
  return { server: await TestServer.start({ observers, ...options }), ended };
}

async function until(isSo: () => boolean): Promise<void> {
  const end = performance.now() + 10_000;
  while (!isSo()) {
    assert.ok(performance.now() < end, "it took too long");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const ascii = (text: string) => new TextEncoder().encode(text);

limitTest("handshakeMs", "a peer that chooses no security type is gone by then", async () => {
  const { server, ended } = await noting({ limits: { handshakeMs: 150, loginMs: 60_000 } });
  await using _server = server;
  using silent = await RfbClient.open({ port: server.server.port, timeoutMs: 5000 });
  await silent.bytes(12);
  await silent.end();
  await until(() => ended.length === 1);
  assert.deepEqual([ended[0]!.kind, ended[0]!.reason], [
    "timeout",
    "Peer did not choose a security type within 0.15 s",
  ]);
});

limitTest("loginMs", "a peer that does not log in is gone by then", async () => {
  const { server, ended } = await noting({ password: "x", limits: { handshakeMs: 60_000, loginMs: 700 } });
  await using _server = server;
  using slow = await RfbClient.open({ port: server.server.port, timeoutMs: 5000 });
  await slow.bytes(12);
  await slow.write(ascii("RFB 003.008\n"));
  await slow.bytes(2);
  await slow.write(Uint8Array.of(2));
  await slow.bytes(16);
  await slow.end();
  await until(() => ended.length === 1);
  assert.deepEqual([ended[0]!.kind, ended[0]!.reason], ["timeout", "Peer did not log in within 0.7 s"]);
  await until(() => /_connections_total\{[^}]*result="timed_out"\} 1/.test(server.server.metrics!.text()));
});

limitTest("idleMs", "a viewer that does nothing is gone by then, and is told to be idle", async () => {
  const { server, ended } = await noting({ input: new DiscardedInput(), limits: { idleMs: 1500 } });
  await using _server = server;
  await using idle = await server.connect();
  await using busy = await server.connect();
  const begun = performance.now();
  // Asking for pictures is no sign of life: viewers do that by themselves.
  const asking = setInterval(() => void idle.requestUpdate().catch(() => {}), 50);
  try {
    while (ended.length === 0) {
      await busy.pointer(1, 1, 0);
      await new Promise((resolve) => setTimeout(resolve, 20));
      assert.ok(performance.now() - begun < 20_000);
    }
  } finally {
    clearInterval(asking);
  }
  const [{ session, kind, reason }] = ended as [SessionClosed];
  assert.deepEqual([session, kind, reason], [
    1,
    "idle",
    "Nothing was pressed, moved or copied for 1.5 s",
  ]);
  assert.equal(Object.keys(server.server.operations.info().ended).join(), "idle");
  assert.match(server.server.metrics!.text(), /^porthole_session_ends_total\{reason="idle"\} [12]$/m);
});

limitTest("sessionMs", "a session ends then, whatever it does", async () => {
  const { server, ended } = await noting({ input: new DiscardedInput(), limits: { sessionMs: 300 } });
  await using _server = server;
  await using client = await server.connect();
  while (ended.length === 0) {
    await client.pointer(1, 1, 0).catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.deepEqual([ended[0]!.kind, ended[0]!.reason], ["lifetime", "The session has lasted for 0.3 s"]);
  assert.ok(ended[0]!.durationMs >= 299, `${ended[0]!.durationMs} ms`);
});

limitTest(
  "pendingConnections",
  "one peer more is closed at once, or one that only waits gives way",
  async () => {
    await using server = await TestServer.start({
      password: "x",
      limits: { pendingConnections: 3, pendingConnectionsPerAddress: 10 },
    });
    const open = () => RfbClient.open({ port: server.server.port, timeoutMs: 5000 });
    const peers = await Promise.all([open(), open(), open()]);
    for (const peer of peers) await peer.bytes(12);
    using newcomer = await open();
    await newcomer.bytes(12);
    await until(() => server.server.status().pending === 3);
    await Promise.any(peers.map((peer) => peer.end()));
    for (const peer of [newcomer, ...peers]) peer.close();
    await until(() => server.server.status().pending === 0);
    const choosers = await Promise.all([open(), open(), open()]);
    for (const peer of choosers) {
      await peer.bytes(12);
      await peer.write(ascii("RFB 003.008\n"));
      await peer.bytes(2);
      await peer.write(Uint8Array.of(2));
      await peer.bytes(16);
    }
    using more = await open();
    await more.end();
    for (const peer of choosers) peer.close();
  },
);

limitTest(
  "pendingConnectionsPerAddress",
  "one peer more from there is closed at once, from elsewhere not",
  async () => {
    await using server = await TestServer.start({ limits: { pendingConnectionsPerAddress: 2 } });
    const peers = [];
    for (let i = 0; i < 2; i++) {
      peers.push(
        await RfbClient.open({ port: server.server.port, timeoutMs: 5000 }),
      );
    }
    for (const peer of peers) await peer.bytes(12);
    using more = await RfbClient.open({ port: server.server.port, timeoutMs: 5000 });
    await more.end();
    const elsewhere = new EndlessPeer("192.0.2.9:1", []);
    server.server.accept(elsewhere);
    await until(() => elsewhere.written > 0);
    for (const peer of peers) peer.close();
  },
);

limitTest("connectionsPerAddress", "one viewer more from there is told why it cannot come in", async () => {
  await using server = await TestServer.start({ insecureNoAuth: true, limits: { connectionsPerAddress: 2 } });
  const come = async (address: string) => {
    const peer = new EndlessPeer(address, [...ascii("RFB 003.008\n"), 1, 1], "waits");
    server.server.accept(peer);
    await until(() => peer.closed || server.server.sessions.some((one) => one.address === address));
    return !peer.closed;
  };
  assert.deepEqual(
    [
      await come("192.0.2.7:1"),
      await come("192.0.2.7:2"),
      await come("192.0.2.7:3"),
      await come("192.0.2.8:1"),
    ],
    [true, true, false, true],
  );
  for (const [at, comes] of [["::1", true], ["::2", true], ["::3", false], [":1::3", true]] as const) {
    assert.equal(await come(`[2001:db8${at}]:1`), comes, "of IPv6, a network counts as one address");
  }
  await using _one = await server.connect();
  await using _two = await server.connect();
  await using _three = await server.connect(); // this machine has many users
});

limitTest("cutTextBytes", "longer texts are skipped, as they are and compressed", () => {
  const head = (length: number) => {
    const out = new ByteWriter();
    out.u8(6).zeros(3).i32(length);
    return out.copy();
  };
  const options = { maxCutText: 1000, extendedMouseButtons: false };
  for (const length of [1001, 2 ** 31 - 1, -1001, -(2 ** 31) + 1]) {
    const result = parseClientMessage(head(length), options);
    assert.ok(result.done && result.message.type === "Skip" && result.message.count === Math.abs(length));
  }
  for (const length of [1000, -1000]) {
    const result = parseClientMessage(head(length), options);
    assert.ok(!result.done && result.needed === 1008);
  }
  assert.equal(DEFAULT_LIMITS.cutTextBytes, 1 << 20);
  return Promise.resolve(); // what is compressed in them: tests/session/clipboard_test.ts
});

limitTest("closeGraceMs", "a peer that does not go when it is told is not waited for longer", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  using _peer = await Deno.connect({ hostname: "127.0.0.1", port: (listener.addr as Deno.NetAddr).port });
  using transport = new SocketTransport(await listener.accept());
  const begun = performance.now();
  await transport.close();
  const ms = performance.now() - begun;
  assert.ok(ms >= PEER_LIMITS.closeGraceMs - 5 && ms < 5 * PEER_LIMITS.closeGraceMs, `${ms} ms`);
});

limitTest("failedLoginMs", "every failure is answered so late", async () => {
  const begun = performance.now();
  await assert.rejects(failLogin(), AuthenticationError);
  assert.ok(performance.now() - begun >= PEER_LIMITS.failedLoginMs - 2);
});

limitTest(
  "pendingReceiveBytes",
  "no login takes more than 16 KiB for what it receives, whatever it is told",
  async () => {
    const noise = (seed: number) => Array.from({ length: 600 }, (_, at) => (at * seed * 7919 >> 3) & 255);
    const keys = new ServerKeys(() => ({ certificateFile: "", keyFile: "", stateFolder: "" }));
    for (const type of SECURITY_TYPES) {
      for (const tail of [[], [255], noise(1), noise(5), [0, 2, 0, 0, 1, 0, 255, 255, 255, 255]]) {
        const peer = new EndlessPeer("127.0.0.1:1", [...ascii("RFB 003.008\n"), type.number, ...tail]);
        await handshake(peer, {
          securityTypes: [{ ...type, offeredTo: () => true }],
          credentials: { password: "x", viewOnlyPassword: "", insecureNoAuth: false, keys },
        }).catch(() => {});
        assert.ok(peer.mostOffered <= 16 * 1024, `${type.name}: ${peer.mostOffered} bytes`);
      }
    }
  },
);

limitTest("plainTextBytes", "VeNCrypt Plain takes no name or password that is longer", async () => {
  const login = async (...lengths: [number, number]) => {
    const peer = new EndlessPeer("127.0.0.1:1", [
      ...ascii("RFB 003.008\n"),
      ...[VENCRYPT.number, 0, 2, 0, 0, 1, 0],
      ...lengths.flatMap((length) => [length >>> 24, length >>> 16 & 255, length >>> 8 & 255, length & 255]),
    ]);
    const users = new Map([["anna", { name: "anna", role: "owner", hash: "" } as const]]);
    const credentials = { password: "", viewOnlyPassword: "", insecureNoAuth: false, users };
    return await handshake(peer, { securityTypes: [{ ...VENCRYPT, offeredTo: () => true }], credentials })
      .then(String, String);
  };
  assert.match(await login(1024, 1), /longer than 1023/);
  assert.match(await login(1, 2 ** 31), /longer than 1023/);
  assert.match(await login(1023, 1023), /Authentication failed/);
});

limitTest("shortTextBytes", "no user has a longer name", () => {
  assert.ok(isUserName("x".repeat(255)));
  assert.ok(!isUserName("x".repeat(256)));
  return Promise.resolve();
});

limitTest("rsaBits", "no peer's key is shorter or longer", () => {
  for (const bits of [0, 512, 1023, 8193, 16384, 2 ** 32 - 1]) {
    assert.throws(() => checkPeerBits(bits), ProtocolError);
  }
  assert.deepEqual([1024, 8192].map(checkPeerBits), [128, 1024]);
  return Promise.resolve();
});

limitTest("encodings", "the longest list is read, and little of it kept", async () => {
  const most = PEER_LIMITS.encodings;
  assert.equal(maxMessageLength({ maxCutText: 0, extendedMouseButtons: false }), 4 + 4 * most);
  const { order, pseudo } = parseClientEncodings(Array.from({ length: most }, (_, at) => at - 30_000));
  assert.ok(order.length + pseudo.size <= 256, `${order.length} and ${pseudo.size}`);
  await using server = await TestServer.start();
  await using client = await server.connect();
  await client.setEncodings(Array.from({ length: most }, (_, at) => at + 100_000));
  await client.requestUpdate();
  await client.nextUpdate();
});

limitTest("fenceBytes", "longer payloads are skipped", () => {
  const fence = (length: number) => Uint8Array.from([248, 0, 0, 0, 0x80, 0, 0, 0, length]);
  const options = { maxCutText: 1000, extendedMouseButtons: false };
  for (const length of [65, 255]) {
    const result = parseClientMessage(fence(length), options);
    assert.ok(result.done && result.message.type === "Skip" && result.message.count === length);
  }
  const result = parseClientMessage(fence(64), options);
  assert.ok(!result.done && result.needed === 73);
  return Promise.resolve();
});

const screen = (id: number, width: number, height: number) => ({ id, x: 0, y: 0, width, height, flags: 0 });

limitTest("desktopSide", "no client gets a larger desktop", () => {
  const judge = (width: number, height: number) =>
    checkScreenLayout({ size: { width, height }, screens: [screen(0, 1, 1)] });
  const { Ok, InvalidLayout } = DesktopSizeStatus;
  assert.deepEqual(
    [judge(16_384, 1), judge(1, 16_384), judge(16_385, 1), judge(1, 65_535), judge(0, 1)],
    [Ok, Ok, InvalidLayout, InvalidLayout, InvalidLayout],
  );
  return Promise.resolve();
});

limitTest("screens", "no layout has more, or none", () => {
  const judge = (count: number) => {
    const screens = Array.from({ length: count }, (_, id) => screen(id, 10, 10));
    return checkScreenLayout({ size: { width: 10, height: 10 }, screens });
  };
  const { Ok, InvalidLayout } = DesktopSizeStatus;
  assert.deepEqual([judge(0), judge(1), judge(255), judge(256)], [InvalidLayout, Ok, Ok, InvalidLayout]);
  return Promise.resolve();
});

limitTest("replyBytes", "a client that asks without reading is cut off before more waits for it", () => {
  const state = new ClientState({ width: 10, height: 10 });
  const kilobyte = new Uint8Array(1024);
  for (let i = 0; i < 256; i++) state.reply(kilobyte);
  assert.throws(() => state.reply(kilobyte), ProtocolError);
  return Promise.resolve();
});

limitTest(
  "emptyFrames",
  "a peer that sends one more in a time has to go, by WebSocket and RSA-AES",
  async () => {
    const { burst } = PEER_LIMITS.emptyFrames;
    const many = burst + 40;
    for (const opcode of [0x82, 0x89, 0x8a]) {
      const frames = Array.from({ length: many }, () => [opcode, 0x80, 0, 0, 0, 0]).flat();
      const source = new EndlessPeer("192.0.2.9:1", frames, "ends");
      using socket = new WebSocketTransport(source, source);
      await assert.rejects(socket.read(new Uint8Array(1)), { code: CloseCode.PolicyViolation });
    }
    const key = new Uint8Array(16);
    for (const [count, problem] of [[burst, /Peer closed/], [many, /carry nothing/]] as const) {
      const sealer = new AesEax(key);
      const messages = Array.from({ length: count }, (_, at) => {
        const message = new Uint8Array(2 + BLOCK);
        const nonce = new Uint8Array(BLOCK);
        new DataView(nonce.buffer).setUint32(0, at, true);
        sealer.seal(nonce, message.subarray(0, 2), new Uint8Array(), message.subarray(2));
        return message;
      });
      const source = new EndlessPeer("192.0.2.9:1", messages.flatMap((message) => [...message]), "ends");
      using layer = new AesTransport(source, new Inbox(source), { receive: key, send: key });
      await assert.rejects(new Inbox(layer).take(1), problem);
    }
  },
);

async function ask(port: number, text: string): Promise<{ said: string; ms: number }> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const begun = performance.now();
  await connection.write(ascii(text)).catch(() => {});
  const said: string[] = [];
  const buffer = new Uint8Array(4096);
  for (;;) {
    const got = await connection.read(buffer).catch(() => null);
    if (got === null) break;
    said.push(new TextDecoder().decode(buffer.subarray(0, got)));
    if (said.join("").includes("\r\n\r\n")) break;
  }
  return { said: said.join(""), ms: performance.now() - begun };
}

const HEAD = "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n";

limitTest("webHeaderBytes", "a request with a longer head is refused", async () => {
  await using server = await TestServer.start({ web: { port: 0 }, webTls: "off" });
  const padding = (length: number) => `X-Padding: ${"x".repeat(length)}\r\n`;
  const port = server.server.webPort!;
  assert.match((await ask(port, `${HEAD}${padding(6000)}\r\n`)).said, /^HTTP\/1.1 200/);
  assert.match((await ask(port, `${HEAD}${padding(9000)}\r\n`)).said, /^HTTP\/1.1 431|^$/);
});

limitTest("webRequestMs", "a request that does not come to its end is not waited for", async () => {
  await using server = await TestServer.start({ web: { port: 0 }, webTls: "off" });
  const { said, ms } = await ask(server.server.webPort!, HEAD);
  assert.match(said, /^$|^HTTP\/1.1 408/);
  assert.ok(ms >= PEER_LIMITS.webRequestMs - 500 && ms < 3 * PEER_LIMITS.webRequestMs, `${ms} ms`);
});

Deno.test("the table of limits has no row without a test", () => {
  const rows = [...Object.keys(DEFAULT_LIMITS), ...Object.keys(PEER_LIMITS)];
  assert.deepEqual(rows.filter((row) => !tested.has(row)), []);
});

Deno.test("VNCServer takes no limit below nothing", async () => {
  await assert.rejects(TestServer.start({ limits: { idleMs: -1 } }), RangeError);
  await assert.rejects(TestServer.start({ limits: { sessionMs: 2 ** 31 } }), RangeError);
});

/** A peer that says something and then zeros without end, or nothing more; notes what it is offered and told. */
class EndlessPeer implements Transport {
  readonly peer: Peer;
  /** Largest buffer that was offered for what it says. */
  mostOffered = 0;
  written = 0;
  closed = false;
  readonly #then: "zeros" | "waits" | "ends";
  readonly #end = Promise.withResolvers<null>();
  #words: number[];
  #left = 64 * 1024;

  constructor(address: string, words: readonly number[], then: "zeros" | "waits" | "ends" = "zeros") {
    const local = address.startsWith("127.");
    this.peer = { transport: "memory", address, local, encrypted: local };
    this.#words = [...words];
    this.#then = then;
    if (then === "ends") this.#left = 0;
  }

  read(buffer: Uint8Array): Promise<number | null> {
    this.mostOffered = Math.max(this.mostOffered, buffer.length);
    if (this.closed) return Promise.resolve(null);
    if (this.#words.length === 0 && this.#then === "waits") return this.#end.promise;
    const said = this.#words.splice(0, buffer.length);
    if (said.length === 0) {
      if (this.#left <= 0) return Promise.resolve(null);
      this.#left -= buffer.length;
      buffer.fill(0);
      return Promise.resolve(buffer.length);
    }
    buffer.set(said);
    return Promise.resolve(said.length);
  }

  write(bytes: Uint8Array): Promise<void> {
    this.written += bytes.length;
    return Promise.resolve();
  }

  close(): Promise<void> {
    this[Symbol.dispose]();
    return Promise.resolve();
  }

  [Symbol.dispose](): void {
    this.closed = true;
    this.#end.resolve(null);
  }
}
