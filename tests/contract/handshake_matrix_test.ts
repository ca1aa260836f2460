/**
 * Every security type, in every version of the protocol, with the right login, a wrong one, one that breaks off, one that
 * is changed on its way, one that is recorded and sent again, and with types that were not offered: what the peer is told,
 * what the observers are told, and that nothing stays behind (RFC 6143 §7.1 and §7.2; rfbproto).
 *
 * @module
 */
import assert from "node:assert/strict";
import { SECURITY_TYPES } from "../../lib/security/registry.ts";
import type { User } from "../../lib/security/users.ts";
import { Inbox } from "../../lib/transport/inbox.ts";
import type { Peer, Transport } from "../../lib/transport/transport.ts";
import {
  LOCAL_PEER,
  type MemoryConnection,
  MemoryServer,
  remotePeer,
  type Tap,
  TappedTransport,
} from "../support/memory_server.ts";
import { startMemoryTls } from "../support/memory_tls.ts";
import { Refused } from "../support/rfb/handshake.ts";
import { type ComeIn, logIn, type LoginOptions } from "../support/rfb/security_client.ts";
import type { TestServerOptions } from "../support/test_server.ts";

/** A way in, and a server on which it is the right one. */
interface Way {
  /** As lists of sessions have it. */
  readonly method: string;
  /** The name of its security type. */
  readonly type: string;
  readonly client: LoginOptions;
  readonly server: TestServerOptions;
  /** From this machine, where what passes cannot be listened to. */
  readonly local: boolean;
  /** Logins that it must not take. */
  readonly wrong: readonly Partial<LoginOptions>[];
  /** Whether it can be used in RFB 3.3; if not, what the peer is told there. */
  readonly in33: true | RegExp;
  /** Whether what somebody has overheard is of no use. */
  readonly fresh: boolean;
  /** What changes on the way must be noticed: from this byte of what the client sends. */
  readonly guardedFrom?: number;
}

const PASSWORD = "korrekt!";
/** A hash that takes no time: N = 2. */
const QUICK = "scrypt$2$1$1$AAAAAAAAAAAAAAAAAAAAAA$";
const USERS = await quickUsers();
const NO_WAY = /no way to log in that this viewer knows/;
const WRONG_PASSWORDS = [{ password: "korrekt?" }, { password: "" }];
const WRONG_USERS = [...WRONG_PASSWORDS, { user: "bertha" }, { user: "" }, { user: "ANNA" }];
const WITH_PASSWORD: TestServerOptions = { password: PASSWORD, encryption: "required" };
const WITH_USERS: TestServerOptions = { users: USERS, encryption: "required" };
const ANNA = { user: "anna", password: PASSWORD };

/** Twelve bytes of version, the type; then VeNCrypt's version and sub-type. */
const BEHIND_TYPE = 13;
const BEHIND_SUBTYPE = BEHIND_TYPE + 6;

const WAYS: readonly Way[] = [
  {
    method: "None",
    type: "None",
    client: { type: 1 },
    server: { insecureNoAuth: true },
    local: false,
    wrong: [],
    in33: true,
    fresh: false,
  },
  {
    method: "VNC Authentication",
    type: "VNC Authentication",
    client: { type: 2, password: PASSWORD },
    server: { password: PASSWORD },
    local: false,
    wrong: WRONG_PASSWORDS,
    in33: true,
    fresh: true,
    guardedFrom: BEHIND_TYPE,
  },
  veNCrypt("X509None", 260, {}, { insecureNoAuth: true, encryption: "required" }, []),
  veNCrypt("X509Vnc", 261, { password: PASSWORD }, WITH_PASSWORD, WRONG_PASSWORDS),
  veNCrypt("X509Plain", 262, ANNA, WITH_USERS, WRONG_USERS),
  {
    ...veNCrypt("Plain", 256, ANNA, { users: USERS }, WRONG_USERS),
    local: true,
    fresh: false,
    guardedFrom: BEHIND_SUBTYPE,
  },
  ...[["RA2", 5], ["RA2_256", 129]].map(([name, type]): Way => ({
    method: name as string,
    type: name as string,
    client: { type: type as number, password: PASSWORD },
    server: WITH_PASSWORD,
    local: false,
    wrong: WRONG_PASSWORDS,
    in33: NO_WAY,
    fresh: true,
    guardedFrom: BEHIND_TYPE,
  })),
  ...[["RA2ne", 6], ["RA2ne_256", 130]].map(([name, type]): Way => ({
    method: name as string,
    type: name as string,
    client: { type: type as number, ...ANNA },
    server: { users: USERS },
    local: true,
    wrong: WRONG_USERS,
    in33: NO_WAY,
    fresh: true,
    guardedFrom: BEHIND_TYPE,
  })),
  {
    method: "Apple Diffie-Hellman",
    type: "Apple Diffie-Hellman",
    client: { type: 30, ...ANNA },
    server: { users: USERS, appleDh: 2048 },
    local: false,
    wrong: WRONG_USERS,
    in33: NO_WAY,
    fresh: true,
    // What changes in the noise behind name and password is not noticed.
  },
];

