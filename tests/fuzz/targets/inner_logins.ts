/**
 * Logins inside of TLS and of RSA-AES: the keys are exchanged in good order by a real client, and what it says then is
 * changed.
 *
 * @module
 */
import assert from "node:assert/strict";
import { scryptSync } from "node:crypto";
import { setImmediate } from "node:timers";
import type { User } from "../../../lib/security/users.ts";
import type { Peer, Transport } from "../../../lib/transport/transport.ts";
import { LOCAL_PEER, MemoryServer, remotePeer } from "../../support/memory_server.ts";
import { startMemoryTls } from "../../support/memory_tls.ts";
import { logIn, type LoginOptions } from "../../support/rfb/security_client.ts";
import { below, joined, mutate, randomOf, some } from "../mutations.ts";
import { MESSAGES } from "../streams.ts";
import type { FuzzTarget, OpenTarget } from "../target.ts";

const PASSWORD = "geheim";
/** How a session may end. */
const ORDERLY = ["none", "DisconnectedError", "ProtocolError", "AuthenticationError", "RefusedError"];
/** Turns of the event loop in which the server may answer before the client goes. */
const PATIENCE = 8;

/** Changes what is written, now and then, and goes away afterwards. */
class Meddler implements Transport {
  readonly peer: Peer;
  /** Whether something else than the right login has been said. */
  meddled = false;
  #loginWrites: number;
  readonly #layer: Transport;
  readonly #leave: () => void;
  readonly #change: (bytes: Uint8Array) => Uint8Array;

  /** @param loginWrites Writes that belong to the login; ClientInit and messages come behind them. */
  constructor(
    layer: Transport,
    loginWrites: number,
    leave: () => void,
    change: (bytes: Uint8Array) => Uint8Array,
  ) {
    this.peer = layer.peer;
    this.#layer = layer;
    this.#loginWrites = loginWrites;
    this.#leave = leave;
    this.#change = change;
  }

  read(into: Uint8Array): Promise<number | null> {
    return this.#layer.read(into);
  }

  async write(bytes: Uint8Array): Promise<void> {
    const changed = this.#change(bytes);
    const isLogin = this.#loginWrites-- > 0;
    await this.#layer.write(changed);
    if (bytes.every((byte, i) => changed[i] === byte)) return;
    this.meddled ||= isLogin;
    void turns().then(this.#leave);
  }

  close(): Promise<void> {
    return this.#layer.close();
  }

  [Symbol.dispose](): void {
    this.#layer[Symbol.dispose]();
  }
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < PATIENCE; turn++) await new Promise((resolve) => setImmediate(resolve));
}

const WAYS: readonly (LoginOptions & { readonly local: boolean })[] = [
  { type: 19, subtype: 262, user: "anna", password: PASSWORD, local: false },
  { type: 19, subtype: 262, user: "anna", password: PASSWORD, local: false },
  { type: 129, user: "anna", password: PASSWORD, local: false },
  { type: 5, user: "anna", password: PASSWORD, local: false },
  { type: 6, user: "anna", password: PASSWORD, local: true },
];

async function open(): Promise<OpenTarget> {
  await using opening = new AsyncDisposableStack();
  const stateFolder = await Deno.makeTempDir({ prefix: "porthole-fuzz-" });
  opening.defer(() => Deno.remove(stateFolder, { recursive: true }));
  const hash = scryptSync(PASSWORD, new Uint8Array(16), 32, { N: 2, r: 1, p: 1 }).toString("base64url");
  const anna: User = { name: "anna", role: "owner", hash: `scrypt$2$1$1$${"A".repeat(22)}$${hash}` };
  const users = new Map([["anna", anna]]);
  const server = opening.use(
    await MemoryServer.start({ stateFolder, users, shared: "always", maxConnections: 1000 }),
  );
  const resources = opening.move();
  let peers = 0;
  return {
    // The way, whether the login is changed, and a seed from which changes and messages come.
    make: (random) => joined([below(WAYS.length, random), below(4, random)], some(4, random)),
    async attempt(bytes) {
      const [which = 0, honest = 0, ...seed] = bytes;
      const { local, ...login } = WAYS[which % WAYS.length]!;
      const random = randomOf(seed.reduce((sum, byte) => sum * 256 + byte, 0));
      const connection = server.connect(local ? LOCAL_PEER : remotePeer(peers++ & 0xffffff));
      const leave = () => connection.transport[Symbol.dispose]();
      let meddler: Meddler | undefined;
      const change = honest === 0
        ? (whole: Uint8Array) => whole
        : (whole: Uint8Array) => mutate(whole, random);
      const result = await logIn(
        connection.transport,
        login,
        startMemoryTls,
        (layer) => meddler = new Meddler(layer, login.type === 19 ? 1 : 2, leave, change),
      )
        .catch(() => undefined);
      if (result) {
        for (let i = below(20, random); i >= 0; i--) {
          const message = mutate(Uint8Array.from(MESSAGES[below(MESSAGES.length, random)]!(random)), random);
          await result.transport.write(message).catch(() => {});
        }
        await turns();
      }
      leave();
      const { error, reason } = await connection.closed;
      assert.ok(ORDERLY.includes(error), `A session has failed: ${error}: ${reason}`);
      // ClientInit may be changed: all but 0 are the same.
      assert.ok(
        !result || honest === 0 || !meddler?.meddled || login.type === 19,
        "It has come in by another login",
      );
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

export const INNER_LOGINS: FuzzTarget = { name: "logins inside TLS and RSA-AES", share: 3, atOnce: 16, open };
