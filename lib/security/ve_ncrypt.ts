/**
 * VeNCrypt 0.2 (rfbproto "VeNCrypt"): TLS with a certificate, and then nothing, a VNC challenge, or name and password.
 *
 * Anonymous TLS (TLSNone, TLSVnc, TLSPlain) is not offered: it protects from no one who can change what passes.
 *
 * @module
 */
import { ByteWriter } from "../core/bytes.ts";
import { AuthenticationError, ProtocolError } from "../core/errors.ts";
import { PEER_LIMITS } from "../core/limits.ts";
import { SecurityTypeNumber, VeNCryptSubtype } from "../protocol/constants.ts";
import type { Peer } from "../transport/transport.ts";
import { logIn } from "./login.ts";
import {
  comesInFreely,
  type Credentials,
  isPrivate,
  loginIsAsked,
  mustEncrypt,
  passwordIsAsked,
  type Principal,
  type SecurityChannel,
  type SecurityTypeDefinition,
} from "./security_type.ts";
import { challenge } from "./vnc_authentication.ts";

const SECTION = "rfbproto VeNCrypt";

const VERSION = { major: 0, minor: 2 } as const;

/** What peers can choose within VeNCrypt. */
interface Subtype {
  readonly name: string;
  readonly number: number;
  readonly tls: boolean;
  /** Not a security type of its own as well. */
  readonly own: boolean;
  offeredTo(peer: Peer, credentials: Credentials): boolean;
  authenticate(channel: SecurityChannel, credentials: Credentials): Promise<Principal>;
}

const asksNothing = () => Promise.resolve({ user: "", viewOnly: false });

/**
 * Strongest first: viewers take the first that they know. The plain types stand at the end for those that know VeNCrypt
 * but not its certificates, such as noVNC, and would find nothing to choose otherwise.
 */
const SUBTYPES: readonly Subtype[] = [
  {
    name: "X509Plain",
    number: VeNCryptSubtype.X509Plain,
    tls: true,
    own: true,
    offeredTo: loginIsAsked,
    authenticate: plain,
  },
  {
    name: "X509Vnc",
    number: VeNCryptSubtype.X509Vnc,
    tls: true,
    own: true,
    offeredTo: passwordIsAsked,
    authenticate: challenge,
  },
  {
    name: "X509None",
    number: VeNCryptSubtype.X509None,
    tls: true,
    own: true,
    offeredTo: comesInFreely,
    authenticate: asksNothing,
  },
  {
    name: "Plain",
    number: VeNCryptSubtype.Plain,
    tls: false,
    own: true,
    // Never in clear over a network.
    offeredTo: (peer, credentials) => isPrivate(peer, credentials) && loginIsAsked(peer, credentials),
    authenticate: plain,
  },
  {
    name: "VncAuth",
    number: VeNCryptSubtype.VncAuthentication,
    tls: false,
    own: false,
    offeredTo: passwordIsAsked,
    authenticate: challenge,
  },
  {
    name: "None",
    number: VeNCryptSubtype.None,
    tls: false,
    own: false,
    offeredTo: comesInFreely,
    authenticate: asksNothing,
  },
];

/** Security type 19. */
export const VENCRYPT: SecurityTypeDefinition = {
  name: "VeNCrypt",
  number: SecurityTypeNumber.VeNCrypt,
  version33: false,
  encrypts: true,
  // A WebSocket is encrypted, or not, by what carries it; and browsers know no certificates within it.
  offeredTo: (peer, credentials) =>
    peer.transport !== "websocket" && offered(peer, credentials).some(({ own }) => own),
  async authenticate(channel, credentials) {
    const { transport } = channel;
    await agreeOnVersion(channel);
    const subtype = await choose(channel, offered(transport.peer, credentials));
    if (subtype.tls) await startTls(channel, credentials);
    const principal = await subtype.authenticate(channel, credentials);
    return { principal, method: `VeNCrypt ${subtype.name}` };
  },
};

function offered(peer: Peer, credentials: Credentials): readonly Subtype[] {
  const { keys } = credentials;
  const privately = isPrivate(peer, credentials);
  return SUBTYPES.filter((subtype) => {
    if (!subtype.offeredTo(peer, credentials)) return false;
    return subtype.tls ? keys?.secure && !privately : privately || !mustEncrypt(credentials);
  });
}

async function agreeOnVersion({ inbox, transport }: SecurityChannel): Promise<void> {
  await transport.write(Uint8Array.of(VERSION.major, VERSION.minor));
  const [major, minor] = await inbox.take(2);
  const fits = major === VERSION.major && minor === VERSION.minor;
  await transport.write(Uint8Array.of(fits ? 0 : 255));
  if (!fits) {
    throw new ProtocolError(`Cannot use VeNCrypt ${major}.${minor}: this server speaks 0.2`, SECTION);
  }
}

async function choose({ inbox, transport }: SecurityChannel, list: readonly Subtype[]): Promise<Subtype> {
  const out = new ByteWriter();
  out.u8(list.length);
  for (const { number } of list) out.u32(number);
  await transport.write(out.view());
  const number = u32(await inbox.take(4));
  const chosen = list.find((subtype) => subtype.number === number);
  if (chosen) return chosen;
  const numbers = list.map((subtype) => subtype.number).join(", ");
  throw new ProtocolError(`Cannot use VeNCrypt subtype ${number}: offered are ${numbers}`, SECTION);
}

async function startTls(channel: SecurityChannel, { keys }: Credentials): Promise<void> {
  // What comes before the server says that it is ready was not encrypted, and must not be taken for what is.
  if (channel.inbox.available().length > 0) {
    throw new ProtocolError("Peer sent something between its choice and TLS", SECTION);
  }
  await channel.transport.write(Uint8Array.of(1));
  channel.change(await keys!.secure!(channel.transport));
}

/** u32 length of the name, u32 length of the password, both in UTF-8. */
async function plain(channel: SecurityChannel, credentials: Credentials): Promise<Principal> {
  const { inbox, transport } = channel;
  const lengths = await inbox.take(8);
  const [userLength, passwordLength] = [u32(lengths), u32(lengths.subarray(4))];
  if (userLength > PEER_LIMITS.plainTextBytes || passwordLength > PEER_LIMITS.plainTextBytes) {
    throw new AuthenticationError(`Name or password is longer than ${PEER_LIMITS.plainTextBytes} bytes`);
  }
  const decoder = new TextDecoder();
  const user = decoder.decode(await inbox.take(userLength));
  const password = decoder.decode(await inbox.take(passwordLength));
  return await logIn(transport.peer, credentials, user, password);
}

function u32(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0);
}
