/**
 * Encrypted layers: records of RSA-AES (rfbproto) and of TLS (RFC 5246), changed on their way.
 *
 * @module
 */
import assert from "node:assert/strict";
import { AesTransport } from "../../../lib/security/aes_transport.ts";
import { parsePublicKey } from "../../../lib/security/rsa_key.ts";
import { makeCertificate } from "../../../lib/security/certificate.ts";
import { Inbox } from "../../../lib/transport/inbox.ts";
import { memoryTransports } from "../../../lib/transport/memory.ts";
import { acceptTls, secureContextOf } from "../../../lib/transport/tls.ts";
import { LOCAL_PEER, TappedTransport } from "../../support/memory_server.ts";
import { startMemoryTls } from "../../support/memory_tls.ts";
import { below, joined, mutate, oneOf, type Random, randomOf, some } from "../mutations.ts";
import { ScriptedTransport, scriptOf } from "../scripted_transport.ts";
import { type FuzzTarget, type OpenTarget, simply, tolerate } from "../target.ts";

const KEYS = [new Uint8Array(16).fill(7), new Uint8Array(32).fill(9)];

/** What is sent in the clear, and the records that it becomes. */
async function sealed(key: Uint8Array, random: Random): Promise<{ plain: Uint8Array; records: Uint8Array }> {
  const heard = new ScriptedTransport(LOCAL_PEER, {
    bytes: new Uint8Array(),
    piece: 1,
    patience: 0,
    listens: true,
  });
  const layer = new AesTransport(heard, new Inbox(heard), { send: key, receive: key });
  const parts = Array.from({ length: 1 + below(5, random) }, () => some(1 + below(40, random), random));
  for (const part of parts) await layer.write(part);
  return { plain: joined(...parts), records: joined(...heard.heard) };
}

async function openRecords(): Promise<OpenTarget> {
  const random = randomOf(5);
  const seeds = await Promise.all(Array.from({ length: 32 }, (_, i) => sealed(KEYS[i & 1]!, random)));
  return {
    make(random) {
      const which = below(seeds.length, random);
      return joined([below(256, random), which], mutate(seeds[which]!.records, random));
    },
    async attempt(bytes) {
      const [control = 0, which = 0] = bytes;
      const { plain } = seeds[which % seeds.length]!;
      const beneath = new ScriptedTransport(LOCAL_PEER, { ...scriptOf(control & 3, bytes.subarray(2)) });
      const key = KEYS[which & 1]!;
      const layer = new AesTransport(beneath, new Inbox(beneath), { send: key, receive: key });
      if (control & 4) layer.trust();
      const into = new Uint8Array(64);
      let at = 0;
      try {
        for (let count = await layer.read(into); count !== null; count = await layer.read(into)) {
          assert.deepEqual(
            into.subarray(0, count),
            plain.subarray(at, at + count),
            "Something else was sent",
          );
          at += count;
        }
      } catch (error) {
        tolerate(error, "ProtocolError", "DisconnectedError");
      }
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

export const RSA_AES_RECORDS: FuzzTarget = {
  name: "RSA-AES records",
  share: 2,
  atOnce: 4,
  open: openRecords,
};

export const RSA_KEYS: FuzzTarget = {
  name: "RSA keys of peers",
  share: 1,
  open: simply({
    make(random) {
      const length = 128;
      const modulus = some(length, random);
      modulus[0]! |= 0x80;
      modulus[length - 1]! |= 1;
      const exponent = new Uint8Array(length);
      exponent.set(
        oneOf([[1, 0, 1], [3], [0], [1], [2], [1, 0, 0, 0, 1], [255, 255, 255, 255, 255]], random),
        length - 5,
      );
      return mutate(joined([4, 0], modulus, exponent), random);
    },
    attempt(bytes) {
      const bits = (bytes[0] ?? 0) << 8 | (bytes[1] ?? 0);
      const half = Math.max(1, (bytes.length - 2) >> 1);
      const [modulus, exponent] = [bytes.slice(2, 2 + half), bytes.slice(2 + half, 2 + 2 * half)];
      if (modulus.length === 0 || exponent.length === 0) return;
      try {
        const key = parsePublicKey(bits, modulus, exponent);
        const encrypted = key.encrypt(new Uint8Array(16));
        assert.equal(encrypted.length, modulus.length);
      } catch (error) {
        tolerate(error, "ProtocolError");
      }
    },
  }),
};

async function openTls(): Promise<OpenTarget> {
  const context = secureContextOf(makeCertificate({ names: ["localhost"], days: 2 }), "TLSv1.3");
  const logins: Uint8Array[] = [];
  for (const newest of ["TLSv1.2", "TLSv1.3"] as const) {
    const [server, client] = memoryTransports();
    const tap = new TappedTransport(client);
    const accepting = acceptTls(
      server,
      secureContextOf(makeCertificate({ names: ["localhost"], days: 2 }), newest),
      5000,
    );
    const layer = await startMemoryTls(tap);
    const accepted = await accepting;
    await layer.write(new Uint8Array(40));
    await accepted.read(new Uint8Array(64));
    logins.push(tap.sent);
    layer[Symbol.dispose]();
    accepted[Symbol.dispose]();
  }
  return {
    make: (random) => joined(some(1, random), mutate(oneOf(logins, random), random)),
    async attempt(bytes) {
      const beneath = new ScriptedTransport(LOCAL_PEER, scriptOf(bytes[0]! & 31, bytes.subarray(1)));
      try {
        const layer = await acceptTls(beneath, context, 5000);
        layer[Symbol.dispose]();
        assert.fail("A recorded handshake was taken");
      } catch (error) {
        tolerate(error, "DisconnectedError");
      }
      await beneath.released;
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

export const TLS_RECORDS: FuzzTarget = { name: "TLS records", share: 2, atOnce: 8, open: openTls };
