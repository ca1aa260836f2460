/**
 * Logins of every security type, recorded from a client that comes in, changed, and sent to the server that it came into.
 *
 * @module
 */
import assert from "node:assert/strict";
import { scryptSync } from "node:crypto";
import type { User } from "../../../lib/security/users.ts";
import { LOCAL_PEER, MemoryServer, remotePeer, TappedTransport } from "../../support/memory_server.ts";
import { startMemoryTls } from "../../support/memory_tls.ts";
import { logIn, type LoginOptions } from "../../support/rfb/security_client.ts";
import type { TestServerOptions } from "../../support/test_server.ts";
import { below, joined, mutate } from "../mutations.ts";
import { ScriptedTransport, scriptOf } from "../scripted_transport.ts";
import type { FuzzTarget, OpenTarget } from "../target.ts";

const PASSWORD = "geheim";

/** A hash that takes no time: N = 2. */
function users(): Map<string, User> {
  const hash = scryptSync(PASSWORD, new Uint8Array(16), 32, { N: 2, r: 1, p: 1 }).toString("base64url");
  const anna: User = { name: "anna", role: "owner", hash: `scrypt$2$1$1$${"A".repeat(22)}$${hash}` };
  return new Map([["anna", anna]]);
}

/** Servers, and the logins that they take; whether what was overheard must not be taken again. */
const KINDS: readonly {
  readonly server: TestServerOptions;
  readonly local: boolean;
  readonly logins: readonly (LoginOptions & { readonly fresh: boolean })[];
}[] = [
  {
    server: { password: PASSWORD },
    local: false,
    logins: [
      { type: 2, password: PASSWORD, fresh: true },
      { type: 2, password: PASSWORD, version: "003.003", fresh: true },
      { type: 19, subtype: 261, password: PASSWORD, fresh: true },
      { type: 19, subtype: 262, password: PASSWORD, fresh: true },
      { type: 5, password: PASSWORD, fresh: true },
      { type: 129, password: PASSWORD, fresh: true },
    ],
  },
  {
    server: { users: users(), appleDh: 1024 },
    local: true,
    logins: [
      { type: 30, user: "anna", password: PASSWORD, fresh: true },
      { type: 19, subtype: 256, user: "anna", password: PASSWORD, fresh: false },
      { type: 6, user: "anna", password: PASSWORD, fresh: true },
      { type: 130, user: "anna", password: PASSWORD, fresh: true },
    ],
  },
  {
    server: { insecureNoAuth: true, encryption: "required" },
    local: false,
    logins: [{ type: 19, subtype: 260, fresh: true }],
  },
];

/** How a handshake may end. */
const ORDERLY = ["DisconnectedError", "ProtocolError", "AuthenticationError", "RefusedError"];

interface Recorded {
  readonly server: MemoryServer;
  readonly local: boolean;
  readonly fresh: boolean;
  readonly bytes: Uint8Array;
}

async function open(): Promise<OpenTarget> {
  await using opening = new AsyncDisposableStack();
  const stateFolder = await Deno.makeTempDir({ prefix: "porthole-fuzz-" });
  opening.defer(() => Deno.remove(stateFolder, { recursive: true }));
  const recorded: Recorded[] = [];
  let peers = 0;
  for (const { server: options, local, logins } of KINDS) {
    const server = opening.use(await MemoryServer.start({ stateFolder, ...options }));
    for (const { fresh, ...login } of logins) {
      const connection = server.connect(local ? LOCAL_PEER : remotePeer(peers++));
      const tap = new TappedTransport(connection.transport);
      const { transport } = await logIn(tap, login, startMemoryTls);
      transport[Symbol.dispose]();
      await connection.closed;
      recorded.push({ server, local, fresh, bytes: tap.sent });
    }
  }
  const resources = opening.move();
  return {
    make(random) {
      const which = below(recorded.length, random);
      return joined([below(256, random), which], mutate(recorded[which]!.bytes, random));
    },
    async attempt(bytes) {
      const [control = 0, which = 0] = bytes;
      const { server, local, fresh } = recorded[which % recorded.length]!;
      const peer = local ? LOCAL_PEER : remotePeer(peers++ & 0xffffff);
      const transport = new ScriptedTransport(peer, scriptOf(control, bytes.subarray(2)));
      const { error, reason, authenticated } = await server.accept(transport, transport).closed;
      assert.ok(ORDERLY.includes(error), `A session has failed: ${error}: ${reason}`);
      // What type is chosen may have changed to one that asks for nothing fresh.
      assert.ok(!authenticated || !fresh, "It has come in");
    },
    check() {
      for (const { server } of recorded) assert.deepEqual(server.server.sessions.map(({ id }) => id), []);
      return Promise.resolve();
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

export const HANDSHAKES: FuzzTarget = { name: "handshakes", share: 5, atOnce: 256, open };