function veNCrypt(
  name: string,
  subtype: number,
  login: Partial<LoginOptions>,
  server: TestServerOptions,
  wrong: Way["wrong"],
): Way {
  return {
    method: `VeNCrypt ${name}`,
    type: "VeNCrypt",
    client: { type: 19, subtype, ...login },
    server,
    local: false,
    wrong,
    in33: NO_WAY,
    fresh: true,
    guardedFrom: BEHIND_SUBTYPE,
  };
}

async function quickUsers(): Promise<Map<string, User>> {
  const { scryptSync } = await import("node:crypto");
  const hash = scryptSync(PASSWORD, new Uint8Array(16), 32, { N: 2, r: 1, p: 1 }).toString("base64url");
  return new Map([["anna", { name: "anna", role: "owner", hash: QUICK + hash }]]);
}

/** What a client may announce, and by whose rules the server goes on. */
const VERSIONS = [
  ["003.003", "3.3"],
  ["003.005", "3.3"],
  ["003.007", "3.7"],
  ["003.008", "3.8"],
  ["003.889", "3.8"],
  ["004.001", "none"],
] as const;
/** Those in which the client chooses. */
const CHOOSING = [["003.007", "3.7"], ["003.008", "3.8"]] as const;

/** Logins that use RSA take long, and are the same in all versions: cut after every byte in one of them. */
function cutsOf(version: string, length: number): number[] {
  const every = Array.from({ length }, (_, cut) => cut);
  const isLong = length > 100 && version !== "003.008";
  return isLong ? every.filter((cut) => cut < 20 || cut % 17 === 0 || cut > length - 20) : every;
}

/** With the servers' keys, which take long to make. */
const state = await Deno.makeTempDir({ prefix: "porthole-keys-" });
globalThis.addEventListener("unload", () => Deno.removeSync(state, { recursive: true }));

let peers = 0;

function start(way: Way): Promise<MemoryServer> {
  // On a busy machine some logins take their time, and none is to be cut for that.
  const limits = { handshakeMs: 60_000, loginMs: 60_000 };
  return MemoryServer.start({ stateFolder: state, limits, ...way.server });
}

function peerOf({ local }: Way): Peer {
  return local ? LOCAL_PEER : remotePeer(++peers);
}

/** One connection from its beginning to its end. */
interface Attempt {
  readonly connection: MemoryConnection;
  /** What the client has sent. */
  readonly sent: Uint8Array;
  readonly result: { readonly in: ComeIn } | { readonly error: unknown };
}

async function attempt(
  server: MemoryServer,
  way: Way,
  client: Partial<LoginOptions> = {},
  tap: Tap = {},
): Promise<Attempt> {
  const connection = server.connect(peerOf(way));
  const transport = new TappedTransport(connection.transport, tap);
  const result = await logIn(transport, { ...way.client, ...client }, startMemoryTls)
    .then((come) => ({ in: come }), (error) => ({ error }));
  // A client that does not get on has gone.
  if ("error" in result) transport[Symbol.dispose]();
  return { connection, sent: transport.sent, result };
}

