/**
 * The client's side of all security types: VeNCrypt (TLS) and RSA-AES, which change the layer, and others (rfbproto).
 *
 * @module
 */
import { createHash, generateKeyPairSync, randomBytes } from "node:crypto";
import { AesTransport } from "../../../lib/security/aes_transport.ts";
import { parsePublicKey, type RsaKey, rsaKeyOf } from "../../../lib/security/rsa_key.ts";
import { Inbox } from "../../../lib/transport/inbox.ts";
import { SocketTransport } from "../../../lib/transport/tcp.ts";
import type { Transport } from "../../../lib/transport/transport.ts";
import { appleDh } from "./apple_dh_client.ts";
import { Refused } from "./handshake.ts";
import { vncAuthResponse } from "./vnc_auth.ts";

/** What to choose and to show. */
export interface LoginOptions {
  /** The security type to choose, whatever is offered. */
  readonly type: number;
  /** Within VeNCrypt. */
  readonly subtype?: number;
  readonly user?: string;
  readonly password?: string;
  /** "003.008" by default. */
  readonly version?: string;
}

/** The same over TCP. */
export interface SecurityClientOptions extends LoginOptions {
  readonly port: number;
  /** What the server's certificate must be signed by. */
  readonly certificate?: string;
}

/** A connection that has come in and has read ServerInit. */
export interface ComeIn {
  /** As the server has sent them, in its order. */
  readonly types: readonly number[];
  readonly subtypes: readonly number[];
  readonly transport: Transport;
  readonly inbox: Inbox;
  /** The desktop's name: the end of ServerInit. */
  readonly name: string;
}

/** Becomes the client of TLS on a transport. */
export type StartTls = (transport: Transport) => Promise<Transport>;

/** Gets between the client and an encrypted layer. */
export type Within = (layer: Transport) => Transport;

/** Both directions, through the uppermost layer. */
interface Layer {
  readonly transport: Transport;
  readonly inbox: Inbox;
}

/** One viewer's key for all tests: they take long to make. */
let viewerKey: RsaKey | undefined;

/** Connects by TCP and goes through the handshake. @throws {Refused} With the server's reason. */
export async function comeIn(options: SecurityClientOptions): Promise<ComeIn> {
  const conn = await Deno.connect({ hostname: "127.0.0.1", port: options.port });
  const caCerts = options.certificate ? { caCerts: [options.certificate] } : {};
  return await logIn(
    new SocketTransport(conn),
    options,
    async () => new SocketTransport(await Deno.startTls(conn, { hostname: "localhost", ...caCerts })),
  );
}

/**
 * Goes through the handshake.
 *
 * @param transport Is disposed when this fails.
 * @param within What the client says behind TLS's handshake, or RSA-AES's exchange of keys, goes through this.
 * @throws {Refused} With the server's reason; whatever came behind it is thrown as an error of its own.
 */
export async function logIn(
  transport: Transport,
  options: LoginOptions,
  startTls: StartTls,
  within: Within = (layer) => layer,
): Promise<ComeIn> {
  let layer: Layer = { transport, inbox: new Inbox(transport) };
  const { version = "003.008", type } = options;
  const minor = version.startsWith("003.") ? Number(version.slice(4)) : 8;
  try {
    await layer.inbox.take(12);
    await transport.write(utf8(`RFB ${version}\n`));
    const types = minor < 7
      ? [u32(await layer.inbox.take(4))]
      : [...await layer.inbox.take((await layer.inbox.take(1))[0]!)];
    if (types.length === 0 || types[0] === 0) throw await refused("Refused", layer.inbox, true);
    if (minor >= 7) await transport.write(Uint8Array.of(type));
    else if (types[0] !== type) throw new Error(`The server has chosen type ${types[0]}`);
    let subtypes: number[] = [];
    if (type === 19) {
      ({ layer, subtypes } = await veNCrypt(
        layer,
        options,
        async (transport) => within(await startTls(transport)),
      ));
    } else if (type === 2) await vncAuth(layer, options);
    else if (type === 30) {
      await appleDh(layer.transport, layer.inbox, options.user ?? "", options.password ?? "");
    } else if (type !== 1) layer = await rsaAes(layer.transport, layer.inbox, options, within);
    if ((type !== 1 || minor >= 8) && u32(await layer.inbox.take(4)) !== 0) {
      throw await refused("Security failed", layer.inbox, minor >= 8);
    }
    await layer.transport.write(Uint8Array.of(1));
    const init = await layer.inbox.take(24);
    const name = new TextDecoder().decode(await layer.inbox.take(u32(init.subarray(20))));
    return { types, subtypes, ...layer, name };
  } catch (error) {
    layer.transport[Symbol.dispose]();
    throw error;
  }
}

