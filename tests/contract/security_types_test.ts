/**
 * What every security type must do: let the right ones in, nobody else, and survive whoever breaks off.
 *
 * @module
 */
import assert from "node:assert/strict";
import { SECURITY_TYPES } from "../../lib/security/registry.ts";
import { hashPassword, type Users } from "../../lib/security/users.ts";
import { CutProxy } from "../support/cut_proxy.ts";
import { Refused } from "../support/rfb/handshake.ts";
import { comeIn, type SecurityClientOptions } from "../support/rfb/security_client.ts";
import { RfbClient } from "../support/rfb_client.ts";
import { TestServer, type TestServerOptions } from "../support/test_server.ts";

/** One way in, and a server that offers it. */
interface Way {
  readonly name: string;
  readonly number: number;
  readonly client: Omit<SecurityClientOptions, "port">;
  readonly server: TestServerOptions;
  /** What a list of sessions calls it. */
  readonly method: string;
}

const HASH = await hashPassword("Annas langes Passwort");
const USERS: Users = new Map([
  ["anna", { name: "anna", role: "owner", hash: HASH }],
  ["viktor", { name: "viktor", role: "viewer", hash: HASH }],
]);

const RIGHT = { password: "a long pass phrase, too", viewOnlyPassword: "only looks, is long" };
const TLS: TestServerOptions = { encryption: "always" };

const WAYS: readonly Way[] = [
  { name: "None", number: 1, client: { type: 1 }, server: {}, method: "None" },
  {
    name: "VNC Authentication",
    number: 2,
    client: { type: 2, password: RIGHT.password },
    server: RIGHT,
    method: "VNC Authentication",
  },
  ...[["RA2", 5], ["RA2_256", 129]].map(([name, number]) => ({
    name: name as string,
    number: number as number,
    client: { type: number as number, password: RIGHT.password },
    server: { ...TLS, ...RIGHT },
    method: name as string,
  })),
  ...[["RA2ne", 6], ["RA2ne_256", 130]].map(([name, number]) => ({
    name: name as string,
    number: number as number,
    client: { type: number as number, user: "anna", password: "Annas langes Passwort" },
    server: { users: USERS },
    method: name as string,
  })),
  ...([1024, 2048] as const).map((appleDh) => ({
    name: `Apple Diffie-Hellman with ${appleDh} bits`,
    number: 30,
    client: { type: 30, user: "anna", password: "Annas langes Passwort" },
    server: { users: USERS, appleDh },
    method: "Apple Diffie-Hellman",
  })),
  {
    name: "VeNCrypt X509None",
    number: 19,
    client: { type: 19, subtype: 260 },
    server: TLS,
    method: "VeNCrypt X509None",
  },
  {
    name: "VeNCrypt X509Vnc",
    number: 19,
    client: { type: 19, subtype: 261, password: RIGHT.password },
    server: { ...TLS, ...RIGHT },
    method: "VeNCrypt X509Vnc",
  },
  {
    name: "VeNCrypt X509Plain",
    number: 19,
    client: { type: 19, subtype: 262, user: "anna", password: "Annas langes Passwort" },
    server: { ...TLS, users: USERS },
    method: "VeNCrypt X509Plain",
  },
  {
    name: "VeNCrypt Plain",
    number: 19,
    client: { type: 19, subtype: 256, user: "anna", password: "Annas langes Passwort" },
    server: { users: USERS },
    method: "VeNCrypt Plain",
  },
];

/** A folder with the server's keys, which take long to make, and the certificate as its clients know it. */
const state = await Deno.makeTempDir({ prefix: "porthole-keys-" });
globalThis.addEventListener("unload", () => Deno.removeSync(state, { recursive: true }));

async function start(options: TestServerOptions): Promise<TestServer> {
  const server = await TestServer.start({ stateFolder: state, ...options });
  assert.ok(server.server.fingerprint); // the certificate is there from now on
  return server;
}

function certificate(): string {
  return Deno.readTextFileSync(`${state}/certificate.pem`);
}

