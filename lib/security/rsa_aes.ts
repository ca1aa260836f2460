/**
 * RSA-AES (rfbproto "RSA-AES Security Type"): keys are exchanged under each other's RSA keys; then all of the session, or
 * its login alone, is encrypted by AES-EAX. Viewers know the server by its key's fingerprint.
 *
 * @module
 */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { AuthenticationError } from "../core/errors.ts";
import { SecurityTypeNumber } from "../protocol/constants.ts";
import { Inbox } from "../transport/inbox.ts";
import type { Peer } from "../transport/transport.ts";
import { AesTransport } from "./aes_transport.ts";
import { logIn } from "./login.ts";
import { checkPeerBits, parsePublicKey, type RsaKey, type RsaPublicKey } from "./rsa_key.ts";
import {
  type Authenticated,
  type Credentials,
  isPrivate,
  loginIsAsked,
  type SecurityChannel,
  type SecurityTypeDefinition,
  usersAreAsked,
} from "./security_type.ts";

/** What is asked for behind the key exchange. */
const Subtype = { UserAndPassword: 1, Password: 2 } as const;

/** How the four types differ. */
interface Variant {
  readonly hash: "sha1" | "sha256";
  /** Of the AES keys and of the random numbers, in bytes. */
  readonly keyLength: 16 | 32;
  /** The session stays encrypted. */
  readonly encrypts: boolean;
}

/** Security type 129: AES-256, SHA-256. */
export const RA2_256 = rsaAes("RA2_256", SecurityTypeNumber.Ra2_256, {
  hash: "sha256",
  keyLength: 32,
  encrypts: true,
});
/** Security type 5: AES-128, SHA-1. */
export const RA2 = rsaAes("RA2", SecurityTypeNumber.Ra2, { hash: "sha1", keyLength: 16, encrypts: true });
/** Security type 130: as 129, the session in clear behind the login. */
export const RA2NE_256 = rsaAes("RA2ne_256", SecurityTypeNumber.Ra2ne_256, {
  hash: "sha256",
  keyLength: 32,
  encrypts: false,
});
/** Security type 6: as 5, the session in clear behind the login. */
export const RA2NE = rsaAes("RA2ne", SecurityTypeNumber.Ra2ne, {
  hash: "sha1",
  keyLength: 16,
  encrypts: false,
});

function rsaAes(name: string, number: number, variant: Variant): SecurityTypeDefinition {
  return {
    name,
    number,
    version33: false,
    encrypts: variant.encrypts,
    offeredTo: (peer, credentials) =>
      credentials.keys?.rsa !== undefined && loginIsAsked(peer, credentials) &&
      suits(peer, credentials, variant),
    authenticate: (channel, credentials) => authenticate(channel, credentials, variant),
  };
}

/**
 * A session in clear is for paths that are private anyway, and for browsers, which know no other type of this family
 * and would send a plain challenge's response instead.
 */
function suits(peer: Peer, credentials: Credentials, { encrypts }: Variant): boolean {
  const clearSuffices = isPrivate(peer, credentials) || peer.transport === "websocket";
  return encrypts !== clearSuffices;
}

async function authenticate(
  channel: SecurityChannel,
  credentials: Credentials,
  variant: Variant,
): Promise<Authenticated> {
  const { inbox, transport } = channel;
  const key = await credentials.keys!.rsa!();
  await transport.write(key.publicMessage);
  const peer = await takePublicKey(inbox);
  const layer = await exchangeKeys(channel, key, peer.key, variant);
  await exchangeHashes(layer, key.publicMessage, peer.message, variant);
  const withUser = usersAreAsked(credentials);
  await layer.transport.write(Uint8Array.of(withUser ? Subtype.UserAndPassword : Subtype.Password));
  const user = await takeText(layer.inbox);
  const password = await takeText(layer.inbox);
  if (variant.encrypts) channel.change(layer.transport, layer.inbox);
  const principal = await logIn(transport.peer, credentials, user, password);
  layer.transport.trust();
  return { principal };
}

/** u32 bits, modulus, exponent. */
async function takePublicKey(inbox: Inbox): Promise<{ key: RsaPublicKey; message: Uint8Array }> {
  const header = await inbox.take(4);
  const bits = new DataView(header.buffer).getUint32(0);
  const length = checkPeerBits(bits);
  const modulus = await inbox.take(length);
  const exponent = await inbox.take(length);
  return {
    key: parsePublicKey(bits, modulus, exponent),
    message: Uint8Array.from([...header, ...modulus, ...exponent]),
  };
}

/** Each side sends a random number for the other's eyes only; from the two come the keys. */
async function exchangeKeys(
  { inbox, transport }: SecurityChannel,
  key: RsaKey,
  peerKey: RsaPublicKey,
  { hash, keyLength }: Variant,
): Promise<{ transport: AesTransport; inbox: Inbox }> {
  const ours = new Uint8Array(randomBytes(keyLength));
  const encrypted = peerKey.encrypt(ours);
  await transport.write(Uint8Array.from([encrypted.length >> 8, encrypted.length & 0xff, ...encrypted]));
  const [high, low] = await inbox.take(2);
  if ((high! << 8 | low!) !== key.length) throw new AuthenticationError("Key exchange failed");
  const decrypted = key.decrypt(await inbox.take(key.length));
  // What was not encrypted for us goes on with a number that nobody knows: how it was wrong can be told from nothing.
  const theirs = decrypted?.length === keyLength ? decrypted : randomBytes(keyLength);
  const derive = (first: Uint8Array, second: Uint8Array) =>
    new Uint8Array(createHash(hash).update(first).update(second).digest().subarray(0, keyLength));
  const keys = { receive: derive(ours, theirs), send: derive(theirs, ours) };
  const secured = new AesTransport(transport, inbox, keys);
  return { transport: secured, inbox: new Inbox(secured) };
}

/** Both show that they have seen the same keys, so that nobody in between has put in another. */
async function exchangeHashes(
  { transport, inbox }: { readonly transport: AesTransport; readonly inbox: Inbox },
  server: Uint8Array,
  client: Uint8Array,
  { hash }: Variant,
): Promise<void> {
  const of = (first: Uint8Array, second: Uint8Array) =>
    new Uint8Array(createHash(hash).update(first).update(second).digest());
  const expected = of(client, server);
  await transport.write(of(server, client));
  if (!timingSafeEqual(await inbox.take(expected.length), expected)) {
    throw new AuthenticationError("Key exchange failed: the two sides have seen different keys");
  }
}

/** u8 length, UTF-8. */
async function takeText(inbox: Inbox): Promise<string> {
  const [length] = await inbox.take(1);
  return new TextDecoder().decode(await inbox.take(length!));
}
