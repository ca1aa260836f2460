/**
 * Apple's Diffie-Hellman login, byte by byte.
 *
 * @module
 */
import assert from "node:assert/strict";
import { VNCServer } from "../../lib/mod.ts";
import { APPLE_DH } from "../../lib/security/apple_dh.ts";
import { typesFor } from "../../lib/security/registry.ts";
import type { Credentials } from "../../lib/security/security_type.ts";
import { Inbox } from "../../lib/transport/inbox.ts";
import { memoryTransports } from "../../lib/transport/memory.ts";
import type { Peer } from "../../lib/transport/transport.ts";
import { appleDh, type AppleDhOffer, bytesOf, takeAppleDhOffer } from "../support/rfb/apple_dh_client.ts";

const PEER: Peer = { transport: "tcp", address: "192.0.2.7:1", local: false, encrypted: false };
const PASSWORD = "a".repeat(64);
const NOTHING = { viewOnlyPassword: "", insecureNoAuth: false };

/** Lets `client` talk with the type. @returns Who came in. */
async function talk(
  bits: 1024 | 2048,
  client: (transport: ReturnType<typeof memoryTransports>[1], inbox: Inbox) => Promise<void>,
): Promise<string> {
  const [transport, other] = memoryTransports(PEER);
  using _both = { [Symbol.dispose]: () => [transport, other].forEach((one) => one[Symbol.dispose]()) };
  const channel = { transport, inbox: new Inbox(transport), change() {} };
  const credentials: Credentials = { ...NOTHING, password: PASSWORD, appleDh: bits };
  const [{ principal }] = await Promise.all([
    APPLE_DH.authenticate(channel, credentials),
    client(other, new Inbox(other)),
  ]);
  return JSON.stringify(principal);
}

/** The first and last 64 bits of the primes, and their sizes (RFC 2409 §6.2, RFC 3526 §3): both begin and end alike. */
for (const [bits, middle] of [[1024, "49286651ece65381"], [2048, "15728e5a8aacaa68"]] as const) {
  Deno.test(`APPLE_DH with ${bits} bits offers a safe prime that is known, and a key of its own each time`, async () => {
    const offers: AppleDhOffer[] = [];
    for (let i = 0; i < 2; i++) {
      const came = talk(bits, async (transport, inbox) => {
        offers.push(await takeAppleDhOffer(inbox));
        await transport.write(new Uint8Array(128 + bits / 8));
      });
      await assert.rejects(came, /Key exchange failed/);
    }
    const [{ prime, generator, length }] = offers as [AppleDhOffer, AppleDhOffer];
    assert.deepEqual([generator, length], [2n, bits / 8]);
    const hex = prime.toString(16);
    assert.match(
      hex,
      new RegExp(`^ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd1.*${middle}ffffffffffffffff$`),
    );
    assert.notEqual(offers[0]!.theirs, offers[1]!.theirs);
    for (const { theirs } of offers) assert.ok(theirs > 1n && theirs < prime - 1n);
  });

  Deno.test(`APPLE_DH with ${bits} bits takes texts that fill their fields, and stop at the zero byte`, async () => {
    const came = await talk(bits, (transport, inbox) => appleDh(transport, inbox, "x".repeat(64), PASSWORD));
    assert.equal(came, '{"user":"","viewOnly":false}');
    await assert.rejects(
      talk(bits, (transport, inbox) => appleDh(transport, inbox, "", PASSWORD.slice(1))),
      /Authentication failed/,
    );
  });

  Deno.test(`APPLE_DH with ${bits} bits refuses public keys whose secret everybody knows`, async () => {
    for (const weak of ["0", "1", "p-1", "p", "p+1", "2^n-1"]) {
      const came = talk(bits, async (transport, inbox) => {
        const { prime, length } = await takeAppleDhOffer(inbox);
        const value = weak.startsWith("p")
          ? prime + BigInt(weak.slice(1) || 0)
          : BigInt(weak === "1" ? 1 : 0);
        const key = weak === "2^n-1" ? new Uint8Array(length).fill(255) : bytesOf(value, length);
        await transport.write(new Uint8Array([...new Uint8Array(128), ...key]));
      });
      await assert.rejects(came, /Key exchange failed/, weak);
    }
  });
}

Deno.test("APPLE_DH is offered to those who ask for it only, behind what is better, and never where all is encrypted", () => {
  const key = () => Promise.reject(new Error("is not needed"));
  const names = (more: Partial<Credentials>, peer: Peer = PEER) =>
    typesFor(peer, { ...NOTHING, password: "x", keys: { rsa: key, secure: key }, ...more })
      .map(({ name }) => name);
  const better = ["RA2_256", "RA2", "VeNCrypt"];
  assert.deepEqual(names({}), [...better, "VNC Authentication"]);
  assert.deepEqual(names({ appleDh: 0 }), [...better, "VNC Authentication"]);
  assert.deepEqual(names({ appleDh: 2048 }), [...better, "Apple Diffie-Hellman", "VNC Authentication"]);
  assert.deepEqual(names({ appleDh: 2048, encryption: "required" }), better);
  assert.deepEqual(names({ appleDh: 2048, password: "", insecureNoAuth: true }), ["VeNCrypt", "None"]);
  const browser: Peer = { ...PEER, transport: "websocket" };
  assert.deepEqual(names({ appleDh: 2048 }, browser), [
    "RA2ne_256",
    "RA2ne",
    "Apple Diffie-Hellman",
    "VNC Authentication",
  ]);
});

Deno.test("VNCServer takes no other sizes of Apple's Diffie-Hellman", () => {
  for (const wrong of [512, 4096, 1]) {
    assert.throws(() => new VNCServer({ appleDh: wrong as 1024 }), /must be 0, 1024 or 2048/);
  }
});
