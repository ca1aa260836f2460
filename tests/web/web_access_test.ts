/** Browser access on a running server: HTTP, WebSockets, TLS, and one port for everything. @module */
import assert from "node:assert/strict";
import { makeCertificate } from "../../lib/security/certificate.ts";
import { RecordingInput } from "../support/recording_input.ts";
import { Encoding, Refused, RfbClient, Wire } from "../support/rfb_client.ts";
import { TlsClient } from "../support/tls_client.ts";
import { TestServer, type TestServerOptions } from "../support/test_server.ts";
import { clientFrame, NotUpgraded, readHead, TestWebSocket } from "../support/websocket_client.ts";

const ascii = (text: string) => new TextEncoder().encode(text);

function start(options: TestServerOptions = {}): Promise<TestServer> {
  return TestServer.start({ web: { port: 0 }, ...options });
}

/** Sends a request as it stands. @returns Status, headers and body. */
async function ask(
  port: number,
  request: string,
): Promise<{ status: number; headers: Map<string, string>; body: Uint8Array }> {
  using wire = await Wire.tcp(port, "127.0.0.1", { timeoutMs: 5000 });
  await wire.write(ascii(request));
  const head = await readHead(wire);
  const length = request.startsWith("HEAD") ? 0 : Number(head.headers.get("content-length") ?? 0);
  return { ...head, body: await wire.bytes(length) };
}

function get(port: number, path: string, headers: Record<string, string> = {}, method = "GET") {
  const lines = Object.entries({ Host: `localhost:${port}`, ...headers }).map(([name, value]) =>
    `${name}: ${value}\r\n`
  );
  return ask(port, `${method} ${path} HTTP/1.1\r\n${lines.join("")}\r\n`);
}

/** An RFB client in a WebSocket. */
async function connect(
  port: number,
  request: Partial<Parameters<typeof TestWebSocket.open>[0]> = {},
  options: Parameters<typeof RfbClient.connect>[0] = {},
): Promise<RfbClient> {
  const stream = await TestWebSocket.open({ port, ...request });
  return await RfbClient.connect({ stream, timeoutMs: 5000, ...options });
}

// HTTP

Deno.test("the web port gives the page with headers that confine it, packed for those who take that", async () => {
  await using server = await start();
  const port = server.server.webPort!;
  const plain = await get(port, "/");
  assert.equal(plain.status, 200);
  assert.match(new TextDecoder().decode(plain.body), /<title>Porthole/);
  assert.equal(plain.headers.get("content-type"), "text/html; charset=utf-8");
  const policy = plain.headers.get("content-security-policy")!;
  assert.match(policy, /default-src 'none'/);
  assert.doesNotMatch(policy, /unsafe|\*/);
  assert.equal(plain.headers.get("x-content-type-options"), "nosniff");
  const packed = await get(port, "/page.js?x", { "Accept-Encoding": "gzip, deflate, br" });
  assert.equal(packed.headers.get("content-encoding"), "gzip");
  assert.ok(packed.body.length < 80_000, `${packed.body.length} bytes`);
  const known = await get(port, "/page.js", { "If-None-Match": packed.headers.get("etag")! });
  assert.deepEqual([known.status, known.body.length], [304, 0]);
  const head = await get(port, "/style.css", {}, "HEAD");
  assert.deepEqual([head.status, head.body.length], [200, 0]);
});

for (
  const path of [
    "/nothing",
    "/../deno.json",
    "/%2e%2e/deno.json",
    "/..%2fdeno.json",
    "//etc/passwd",
    "/index.html/..",
    "/page_files.ts",
    "http://localhost/etc/passwd",
    "*",
    "/\\..\\deno.json",
  ]
) {
  Deno.test(`the web port has nothing at ${path}`, async () => {
    await using server = await start();
    assert.equal((await get(server.server.webPort!, path)).status, 404);
  });
}

for (
  const [what, request, status] of [
    ["POST", "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc", 405],
    ["what is not HTTP", "HELLO\r\n\r\n", 400],
    ["a head that is too long", `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${"x".repeat(9000)}\r\n\r\n`, 431],
    ["no host", "GET / HTTP/1.1\r\n\r\n", 400],
    ["two hosts", "GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n", 403],
    ["the same host twice", "GET / HTTP/1.1\r\nHost: localhost\r\nhost: localhost\r\n\r\n", 403],
    ["a host that points here by DNS only", "GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", 403],
    [
      "two lengths",
      "GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n",
      400,
    ],
    [
      "smuggling",
      "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
      400,
    ],
  ] as const
) {
  Deno.test(`the web port answers ${what} with ${status}`, async () => {
    await using server = await start();
    assert.equal((await ask(server.server.webPort!, request)).status, status);
  });
}