/** Waits until nobody is left in the handshake. */
async function quiet({ server }: TestServer): Promise<void> {
  for (let tries = 0; server.status().pending > 0; tries++) {
    assert.ok(tries < 100, "connections that broke are forgotten");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

Deno.test("every security type has a way in among these tests", () => {
  const tested = new Set(WAYS.map(({ number }) => number));
  assert.deepEqual(SECURITY_TYPES.filter(({ number }) => !tested.has(number)), []);
});

for (const way of WAYS) {
  Deno.test(`${way.name} lets the right one in, and the session goes on through its layer`, async () => {
    await using server = await start(way.server);
    const { transport, inbox, types } = await comeIn({
      port: server.server.port,
      certificate: certificate(),
      ...way.client,
    });
    using _transport = transport;
    assert.ok(types.includes(way.number));
    // A whole update, larger than any layer's message.
    await transport.write(Uint8Array.of(3, 0, 0, 0, 0, 0, 0, 200, 0, 150));
    assert.deepEqual([...await inbox.take(4)], [0, 0, 0, 1]);
    await inbox.take(12 + 200 * 150 * 4);
    const [session] = server.server.sessions;
    assert.equal(session!.security, way.method);
    assert.equal(session!.viewOnly, false);
    assert.equal(session!.user, way.client.user);
  });

  if (way.client.password !== undefined) {
    Deno.test(`${way.name} keeps everybody else out, and says so`, async () => {
      await using server = await start(way.server);
      const wrong = [
        { password: "wrong" },
        { password: "" },
        { password: `x${way.client.password!.slice(1)}` },
        ...(way.client.user ? [{ user: "nobody" }, { user: "" }, { user: "ANNA" }] : []),
      ];
      for (const change of wrong) {
        await assert.rejects(
          comeIn({ port: server.server.port, certificate: certificate(), ...way.client, ...change }),
          (error) => error instanceof Refused && error.reason === "Authentication failed",
        );
      }
      assert.deepEqual(server.server.sessions, []);
    });

    Deno.test(`${way.name} lets those who may only look come in to look`, async () => {
      await using server = await start(way.server);
      const looker = way.client.user
        ? { ...way.client, user: "viktor" }
        : { ...way.client, password: RIGHT.viewOnlyPassword };
      const { transport } = await comeIn({
        port: server.server.port,
        certificate: certificate(),
        ...looker,
      });
      using _transport = transport;
      assert.equal(server.server.sessions[0]!.viewOnly, true);
    });
  }

  Deno.test(`${way.name} survives a peer that breaks off, after each byte of its login`, async () => {
    await using server = await start({ ...way.server, limits: { pendingConnectionsPerAddress: 64 } });
    await using proxy = CutProxy.to(server.server.port);
    const client = { port: proxy.port, certificate: certificate(), ...way.client };
    const whole = await comeIn(client);
    whole.transport[Symbol.dispose]();
    // Of TLS and RSA, which lie between, some bytes stand for all.
    const total = 1200;
    const cuts = Array.from({ length: total }, (_, i) => i).filter((i) => i < 22 || i % 61 === 0);
    for (const cut of cuts) {
      proxy.cutAfter = cut;
      await comeIn(client).then(({ transport }) => transport[Symbol.dispose](), () => {});
    }
    await quiet(server);
    const { transport } = await comeIn({ ...client, port: server.server.port });
    transport[Symbol.dispose]();
  });

  Deno.test(`${way.name} cannot be chosen where it is not offered (CVE-2006-2369)`, async () => {
    const other = way.number === 1
      ? RIGHT
      : way.number === 2 || way.number === 19 || way.server.encryption === "always"
      ? {}
      : { ...TLS, ...RIGHT };
    await using server = await start(other);
    using wire = await RfbClient.open({ port: server.server.port, timeoutMs: 5000 });
    await wire.write(await wire.bytes(12));
    const types = [...await wire.bytes(await wire.u8())];
    assert.ok(!types.includes(way.number));
    await wire.write(Uint8Array.of(way.number));
    assert.equal(await wire.u32(), 1, "SecurityResult: failed");
    const reason = new TextDecoder().decode(await wire.bytes(await wire.u32()));
    assert.match(reason, /^Cannot use security type/);
    await wire.end();
    assert.deepEqual(server.server.sessions, []);
  });
}