/** Nobody has come in by this connection; and it is over. */
async function staysOut({ connection, result }: Attempt, errors: readonly string[]): Promise<void> {
  if ("in" in result) result.in.transport[Symbol.dispose]();
  const { error, authenticated, reason } = await connection.closed;
  assert.ok("error" in result, "the client is in");
  assert.ok(errors.includes(error), `${error}: ${reason}`);
  assert.doesNotMatch(reason, /within/, "the peer that has gone is noticed, not waited for");
  assert.equal(authenticated, false);
  assert.equal(connection.opened, undefined);
  const failed = connection.events.filter((event) => event.startsWith("authenticationFailed"));
  assert.equal(failed.length, error === "AuthenticationError" ? 1 : 0);
}

/** Everything is as before anybody came. */
function assertNothingLeft(server: MemoryServer): void {
  assert.equal(server.server.status().pending, 0);
  assert.deepEqual(server.server.sessions, []);
  assert.equal(server.metric("porthole_pending_connections"), 0);
  assert.equal(server.metric("porthole_sessions"), 0);
}

/** Some at a time, each after the other. */
async function all<T>(items: readonly T[], work: (item: T) => Promise<void>, atOnce = 32): Promise<void> {
  const waiting = [...items].reverse();
  await Promise.all(Array.from({ length: atOnce }, async () => {
    for (let item = waiting.pop(); item !== undefined; item = waiting.pop()) await work(item);
  }));
}

Deno.test("every security type is in the matrix", () => {
  const tested = new Set(WAYS.map(({ client }) => client.type));
  assert.deepEqual(SECURITY_TYPES.filter(({ number }) => !tested.has(number)), []);
});