Deno.test("the web port cuts clients that do not finish their request, and those that never begin", async () => {
  await using server = await start();
  const port = server.server.webPort!;
  using silent = await Wire.tcp(port, "127.0.0.1", { timeoutMs: 10_000 });
  using slow = await Wire.tcp(port, "127.0.0.1", { timeoutMs: 10_000 });
  await slow.write(ascii("GET / HTTP/1.1\r\nHost: localhost\r\nX-"));
  const drip = setInterval(() => void slow.write(ascii("x")).catch(() => {}), 300);
  const began = performance.now();
  await Promise.all([silent.end(), slow.end()]);
  clearInterval(drip);
  assert.ok(performance.now() - began < 7000);
});

Deno.test("the web port turns connections away when one address has too many", async () => {
  await using server = await start();
  const port = server.server.webPort!;
  const wires = await Promise.all(Array.from({ length: 40 }, () => Wire.tcp(port)));
  for (const wire of wires.slice(32)) assert.equal((await wire.end()).length, 0);
  assert.equal(server.server.status().pending, 0);
  for (const wire of wires) wire.close();
});

Deno.test("a page on another port and in another program is no obstacle: web.optional goes on without", async () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const port = (taken.addr as Deno.NetAddr).port;
  await using server = await start({ web: { port, optional: true } });
  assert.equal(server.server.webPort, undefined);
  await using client = await server.connect();
  await client.refresh();
  await assert.rejects(start({ web: { port } }), { name: "NativeError", message: /--web-port/ });
});

// WebSockets

for (const path of ["/websockify", "/", "/websockify?token=x"]) {
  Deno.test(`RFB in a WebSocket at ${path} is the same session as over TCP`, async () => {
    await using server = await start();
    await using client = await connect(server.server.webPort!, { path }, { encodings: [Encoding.Zrle] });
    await client.converge(() => server.rgb());
    server.screen.draw({ x: 10, y: 10, width: 50, height: 20 }, 0xff00ff);
    await client.converge(() => server.rgb());
    const [status] = server.server.sessions;
    assert.equal(status?.transport, "websocket");
    assert.match(status!.address, /^127\.0\.0\.1:\d+$/);
  });
}

for (const frameSize of [1, 3, 7]) {
  Deno.test(`RFB messages may be cut into frames of ${frameSize} bytes`, async () => {
    const input = new RecordingInput();
    await using server = await start({ input });
    await using client = await connect(server.server.webPort!, { frameSize });
    await client.key(0x61, true);
    await client.key(0x61, false);
    await client.refresh();
    assert.equal(input.records.filter((event) => event.kind === "key").length, 2);
  });
}

Deno.test("what a client sends right behind its request is not lost", async () => {
  await using server = await start();
  const early = clientFrame(2, ascii("RFB 003.008\n"));
  await using socket = await TestWebSocket.open({ port: server.server.webPort!, early });
  const wire = new Wire(socket, { timeoutMs: 5000 });
  assert.deepEqual(await wire.bytes(12), ascii("RFB 003.008\n"));
  assert.deepEqual([...await wire.bytes(2)], [1, 1]);
});

Deno.test("a WebSocket says binary where that is offered, and agrees to no compression", async () => {
  await using server = await start();
  const port = server.server.webPort!;
  await using plain = await TestWebSocket.open({ port });
  assert.equal(plain.headers.get("sec-websocket-protocol"), undefined);
  await using old = await TestWebSocket.open({
    port,
    headers: { "Sec-WebSocket-Protocol": "binary, base64", "Sec-WebSocket-Extensions": "permessage-deflate" },
  });
  assert.equal(old.headers.get("sec-websocket-protocol"), "binary");
  assert.equal(old.headers.get("sec-websocket-extensions"), undefined);
});

