/**
 * The client's side of security types that change the layer: VeNCrypt (TLS) and RSA-AES (rfbproto).
 *
 * @module
 */
import { createHash, generateKeyPairSync, randomBytes } from "node:crypto";
import { AesTransport } from "../../../lib/security/aes_transport.ts";
import { parsePublicKey, type RsaKey, rsaKeyOf } from "../../../lib/security/rsa_key.ts";
import { Inbox } from "../../../lib/transport/inbox.ts";
import { SocketTransport } from "../../../lib/transport/tcp.ts";
import type { Transport } from "../../../lib/transport/transport.ts";
import { Refused } from "./handshake.ts";
import { vncAuthResponse } from "./vnc_auth.ts";

/** What to choose and to show. */
export interface SecurityClientOptions {
  readonly port: number;
  /** The security type to choose, whatever is offered. */
  readonly type: number;
  /** Within VeNCrypt. */
  readonly subtype?: number;
  readonly user?: string;
  readonly password?: string;
  /** What the server's certificate must be signed by. */
  readonly certificate?: string;
  /** "003.008" by default. */
  readonly version?: string;
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

/** One viewer's key for all tests: they take long to make. */
let viewerKey: RsaKey | undefined;

/** Goes through the handshake. @throws {Refused} With the server's reason. */
export async function comeIn(options: SecurityClientOptions): Promise<ComeIn> {
  const conn = await Deno.connect({ hostname: "127.0.0.1", port: options.port });
  let transport: Transport = new SocketTransport(conn);
  try {
    let inbox = new Inbox(transport);
    await inbox.take(12);
    await transport.write(new TextEncoder().encode(`RFB ${options.version ?? "003.008"}\n`));
    const types = [...await inbox.take((await inbox.take(1))[0]!)];
    if (types.length === 0) throw new Refused(await reason(inbox), "Refused");
    await transport.write(Uint8Array.of(options.type));
    let subtypes: number[] = [];
    if (options.type === 19) {
      ({ transport, inbox, subtypes } = await veNCrypt(conn, transport, inbox, options));
    } else if (options.type === 2) await vncAuth(transport, inbox, options);
    else if (options.type !== 1) ({ transport, inbox } = await rsaAes(transport, inbox, options));
    if (u32(await inbox.take(4)) !== 0) throw new Refused(await reason(inbox), "Security failed");
    await transport.write(Uint8Array.of(1));
    const init = await inbox.take(24);
    const name = new TextDecoder().decode(await inbox.take(u32(init.subarray(20))));
    return { types, subtypes, transport, inbox, name };
  } catch (error) {
    transport[Symbol.dispose]();
    throw error;
  }
}

async function vncAuth(transport: Transport, inbox: Inbox, { password = "" }: SecurityClientOptions) {
  await transport.write(vncAuthResponse(await inbox.take(16), password));
}

async function veNCrypt(
  conn: Deno.TcpConn,
  clear: Transport,
  clearInbox: Inbox,
  options: SecurityClientOptions,
): Promise<{ transport: Transport; inbox: Inbox; subtypes: number[] }> {
  await clearInbox.take(2);
  await clear.write(Uint8Array.of(0, 2));
  if ((await clearInbox.take(1))[0] !== 0) throw new Refused("", "The version is refused");
  const count = (await clearInbox.take(1))[0]!;
  const subtypes: number[] = [];
  for (let i = 0; i < count; i++) subtypes.push(u32(await clearInbox.take(4)));
  const { subtype = subtypes[0]! } = options;
  await clear.write(u32Bytes(subtype));
  let transport = clear;
  let inbox = clearInbox;
  if (subtype >= 257) {
    if ((await clearInbox.take(1))[0] !== 1) throw new Refused("", "The subtype is refused");
    const tls = await Deno.startTls(conn, {
      hostname: "localhost",
      ...(options.certificate && { caCerts: [options.certificate] }),
    });
    transport = new SocketTransport(tls);
    inbox = new Inbox(transport);
  }
  if (subtype === 261 || subtype === 2) await vncAuth(transport, inbox, options);
  if (subtype === 262 || subtype === 256) {
    const [user, password] = [options.user ?? "", options.password ?? ""].map((text) => utf8(text));
    await transport.write(
      concat(u32Bytes(user!.length), u32Bytes(password!.length), user!, password!),
    );
  }
  return { transport, inbox, subtypes };
}

async function rsaAes(
  transport: Transport,
  inbox: Inbox,
  { type, user = "", password = "" }: SecurityClientOptions,
): Promise<{ transport: Transport; inbox: Inbox }> {
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
  const layerInbox = new Inbox(layer);
  const expected = digest(serverMessage, viewerKey.publicMessage);
  const shown = await layerInbox.take(expected.length);
  if (shown.join() !== expected.join()) throw new Error("The server's hash is wrong");
  await layer.write(digest(viewerKey.publicMessage, serverMessage));
  const subtype = (await layerInbox.take(1))[0];
  const [name, secret] = [subtype === 1 ? utf8(user) : utf8(""), utf8(password)];
  await layer.write(concat(Uint8Array.of(name.length), name, Uint8Array.of(secret.length), secret));
  const stays = type === 5 || type === 129;
  return stays ? { transport: layer, inbox: layerInbox } : { transport, inbox };
}

async function reason(inbox: Inbox): Promise<string> {
  return new TextDecoder().decode(await inbox.take(u32(await inbox.take(4))));
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