/** The reason, if there is one, and nothing else before the end. */
async function refused(what: string, inbox: Inbox, withReason: boolean): Promise<Error> {
  const reason = withReason ? new TextDecoder().decode(await inbox.take(u32(await inbox.take(4)))) : "";
  const more = await inbox.more().catch(() => false);
  return more ? new Error(`Something came behind "${what}: ${reason}"`) : new Refused(reason, what);
}

async function vncAuth({ transport, inbox }: Layer, { password = "" }: LoginOptions): Promise<void> {
  await transport.write(vncAuthResponse(await inbox.take(16), password));
}

async function veNCrypt(
  clear: Layer,
  options: LoginOptions,
  startTls: StartTls,
): Promise<{ layer: Layer; subtypes: number[] }> {
  await clear.inbox.take(2);
  await clear.transport.write(Uint8Array.of(0, 2));
  if ((await clear.inbox.take(1))[0] !== 0) throw new Refused("", "The version is refused");
  const count = (await clear.inbox.take(1))[0]!;
  const subtypes: number[] = [];
  for (let i = 0; i < count; i++) subtypes.push(u32(await clear.inbox.take(4)));
  const { subtype = subtypes[0]! } = options;
  await clear.transport.write(u32Bytes(subtype));
  let layer = clear;
  if (subtype >= 257) {
    if ((await clear.inbox.take(1))[0] !== 1) throw new Refused("", "The subtype is refused");
    const transport = await startTls(clear.transport);
    layer = { transport, inbox: new Inbox(transport) };
  }
  if (subtype === 261 || subtype === 2) await vncAuth(layer, options);
  if (subtype === 262 || subtype === 256) {
    const [user, password] = [options.user ?? "", options.password ?? ""].map((text) => utf8(text));
    await layer.transport.write(
      concat(u32Bytes(user!.length), u32Bytes(password!.length), user!, password!),
    );
  }
  return { layer, subtypes };
}

async function rsaAes(
  transport: Transport,
  inbox: Inbox,
  { type, user = "", password = "" }: LoginOptions,
  within: Within,
): Promise<Layer> {
  const long = type >= 129;
  const [hash, keyLength] = long ? ["sha256", 32] : ["sha1", 16];
  const digest = (...parts: Uint8Array[]) => {
    const made = createHash(hash as string);
    for (const part of parts) made.update(part);
    return new Uint8Array(made.digest());
  };
  viewerKey ??= rsaKeyOf(generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey);
  const header = await inbox.take(4);
  const length = Math.ceil(u32(header) / 8);
  const [modulus, exponent] = [await inbox.take(length), await inbox.take(length)];
  const serverMessage = concat(header, modulus, exponent);
  await transport.write(viewerKey.publicMessage);
  const theirs = viewerKey.decrypt(await inbox.take(u16(await inbox.take(2))))!;
  const ours = new Uint8Array(randomBytes(keyLength as number));
  const sealed = parsePublicKey(u32(header), modulus, exponent).encrypt(ours);
  await transport.write(concat(Uint8Array.of(sealed.length >> 8, sealed.length & 255), sealed));
  const derive = (a: Uint8Array, b: Uint8Array) => digest(a, b).slice(0, keyLength as number);
  const layer = new AesTransport(transport, inbox, {
    send: derive(theirs, ours),
    receive: derive(ours, theirs),
  });
  layer.trust();
  const upper = within(layer);
  const layerInbox = new Inbox(upper);
  const expected = digest(serverMessage, viewerKey.publicMessage);
  const shown = await layerInbox.take(expected.length);
  if (shown.join() !== expected.join()) throw new Error("The server's hash is wrong");
  await upper.write(digest(viewerKey.publicMessage, serverMessage));
  const subtype = (await layerInbox.take(1))[0];
  const [name, secret] = [subtype === 1 ? utf8(user) : utf8(""), utf8(password)];
  await upper.write(concat(Uint8Array.of(name.length), name, Uint8Array.of(secret.length), secret));
  const stays = type === 5 || type === 129;
  return stays ? { transport: upper, inbox: layerInbox } : { transport, inbox };
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

function u32Bytes(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

function u32(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
}

function u16(bytes: Uint8Array): number {
  return bytes[0]! << 8 | bytes[1]!;
}
