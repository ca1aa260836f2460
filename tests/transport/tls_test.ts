/** TLS over transports, with Deno's own client. @module */
import assert from "node:assert/strict";
import { makeCertificate } from "../../lib/security/certificate.ts";
import { SocketTransport } from "../../lib/transport/tcp.ts";
import { acceptTls, secureContextOf, type TlsTransport } from "../../lib/transport/tls.ts";

const CERTIFICATE = makeCertificate({ names: ["localhost", "127.0.0.1"], days: 2 });

/** A listener's next connection, with TLS. */
async function accepted(
  listener: Deno.Listener,
  timeoutMs = 5000,
  protocols: readonly string[] = [],
): Promise<TlsTransport> {
  return await acceptTls(
    new SocketTransport(await listener.accept()),
    secureContextOf(CERTIFICATE),
    timeoutMs,
    protocols,
  );
}

/** A client that trusts the certificate, and has shaken hands. */
async function connected(
  { addr: { port } }: Deno.TcpListener,
  options: Pick<Deno.ConnectTlsOptions, "alpnProtocols"> = {},
): Promise<Deno.TlsConn> {
  const caCerts = [CERTIFICATE.certificate];
  const client = await Deno.connectTls({ hostname: "localhost", port, caCerts, ...options });
  await client.handshake();
  return client;
}

function listen(): Deno.TcpListener {
  return Deno.listen({ hostname: "127.0.0.1", port: 0 });
}

Deno.test("acceptTls() carries bytes both ways to a client that trusts the certificate, and ends cleanly", async () => {
  using listener = listen();
  const accepting = accepted(listener);
  using client = await connected(listener);
  using transport = await accepting;
  assert.deepEqual([transport.peer.transport, transport.peer.encrypted], ["tcp", true]);
  const data = Uint8Array.from({ length: 300_000 }, (_, i) => i * 13);
  const written = transport.write(data);
  const got = new Uint8Array(data.length);
  for (let at = 0; at < got.length;) at += (await client.read(got.subarray(at)))!;
  await written;
  assert.deepEqual(got, data);
  await client.write(Uint8Array.of(1, 2, 3));
  const buffer = new Uint8Array(2);
  assert.equal(await transport.read(buffer), 2);
  assert.equal(await transport.read(buffer), 1);
  assert.equal(buffer[0], 3);
  const closing = transport.close();
  assert.equal(await client.read(buffer), null);
  client.close();
  await closing;
});

Deno.test("acceptTls() agrees on what is spoken inside, and refuses those who can speak nothing of it (RFC 7301 §3.2)", async () => {
  using listener = listen();
  const protocols = ["http/1.1"];
  for (const offered of [["h2", "http/1.1"], undefined]) {
    const accepting = accepted(listener, 5000, protocols);
    using client = await connected(listener, { ...(offered && { alpnProtocols: offered }) });
    using transport = await accepting;
    const agreed = offered && "http/1.1";
    assert.deepEqual([(await client.handshake()).alpnProtocol ?? undefined, transport.protocol], [
      agreed,
      agreed,
    ]);
  }
  const accepting = assert.rejects(accepted(listener, 5000, protocols), { name: "DisconnectedError" });
  await assert.rejects(connected(listener, { alpnProtocols: ["h2"] }));
  await accepting;
});

Deno.test("acceptTls()'s writes wait for a client that does not read: nothing piles up", async () => {
  using listener = listen();
  const accepting = accepted(listener);
  using _client = await connected(listener);
  const transport = await accepting;
  const piece = new Uint8Array(1 << 20);
  let taken = 0;
  const writing = (async () => {
    for (let i = 0; i < 64; i++) {
      await transport.write(piece);
      taken++;
    }
  })().catch(() => {});
  let before = -1;
  while (taken !== before) {
    before = taken;
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
  assert.ok(taken < 32, `${taken} MiB were taken`);
  transport[Symbol.dispose]();
  await writing;
});

Deno.test("acceptTls() gives up on a client that says nothing, or something else", async () => {
  using listener = listen();
  {
    using client = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
    await assert.rejects(accepted(listener, 50), { name: "DisconnectedError" });
    assert.equal(await client.read(new Uint8Array(1)), null);
  }
  {
    using client = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
    await client.write(new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n"));
    await assert.rejects(accepted(listener), { name: "DisconnectedError" });
  }
});