for (
  const [what, status, request] of [
    ["a page of another origin", 403, { headers: { Origin: "http://evil.example" } }],
    ["a name made to point here", 403, { headers: { Host: "evil.example", Origin: "http://evil.example" } }],
    ["another path", 404, { path: "/elsewhere" }],
    ["an old version", 426, { headers: { "Sec-WebSocket-Version": "8" } }],
  ] as const
) {
  Deno.test(`a WebSocket for ${what} is refused with ${status}`, async () => {
    await using server = await start();
    await assert.rejects(
      TestWebSocket.open({ port: server.server.webPort!, ...request }),
      (error) => error instanceof NotUpgraded && error.status === status,
    );
  });
}

Deno.test("allowedOrigins lets pages of other origins in, from the next request on", async () => {
  await using server = await start();
  const port = server.server.webPort!;
  const request = { port, headers: { Origin: "https://desk.example.org" } };
  await assert.rejects(TestWebSocket.open(request), NotUpgraded);
  server.server.reload({ allowedOrigins: ["https://desk.example.org"] });
  await using _socket = await TestWebSocket.open(request);
});

Deno.test("a peer behind a proxy is not from this machine, and comes in with a password only", async () => {
  await using server = await start();
  const port = server.server.webPort!;
  const headers = { "X-Forwarded-For": "192.0.2.9" };
  await assert.rejects(connect(port, { headers }), Refused);
  server.server.reload({ password: "secret" });
  await using _client = await connect(port, { headers }, { password: "secret" });
});

Deno.test("?view_only=1 makes a session that may look only, whatever the password", async () => {
  const input = new RecordingInput();
  await using server = await start({ input, password: "secret" });
  const port = server.server.webPort!;
  await using looker = await connect(port, { path: "/websockify?view_only=1" }, { password: "secret" });
  await using other = await connect(port, {}, { password: "secret" });
  assert.deepEqual(server.server.sessions.map(({ viewOnly }) => viewOnly), [true, false]);
  await looker.key(0x61, true);
  await looker.pointer(5, 5, 1);
  await looker.refresh();
  assert.deepEqual(input.records, []);
  await other.key(0x62, true);
  await other.refresh();
  assert.equal(input.records.length, 1);
});

Deno.test("the Close frame tells why a session has ended", async () => {
  await using server = await start();
  const port = server.server.webPort!;
  const socket = await TestWebSocket.open({ port });
  await using _client = await RfbClient.connect({ stream: socket });
  server.server.disconnect(server.server.sessions[0]!.id, "Lunch break");
  assert.equal(await socket.closeCode(), 1000);
  assert.equal(socket.closed!.reason, "Lunch break");
  const another = await TestWebSocket.open({ port });
  await using _other = await RfbClient.connect({ stream: another });
  const stopping = server.server.stop();
  assert.equal(await another.closeCode(), 1001);
  another.close();
  await stopping;
});

Deno.test("a client in a WebSocket that breaks the framing is told so, and its session ends", async () => {
  await using server = await start();
  await using socket = await TestWebSocket.open({ port: server.server.webPort! });
  await socket.wire.write(clientFrame(2, ascii("RFB"), { masked: false }));
  assert.equal(await socket.closeCode(), 1002);
});

/** Milliseconds from a drawing to its arrival at a client, in the middle of many. */
async function latency(server: TestServer, client: RfbClient): Promise<number> {
  const times: number[] = [];
  for (let i = 1; i <= 30; i++) {
    const began = performance.now();
    server.screen.draw(
      { x: i, y: i, width: 100, height: 100 },
      i * 999 + times.length * 7 + Math.round(began),
    );
    await client.requestUpdate({ incremental: true });
    await client.nextUpdate();
    times.push(performance.now() - began);
  }
  return times.toSorted((one, other) => one - other)[times.length >> 1]!;
}

Deno.test("a client in a WebSocket that does not read holds up nobody, and nothing piles up for it", async () => {
  await using server = await start({ width: 1000, height: 800 });
  const port = server.server.webPort!;
  await using client = await connect(port, {}, { encodings: [Encoding.Zrle] });
  await client.refresh();
  const alone = await latency(server, client);
  const before = Deno.memoryUsage().rss;
  // Asks for all of it in Raw, again and again, and reads nothing.
  await using stalled = await connect(port, {}, { encodings: [Encoding.Raw] });
  for (let i = 0; i < 30; i++) await stalled.requestUpdate();
  // And one that does not go on with its TLS handshake, and one with its request.
  using slow = await Wire.tcp(port);
  await slow.write(Uint8Array.of(0x16, 3, 1));
  using slower = await Wire.tcp(port);
  await slower.write(ascii("GET /page.js HTTP/1.1\r\nHost: loc"));
  await latency(server, client); // the stalled one's first update is on its way now, and stays there
  const beside = await latency(server, client);
  assert.ok(beside - alone < Math.max(5, alone), `${beside} ms beside ${alone} ms`);
  assert.ok(Deno.memoryUsage().rss - before < 60e6);
});

