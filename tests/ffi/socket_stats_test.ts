/** What the system tells of connections (tcp(7)). Needs native code. @module */
import assert from "node:assert/strict";
import { openSocketStats } from "../../lib/ffi/socket_stats.ts";

/** Two ends of a connection. */
async function connected(hostname = "127.0.0.1"): Promise<{ near: Deno.Conn; far: Deno.Conn } & Disposable> {
  using listener = Deno.listen({ hostname, port: 0 });
  const far = await Deno.connect({ hostname, port: (listener.addr as Deno.NetAddr).port });
  const near = await listener.accept();
  return {
    near,
    far,
    [Symbol.dispose]() {
      near.close();
      far.close();
    },
  };
}

/** Writes until the system takes no more. @returns How much it took. */
async function fill(conn: Deno.Conn): Promise<number> {
  let taken = 0;
  for (;;) {
    const writing = conn.write(new Uint8Array(65536));
    let waiting: ReturnType<typeof setTimeout> | undefined;
    const full = new Promise<undefined>((resolve) => waiting = setTimeout(() => resolve(undefined), 100));
    const count = await Promise.race([writing, full]);
    clearTimeout(waiting);
    if (count === undefined) {
      writing.catch(() => {}); // ends when the connection is closed
      return taken;
    }
    taken += count;
  }
}

for (const hostname of ["127.0.0.1", "::1"]) {
  Deno.test(`openSocketStats() finds its connection among others (${hostname})`, async () => {
    using first = await connected(hostname);
    using second = await connected(hostname);
    await fill(first.near);
    using stats = openSocketStats(first.near)!;
    using others = openSocketStats(second.near)!;
    const { unsent, unacknowledged } = stats.backlog()!;
    assert.ok(unsent + unacknowledged > 100_000, `${unsent} + ${unacknowledged}`);
    const { unsent: none } = others.backlog()!;
    assert.equal(none, 0);
  });
}

Deno.test("backlog() falls to 0 when the peer has taken everything, and knows the round trip", async () => {
  using pair = await connected();
  using stats = openSocketStats(pair.near)!;
  await pair.near.write(new Uint8Array(1000));
  for (let got = 0; got < 1000;) got += (await pair.far.read(new Uint8Array(1000)))!;
  const backlog = stats.backlog()!;
  assert.equal(backlog.unsent + backlog.unacknowledged, 0);
  assert.ok(backlog.leastRoundTripMs > 0 && backlog.leastRoundTripMs < 100, `${backlog.leastRoundTripMs}`);
  assert.ok(backlog.roundTripMs > 0 && backlog.roundTripMs < 100, `${backlog.roundTripMs}`);
});

Deno.test("limitUnsent() bounds what waits in the system for a peer that does not read", async () => {
  using free = await connected();
  using bound = await connected();
  using stats = openSocketStats(bound.near)!;
  stats.limitUnsent(32 * 1024);
  const without = await fill(free.near);
  await fill(bound.near);
  const { unsent } = stats.backlog()!;
  assert.ok(unsent <= 32 * 1024 + 65536, `${unsent} bytes wait`);
  assert.ok(without > 10 * unsent, `${without} bytes without a limit`);
});

Deno.test("openSocketStats() tells nothing of connections that are no TCP, or not there", async () => {
  const path = await Deno.makeTempFile();
  await Deno.remove(path);
  using listener = Deno.listen({ transport: "unix", path });
  using conn = await Deno.connect({ transport: "unix", path });
  using _peer = await listener.accept();
  assert.equal(openSocketStats(conn), undefined);
  const nobody = { transport: "tcp", hostname: "192.0.2.7", port: 9 } as const;
  assert.equal(openSocketStats({ localAddr: nobody, remoteAddr: nobody }), undefined);
});

for (const hostname of ["127.0.0.1", "::1"]) {
  Deno.test(`peerKeepAliveMs() is what the far end of this machine has set (sock_diag(7), ${hostname})`, async () => {
    using pair = await connected(hostname);
    using stats = openSocketStats(pair.near)!;
    assert.equal(stats.peerKeepAliveMs(), undefined);
    (pair.far as Deno.TcpConn).setKeepAlive(true);
    const usual = stats.peerKeepAliveMs()!;
    assert.ok(usual > 100_000, `${usual} ms, of two hours`);
    using _set = openSocketStats(pair.far, { askAfterSeconds: 45, goneAfterSeconds: 300 })!;
    const ms = stats.peerKeepAliveMs()!;
    assert.ok(ms > 40_000 && ms <= 45_000, `${ms} ms, of 45 s`);
  });
}

Deno.test("peerKeepAliveMs() finds a peer that has come by IPv4 to a listener for both", async () => {
  using listener = Deno.listen({ hostname: "::", port: 0 });
  using far = await Deno.connect({ hostname: "127.0.0.1", port: (listener.addr as Deno.NetAddr).port });
  using near = await listener.accept();
  far.setKeepAlive(true);
  using stats = openSocketStats(near)!;
  assert.ok(stats.peerKeepAliveMs()! > 100_000);
});
