/** Who is at the door: users of this machine at the Unix socket, and peers behind proxies. @module */
import assert from "node:assert/strict";
import { configureLogging, type ServerObserver } from "../lib/mod.ts";
import { hex } from "./support/hex.ts";
import { Refused, RfbClient, type RfbClientOptions, Wire } from "./support/rfb_client.ts";
import { TestServer, type TestServerOptions } from "./support/test_server.ts";
import { TestWebSocket } from "./support/websocket_client.ts";

const ascii = (text: string) => new TextEncoder().encode(text);
const IS_ROOT = Deno.uid() === 0;

/** Keeps what a server tells of the peers that came and that were sent away. */
class Doorman implements ServerObserver {
  readonly opened: unknown[] = [];
  readonly #turnedAway: string[] = [];
  #news = Promise.withResolvers<string>();

  connectionOpened({ address, owner }: { readonly address: string; readonly owner?: object }): void {
    this.opened.push({ address, owner });
  }

  connectionTurnedAway(
    { address, reason = "" }: { readonly address: string; readonly reason?: string },
  ): void {
    this.#turnedAway.push(reason);
    this.#news.resolve(`${address.replace(/:\d+$/, "")} ${reason}`);
    this.#news = Promise.withResolvers();
  }

  /** The next one that is sent away. */
  get next(): Promise<string> {
    return this.#news.promise;
  }
}

// The Unix socket

async function onSocket(
  options: TestServerOptions,
): Promise<{ server: TestServer; path: string; doorman: Doorman }> {
  const folder = await Deno.makeTempDir();
  await Deno.chmod(folder, 0o755);
  const path = `${folder}/vnc`;
  const doorman = new Doorman();
  const server = await TestServer.start({ unixSocket: path, observers: [doorman], ...options });
  return { server, path, doorman };
}

/** Says hello as another user. @returns The security types that it is offered, or the reason of a refusal. */
async function helloAsNobody(path: string): Promise<string> {
  const program =
    `$s = IO::Socket::UNIX->new($ARGV[0]) or die "no way in: $!"; read $s, $v, 12; print $s $v; $s->flush;
    read $s, $n, 1; $n = ord $n; if ($n) { read $s, $t, $n; print join ",", map ord, split //, $t; }
    else { read $s, $l, 4; read $s, $t, unpack "N", $l; print $t }`;
  const user = ["--reuid", "65534", "--regid", "65534", "--clear-groups"];
  const { stdout, stderr } = await new Deno.Command("setpriv", {
    args: [...user, "perl", "-MIO::Socket::UNIX", "-e", program, path],
    stdin: "null",
  }).output();
  return new TextDecoder().decode(stdout) || new TextDecoder().decode(stderr);
}

Deno.test("who runs the server needs no password at its Unix socket, and is named to operators (SO_PEERCRED)", async () => {
  const { server, path, doorman } = await onSocket({ password: "secret" });
  await using _server = server;
  await using client = await RfbClient.connect({ path, timeoutMs: 5000 });
  assert.deepEqual(client.greeting.securityTypes, [1]);
  const [{ owner, address, user }] = server.server.sessions as [typeof server.server.sessions[0]];
  assert.deepEqual([owner!.pid, owner!.uid], [Deno.pid, Deno.uid()]);
  assert.equal(address, `unix:${owner!.name ?? `uid-${Deno.uid()}`}`);
  assert.equal(user, owner!.name);
  assert.deepEqual(doorman.opened, [{ address, owner }]);
  // The port knows nothing of users.
  await assert.rejects(server.connect(), Error);
  await using other = await server.connect({ password: "secret" });
  assert.equal(server.server.sessions.at(-1)!.owner, undefined);
  assert.equal(other.width, 200);
});

Deno.test(
  "others need the password at the Unix socket, and with none nobody but the server's users comes in",
  {
    ignore: !IS_ROOT,
  },
  async () => {
    const { server, path } = await onSocket({ unixSocketMode: "666" });
    await using _server = server;
    assert.match(await helloAsNobody(path), /no password, so only its own users \(unix_users\)/);
    server.server.reload({ password: "secret" });
    assert.equal(await helloAsNobody(path), "2");
    server.server.reload({ unixUsers: ["nobody"] });
    assert.equal(await helloAsNobody(path), "1");
    await using client = await RfbClient.connect({ path, timeoutMs: 5000, password: "secret" });
    assert.deepEqual(client.greeting.securityTypes, [2]);
  },
);