for (const way of WAYS) {
  for (const [version, rules] of VERSIONS) {
    const goesOn = rules !== "none" && (rules !== "3.3" || way.in33 === true);
    if (!goesOn) {
      Deno.test(`${way.method} × ${version}: the peer is refused, and told why`, async () => {
        await using server = await start(way);
        const tried = await attempt(server, way, { version });
        await staysOut(tried, [rules === "none" ? "ProtocolError" : "RefusedError"]);
        const { error } = tried.result as { error: unknown };
        assert.ok(error instanceof Refused, String(error));
        assert.equal(error.message.split(":")[0], "Refused", "in place of security types");
        if (rules === "none") assert.match(error.reason, /^RFB 4\.1 is not supported/);
        else assert.match(error.reason, way.in33 as RegExp);
        const result = rules === "none" ? "protocol_error" : "refused";
        assert.equal(
          server.metric(`porthole_connections_total{transport="tcp",result="${result}"}`),
          1,
        );
        assertNothingLeft(server);
      });
      continue;
    }

    Deno.test(`${way.method} × ${version} × right: a session begins, and ends when the peer goes`, async () => {
      await using server = await start(way);
      const { connection, result } = await attempt(server, way, { version });
      assert.ok("in" in result, String("error" in result && result.error));
      const [session] = server.server.sessions;
      assert.equal(session!.security, way.method);
      assert.equal(session!.version, rules);
      assert.equal(session!.user, way.client.user);
      assert.equal(connection.opened!.security, way.method);
      assert.equal(server.metric("porthole_sessions"), 1);
      assert.equal(server.metric(`porthole_connections_total{transport="tcp",result="accepted"}`), 1);
      result.in.transport[Symbol.dispose]();
      const { authenticated, error } = await connection.closed;
      assert.deepEqual([authenticated, error], [true, "DisconnectedError"]);
      assert.deepEqual(connection.events, ["connectionOpened", "sessionOpened", "sessionClosed"]);
      assertNothingLeft(server);
    });

    if (way.wrong.length > 0) {
      Deno.test(`${way.method} × ${version} × wrong: SecurityResult 1${rules === "3.8" ? ", the reason" : ""}, the end`, async () => {
        await using server = await start(way);
        await all(way.wrong, async (wrong) => {
          const tried = await attempt(server, way, { version, ...wrong });
          await staysOut(tried, ["AuthenticationError"]);
          const { error } = tried.result as { error: unknown };
          assert.ok(error instanceof Refused, String(error));
          assert.equal(error.message.split(":")[0], "Security failed");
          assert.equal(error.reason, rules === "3.8" ? "Authentication failed" : "");
          assert.deepEqual(tried.connection.events, [
            "connectionOpened",
            `authenticationFailed ${way.type}`,
            "sessionClosed",
          ]);
        });
        const failures = `porthole_authentication_failures_total{security="${way.type}"}`;
        assert.equal(server.metric(failures), way.wrong.length);
        assertNothingLeft(server);
      });
    }

    Deno.test(`${way.method} × ${version} × truncated after every byte: no session, nothing stays`, async () => {
      await using server = await start(way);
      const whole = await attempt(server, way, { version });
      assert.ok("in" in whole.result);
      whole.result.in.transport[Symbol.dispose]();
      await whole.connection.closed;
      const cuts = cutsOf(version, whole.sent.length);
      await all(cuts, async (cutAfter) => {
        const cut = await attempt(server, way, { version }, { cutAfter });
        assert.ok(cut.sent.length <= cutAfter);
        await staysOut(cut, ["DisconnectedError"]);
        assert.deepEqual(cut.connection.events, ["connectionOpened", "sessionClosed"]);
      });
      assert.equal(
        server.metric(`porthole_connections_total{transport="tcp",result="gone"}`),
        cuts.length,
      );
      assertNothingLeft(server);
      const { result } = await attempt(server, way, { version });
      assert.ok("in" in result, "the right one comes in afterwards");
      result.in.transport[Symbol.dispose]();
    });

    Deno.test(`${way.method} × ${version} × replayed: ${way.fresh ? "what was recorded does not get in" : "gets in, having no secret in its answer: for private paths only"}`, async () => {
      await using server = await start(way);
      const whole = await attempt(server, way, { version });
      assert.ok("in" in whole.result);
      whole.result.in.transport[Symbol.dispose]();
      await whole.connection.closed;
      const connection = server.connect(peerOf(way));
      const { transport } = connection;
      const answer = collect(transport);
      // Whatever of it the server no longer wants to read may fail.
      await transport.write(whole.sent).catch(() => {});
      await transport.close();
      const { authenticated } = await connection.closed;
      await answer;
      assert.equal(authenticated, !way.fresh);
      assert.equal(connection.opened !== undefined, !way.fresh);
      transport[Symbol.dispose]();
      assertNothingLeft(server);
    });
  }

  for (const [version, rules] of CHOOSING) {
    Deno.test(`${way.method} × ${version} × unoffered: no number but those of the list opens anything`, async () => {
      await using server = await start(way);
      const offered = await typesOffered(server, way, version);
      assert.ok(offered.includes(way.client.type));
      const others = Array.from({ length: 256 }, (_, type) => type).filter((type) => !offered.includes(type));
      await all(others, async (type) => {
        const connection = server.connect(peerOf(way));
        const { transport } = connection;
        const inbox = new Inbox(transport);
        await choose(transport, inbox, version, type);
        assert.deepEqual([...await inbox.take(4)], [0, 0, 0, 1], "SecurityResult");
        if (rules === "3.8") {
          const length = new DataView((await inbox.take(4)).buffer).getUint32(0);
          const reason = new TextDecoder().decode(await inbox.take(length));
          assert.equal(reason, `Cannot use security type ${type}: offered are ${offered.join(", ")}`);
        }
        assert.equal(await inbox.more(), false, "and nothing else");
        const { error, authenticated } = await connection.closed;
        assert.deepEqual([error, authenticated], ["ProtocolError", false]);
        assert.deepEqual(connection.events, ["connectionOpened", "sessionClosed"]);
      });
      assertNothingLeft(server);
    });
  }

  const { guardedFrom } = way;
  if (guardedFrom !== undefined) {
    Deno.test(`${way.method} × changed on its way, at every byte of the login: nobody comes in`, async () => {
      await using server = await MemoryServer.start({
        stateFolder: state,
        ...way.server,
        // For those that make the server wait for more than comes.
        limits: { handshakeMs: 2000, loginMs: 2000 },
      });
      const whole = await attempt(server, way);
      assert.ok("in" in whole.result);
      whole.result.in.transport[Symbol.dispose]();
      await whole.connection.closed;
      const places = guardedPlaces(way, whole.sent, guardedFrom);
      await all(places, async (changeAt) => {
        const changed = await attempt(server, way, {}, { changeAt });
        await changed.connection.closed;
        assert.ok("error" in changed.result, `byte ${changeAt}: the client is in`);
        assert.equal(changed.connection.opened, undefined, `byte ${changeAt}`);
      }, 64);
      assertNothingLeft(server);
    });
  }

  if (way.client.type === 19) {
    Deno.test(`${way.method} × unoffered sub-types and versions of VeNCrypt: closed without a word`, async () => {
      await using server = await start(way);
      const { result } = await attempt(server, way);
      assert.ok("in" in result);
      const offered = result.in.subtypes;
      result.in.transport[Symbol.dispose]();
      const numbers = [
        ...Array.from({ length: 300 }, (_, number) => number),
        0x7fffffff,
        0x80000104,
        0xffffffff,
      ];
      await all(numbers.filter((number) => !offered.includes(number)), async (subtype) => {
        const connection = server.connect(peerOf(way));
        const { transport } = connection;
        const inbox = new Inbox(transport);
        await choose(transport, inbox, "003.008", 19);
        assert.deepEqual([...await inbox.take(2)], [0, 2]);
        await transport.write(Uint8Array.of(0, 2));
        const list = 2 + 4 * offered.length;
        assert.equal((await inbox.take(list))[0], 0, "the version is taken");
        await transport.write(
          Uint8Array.of(subtype >>> 24, subtype >>> 16 & 255, subtype >>> 8 & 255, subtype & 255),
        );
        assert.equal(await inbox.more(), false, "nothing comes");
        assert.equal((await connection.closed).error, "ProtocolError");
        assert.equal(connection.opened, undefined);
      });
      for (const [major, minor] of [[0, 0], [0, 1], [0, 3], [1, 0], [255, 255]] as const) {
        const connection = server.connect(peerOf(way));
        const inbox = new Inbox(connection.transport);
        await choose(connection.transport, inbox, "003.008", 19);
        await inbox.take(2);
        await connection.transport.write(Uint8Array.of(major, minor));
        assert.equal((await inbox.take(1))[0], 255, "the version is refused");
        assert.equal(await inbox.more(), false);
        assert.equal((await connection.closed).error, "ProtocolError");
      }
    });
  }
}