// TLS

Deno.test("https and wss are spoken on the web port beside http and ws", async () => {
  await using tls = new TlsClient();
  await using server = await start({ stateFolder: tls.folder });
  const port = server.server.webPort!;
  assert.match(await tls.get(port, "/"), /<title>Porthole/);
  assert.equal(await tls.get(port, "/about.json"), '{"https":true,"codes":false}');
  assert.equal((await get(port, "/")).status, 200);
  await using client = await connect(port, { connect: () => tls.connect(port) }, {
    encodings: [Encoding.Zrle],
  });
  await client.converge(() => server.rgb());
  assert.match(server.server.fingerprint!, /^[0-9A-F:]{95}$/);
});

Deno.test('webTls "only" shows the way from http to https, and lets no ws in', async () => {
  await using tls = new TlsClient();
  await using server = await start({ stateFolder: tls.folder, webTls: "only" });
  const port = server.server.webPort!;
  const answer = await get(port, "/x?y");
  assert.deepEqual([answer.status, answer.headers.get("location")], [308, `https://localhost:${port}/x?y`]);
  await assert.rejects(TestWebSocket.open({ port }), { name: "NotUpgraded", status: 403 });
  await using _client = await connect(port, { connect: () => tls.connect(port) });
});

Deno.test('webTls "off" speaks no TLS to browsers', async () => {
  await using server = await start({ webTls: "off" });
  const port = server.server.webPort!;
  assert.equal(
    new TextDecoder().decode((await get(port, "/about.json")).body),
    '{"https":false,"codes":false}',
  );
  await assert.rejects(Deno.connectTls({ hostname: "localhost", port }).then((conn) => conn.handshake()));
});

Deno.test("reload() reads the certificate again, and keeps the one before when it is wrong", async () => {
  await using tls = new TlsClient();
  const certificateFile = `${tls.folder}/certificate.pem`;
  const renew = () => {
    const { certificate, key } = makeCertificate({ names: ["localhost"], days: 3 });
    Deno.writeTextFileSync(certificateFile, certificate + key);
  };
  renew();
  await using server = await start({ certificateFile });
  const port = server.server.webPort!;
  const first = server.server.fingerprint;
  await tls.get(port, "/");
  renew();
  server.server.reload({});
  assert.notEqual(server.server.fingerprint, first);
  const second = server.server.fingerprint;
  const good = Deno.readTextFileSync(certificateFile);
  Deno.writeTextFileSync(certificateFile, "nonsense");
  assert.throws(() => server.server.reload({ password: "x" }), { name: "ConfigError" });
  Deno.writeTextFileSync(certificateFile, makeCertificate({ names: ["localhost"], days: 3 }).certificate);
  assert.throws(() => server.server.reload({}), { name: "ConfigError" }, "a certificate without its key");
  assert.equal(server.server.fingerprint, second);
  Deno.writeTextFileSync(certificateFile, good);
  await tls.get(port, "/");
});

Deno.test("a client that is slow with its TLS handshake is cut, and holds up nobody", async () => {
  await using tls = new TlsClient();
  await using server = await start({ stateFolder: tls.folder });
  const port = server.server.webPort!;
  using slow = await Wire.tcp(port, "127.0.0.1", { timeoutMs: 10_000 });
  await slow.write(Uint8Array.of(0x16, 0x03, 0x01));
  assert.match(await tls.get(port, "/"), /Porthole/);
  const began = performance.now();
  await slow.end();
  assert.ok(performance.now() - began < 7000);
});

Deno.test("a server with browsers on it stops, and lets go of all connections", async () => {
  const server = await start({ onePort: true });
  const port = server.server.webPort!;
  using idle = await Wire.tcp(port, "127.0.0.1", { timeoutMs: 5000 });
  using kept = await Wire.tcp(port, "127.0.0.1", { timeoutMs: 5000 });
  await kept.write(ascii(`GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n`));
  await readHead(kept);
  await using _client = await connect(port);
  await server.server.stop();
  await Promise.all([idle.end(), kept.end()]);
});