Deno.test("the Unix socket's mode keeps others out before a word is said", { ignore: !IS_ROOT }, async () => {
  const { server, path } = await onSocket({});
  await using _server = server;
  assert.match(await helloAsNobody(path), /no way in: Permission denied/);
});

Deno.test(
  "a user at the Unix socket who guesses is locked out, and no other is",
  { ignore: !IS_ROOT },
  async () => {
    const { server, path } = await onSocket({
      unixSocketMode: "666",
      password: "secret",
      unixUsers: ["nobody"],
    });
    await using _server = server;
    for (let i = 0; i < 5; i++) {
      await assert.rejects(
        RfbClient.connect({ path, timeoutMs: 5000, password: "wrong" }),
      );
    }
    await assert.rejects(
      RfbClient.connect({ path, timeoutMs: 5000, password: "secret" }),
      /Too many failed logins/,
    );
    assert.deepEqual(server.server.logins.locks.map(({ address }) => address), ["unix:root"]);
    assert.equal(await helloAsNobody(path), "1");
  },
);

// Proxies before the viewers' port

const BEHIND_PROXY = { trustedProxies: ["127.0.0.0/8"], proxyProtocol: "viewers" } as const;
const VERSION_1 = ascii("PROXY TCP4 192.0.2.7 127.0.0.1 51234 5900\r\n");
const VERSION_2 = hex("0d0a0d0a000d0a515549540a 21 11 000c c0000207 7f000001 c822 170c");

/** A client for whom a proxy has said something first. */
async function connectBehind(
  port: number,
  header: Uint8Array,
  options: RfbClientOptions = {},
): Promise<RfbClient> {
  const conn = await Deno.connect({ hostname: "127.0.0.1", port });
  await conn.write(header);
  return await RfbClient.connect({ stream: conn, timeoutMs: 5000, ...options });
}

for (const [version, header] of [[1, VERSION_1], [2, VERSION_2]] as const) {
  Deno.test(`a peer is who its proxy says in version ${version} of the PROXY protocol, and never this machine`, async () => {
    await using server = await TestServer.start({ ...BEHIND_PROXY });
    const { port } = server.server;
    await assert.rejects(
      connectBehind(port, header),
      (error) => /no password/.test((error as Refused).reason),
    );
    server.server.reload({ password: "secret" });
    await using client = await connectBehind(port, header, { password: "secret" });
    assert.equal(server.server.sessions[0]!.address, "192.0.2.7:51234");
    await client.refresh();
    server.server.reload({ deny: ["192.0.2.0/24"] });
    await assert.rejects(connectBehind(port, header, { password: "secret" }));
  });
}

Deno.test("a header that says that the peer is on this machine gets no more trust than others", async () => {
  await using server = await TestServer.start({ ...BEHIND_PROXY });
  for (const from of ["127.0.0.1", "127.0.0.2"]) {
    const header = ascii(`PROXY TCP4 ${from} 127.0.0.1 51234 5900\r\n`);
    await assert.rejects(connectBehind(server.server.port, header), /no password/);
  }
  await assert.rejects(connectBehind(server.server.port, ascii("PROXY UNKNOWN\r\n")), /no password/);
});

Deno.test("failed logins count for the peer behind a proxy, not for the proxy", async () => {
  await using server = await TestServer.start({ ...BEHIND_PROXY, password: "secret" });
  const { port } = server.server;
  const from = (address: string) => ascii(`PROXY TCP4 ${address} 127.0.0.1 51234 5900\r\n`);
  for (let i = 0; i < 5; i++) {
    await assert.rejects(connectBehind(port, from("192.0.2.7"), { password: "wrong" }), Refused);
  }
  await assert.rejects(
    connectBehind(port, from("192.0.2.7"), { password: "secret" }),
    /Too many failed logins/,
  );
  await using client = await connectBehind(port, from("192.0.2.8"), { password: "secret" });
  assert.equal(client.width, 200);
});