/** The bytes of a login by which nobody may come in when they change. ClientInit in clear is not one of them. */
function guardedPlaces({ client: { type, subtype } }: Way, sent: Uint8Array, from: number): number[] {
  const places = new Set(Array.from({ length: sent.length - from }, (_, i) => from + i));
  const isTls = type === 19 && subtype! >= 257;
  const staysEncrypted = isTls || type === 5 || type === 129;
  if (!staysEncrypted) places.delete(sent.length - 1);
  if (isTls) {
    // The version in the header of a TLS record in clear means nothing (RFC 5246 §E.1).
    for (let at = from; at < sent.length; at += 5 + (sent[at + 3]! << 8 | sent[at + 4]!)) {
      places.delete(at + 1);
      places.delete(at + 2);
      const changesCipher = sent[at] === 20;
      if (changesCipher) break;
    }
  }
  return [...places];
}

/** Speaks the version and reads the list. */
async function typesOffered(server: MemoryServer, way: Way, version: string): Promise<number[]> {
  const connection = server.connect(peerOf(way));
  const inbox = new Inbox(connection.transport);
  await inbox.take(12);
  await connection.transport.write(new TextEncoder().encode(`RFB ${version}\n`));
  const types = [...await inbox.take((await inbox.take(1))[0]!)];
  connection.transport[Symbol.dispose]();
  await connection.closed;
  return types;
}

async function choose(transport: Transport, inbox: Inbox, version: string, type: number): Promise<void> {
  await inbox.take(12);
  await transport.write(new TextEncoder().encode(`RFB ${version}\n`));
  await inbox.take((await inbox.take(1))[0]!);
  await transport.write(Uint8Array.of(type));
}

async function collect(transport: Transport): Promise<number> {
  const sink = new Uint8Array(4096);
  let total = 0;
  try {
    for (;;) {
      const count = await transport.read(sink);
      if (count === null) return total;
      total += count;
    }
  } catch {
    return total;
  }
}