Deno.test("a header that is cut at any byte, or wrong, gets no answer, and the audit says why", async () => {
  const doorman = new Doorman();
  await using server = await TestServer.start({ ...BEHIND_PROXY, observers: [doorman] });
  for (const header of [VERSION_1, VERSION_2]) {
    for (let end = 0; end < header.length; end++) {
      const reason = doorman.next;
      using conn = await Deno.connect({ hostname: "127.0.0.1", port: server.server.port });
      if (end > 0) await conn.write(header.subarray(0, end));
      await conn.closeWrite();
      assert.equal(await conn.read(new Uint8Array(100)), null);
      assert.match(await reason, /127\.0\.0\.1 Peer closed before the proxy's header had come/);
    }
  }
  for (const wrong of ["RFB 003.008\n", "PROXY TCP4 1.2.3.4\r\n"]) {
    const reason = doorman.next;
    using wire = await Wire.tcp(server.server.port, "127.0.0.1", { timeoutMs: 5000 });
    await wire.write(ascii(wrong));
    await wire.end().catch(() => {}); // what it has sent was not all read
    assert.match(await reason, /Cannot read the proxy's header/);
  }
});

Deno.test("a proxy that says nothing is cut, and told of in the audit", async () => {
  const doorman = new Doorman();
  await using server = await TestServer.start({ ...BEHIND_PROXY, observers: [doorman] });
  const reason = doorman.next;
  using wire = await Wire.tcp(server.server.port, "127.0.0.1", { timeoutMs: 10_000 });
  assert.equal((await wire.end()).length, 0);
  assert.match(await reason, /did not come within 3 s/);
});

Deno.test("a header from an address that is no proxy is no header", async () => {
  await using server = await TestServer.start({ trustedProxies: ["192.0.2.1"], proxyProtocol: "all" });
  await assert.rejects(connectBehind(server.server.port, VERSION_1));
  await using client = await server.connect(); // and it is on this machine
  assert.equal(client.width, 200);
});

Deno.test("a proxy that sends no header by agreement is never this machine", async () => {
  await using server = await TestServer.start({ trustedProxies: ["127.0.0.1"] });
  await assert.rejects(server.connect(), /no password/);
});

Deno.test("a PROXY protocol without proxies is warned of", async () => {
  const lines: string[] = [];
  configureLogging({ level: "WARNING", format: "json", write: (line) => lines.push(line) });
  try {
    await using server = await TestServer.start({ proxyProtocol: "viewers" });
    await using _client = await server.connect();
  } finally {
    configureLogging({ level: "CRITICAL" });
  }
  assert.match(lines.join(""), /proxy_protocol does nothing without trusted_proxies/);
});

// Proxies before the web port

async function openWeb(port: number, headers: Record<string, string>, password?: string): Promise<RfbClient> {
  const stream = await TestWebSocket.open({ port, headers });
  return await RfbClient.connect({ stream, timeoutMs: 5000, ...(password && { password }) });
}

Deno.test("a browser is who the proxies before the web port say (X-Forwarded-For, RFC 7239)", async () => {
  const options = { web: { port: 0 }, trustedProxies: ["127.0.0.1", "10.0.0.0/8"], password: "secret" };
  await using server = await TestServer.start(options);
  const port = server.server.webPort!;
  await using _one = await openWeb(port, { "X-Forwarded-For": "127.0.0.1, 192.0.2.7, 10.0.0.3" }, "secret");
  await using _two = await openWeb(port, { Forwarded: 'for="[2001:db8::7]:5";proto=https' }, "secret");
  await using _three = await openWeb(port, {}, "secret");
  const [one, two, three] = server.server.sessions.map(({ address }) => address);
  assert.deepEqual([one, two], ["192.0.2.7", "[2001:db8::7]:5"]);
  assert.match(three!, /^127\.0\.0\.1:\d+$/);
  server.server.reload({ deny: ["192.0.2.0/24"] });
  await assert.rejects(openWeb(port, { "X-Forwarded-For": "192.0.2.7" }, "secret"), /403/);
  await assert.rejects(openWeb(port, { "X-Forwarded-For": "192.0.2.7, nonsense" }, "secret"), /403/);
});

Deno.test("nobody who comes by a proxy before the web port is on this machine", async () => {
  await using server = await TestServer.start({ web: { port: 0 }, trustedProxies: ["127.0.0.1"] });
  for (const headers of [{ "X-Forwarded-For": "127.0.0.1" }, { "X-Forwarded-For": "192.0.2.7" }, {}]) {
    await assert.rejects(openWeb(server.server.webPort!, headers), /no password/);
  }
});

Deno.test("what somebody else than a proxy writes into such headers is not believed", async () => {
  await using server = await TestServer.start({
    web: { port: 0 },
    trustedProxies: ["10.0.0.0/8"],
    password: "secret",
  });
  await using _client = await openWeb(server.server.webPort!, { "X-Forwarded-For": "192.0.2.7" }, "secret");
  assert.match(server.server.sessions[0]!.address, /^127\.0\.0\.1:/);
});

Deno.test("the web port takes the PROXY protocol, too, where it is to", async () => {
  const options = { web: { port: 0 }, password: "secret", ...BEHIND_PROXY, proxyProtocol: "all" } as const;
  await using server = await TestServer.start(options);
  using wire = await Wire.tcp(server.server.webPort!, "127.0.0.1", { timeoutMs: 5000 });
  await wire.write(
    new Uint8Array([
      ...VERSION_2,
      ...ascii("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"),
    ]),
  );
  assert.match(new TextDecoder().decode(await wire.end()), /^HTTP\/1\.1 200 /);
});

// The real one

const HAPROXY = await new Deno.Command("sh", { args: ["-c", "command -v haproxy"], stdout: "null" }).output();

Deno.test("HAProxy tells who its peers are, in both versions and by X-Forwarded-For", {
  ignore: !HAPROXY.success,
}, async () => {
  const options = { ...BEHIND_PROXY, web: { port: 0 }, password: "secret" };
  await using server = await TestServer.start(options);
  const ports = await freePorts(3);
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(
    `${folder}/haproxy.cfg`,
    `defaults
  timeout connect 5s
  timeout client 20s
  timeout server 20s
${
      ["send-proxy", "send-proxy-v2"].map((send, at) =>
        `listen rfb${at}
  mode tcp
  bind 127.0.0.1:${ports[at]}
  source 127.0.0.3
  server porthole 127.0.0.1:${server.server.port} ${send}
`
      ).join("")
    }listen web
  mode http
  option forwardfor
  bind 127.0.0.1:${ports[2]}
  source 127.0.0.3
  server porthole 127.0.0.1:${server.server.webPort}
`,
  );
  const haproxy = new Deno.Command("haproxy", {
    args: ["-db", "-q", "-f", `${folder}/haproxy.cfg`],
    stdin: "null",
    stderr: "null",
  }).spawn();
  try {
    for (const port of ports) await untilListening(port);
    for (const port of ports.slice(0, 2)) {
      await using client = await RfbClient.connect({ port, password: "secret", timeoutMs: 5000 });
      await client.refresh();
    }
    await using client = await openWeb(ports[2]!, {}, "secret");
    await client.refresh();
    // HAProxy itself came from 127.0.0.3.
    assert.match(server.server.sessions.at(-1)!.address, /^127\.0\.0\.1$/);
    server.server.reload({ deny: ["127.0.0.3"] });
    await using last = await RfbClient.connect({ port: ports[0]!, password: "secret", timeoutMs: 5000 });
    assert.match(server.server.sessions.at(-1)!.address, /^127\.0\.0\.1:\d+$/);
    await last.refresh();
  } finally {
    haproxy.kill("SIGKILL");
    await haproxy.status;
    await Deno.remove(folder, { recursive: true });
  }
});

async function freePorts(count: number): Promise<number[]> {
  const listeners = Array.from({ length: count }, () => Deno.listen({ hostname: "127.0.0.1", port: 0 }));
  const ports = listeners.map(({ addr }) => (addr as Deno.NetAddr).port);
  for (const listener of listeners) listener.close();
  await Promise.resolve();
  return ports;
}

async function untilListening(port: number): Promise<void> {
  for (let tries = 0;; tries++) {
    try {
      return (await Deno.connect({ hostname: "127.0.0.1", port })).close();
    } catch (error) {
      if (tries > 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
