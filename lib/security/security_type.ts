/**
 * The port of security types: how a peer shows that it may come in (RFC 6143 §7.2).
 *
 * @module
 */
import type { Inbox } from "../transport/inbox.ts";
import type { Peer, Transport } from "../transport/transport.ts";
import type { AppleDhBits } from "./apple_dh.ts";
import type { Accounts } from "./accounts.ts";
import type { Invitations } from "./invitations.ts";
import type { LoginGuard } from "./login_guard.ts";
import type { RsaKey } from "./rsa_key.ts";
import type { UsedCodes } from "./totp.ts";
import type { Role, Users } from "./users.ts";

/** What a peer may be asked for. Empty passwords are none. */
export interface Credentials {
  /** Gives full control. VNC Authentication looks at its first eight bytes only. */
  readonly password: string;
  /** Lets look only. */
  readonly viewOnlyPassword: string;
  /** Peers from elsewhere need none either. */
  readonly insecureNoAuth: boolean;
  /** People with names and passwords of their own, for types that ask for both; none by default. */
  readonly users?: Users;
  /** Codes of authenticators that were used; without, users who have one cannot come in. */
  readonly codes?: UsedCodes;
  /** Accounts of this machine; nobody is asked about by default. */
  readonly accounts?: Accounts;
  /** Passwords that hold for a short while; none by default. */
  readonly invitations?: Invitations;
  /** "auto" by default. */
  readonly encryption?: EncryptionPolicy;
  /** Bits of Apple's Diffie-Hellman login; 0, which is not to offer it, by default. */
  readonly appleDh?: AppleDhBits | 0;
  /** What the server encrypts with; types that need what is not there are not offered. */
  readonly keys?: SecurityKeys;
  /** Counts failed logins; without, nobody does. */
  readonly guard?: LoginGuard;
}

/** Whether what passes has to be encrypted. */
export type EncryptionPolicy =
  /** It is offered where it could be read on the way. */
  | "auto"
  /** Nobody comes in there without it. */
  | "required"
  /** The same, and paths within this machine count as others. */
  | "always";

/** What the server shows itself by and encrypts with. Opened when first used. */
export interface SecurityKeys {
  /**
   * Becomes the server of TLS on a transport, with the server's certificate.
   *
   * @throws {DisconnectedError} The peer made no handshake; the transport is disposed.
   */
  readonly secure?: (transport: Transport) => Promise<Transport>;
  /** The key of the RSA-AES types. */
  readonly rsa?: () => Promise<RsaKey>;
}

/** Who has come in. */
export interface Principal {
  /** Name of the user, or "" where there are only passwords. */
  readonly user: string;
  /** May look but not touch. */
  readonly viewOnly: boolean;
  /** What a user of the users' file may do; not there where there are only passwords. */
  readonly role?: Role;
}

/** The way a security type talks with its peer. */
export interface SecurityChannel {
  readonly inbox: Inbox;
  readonly transport: Transport;
  /**
   * From now on everything, SecurityResult too, goes through another layer (TLS, AES) that lies on the present one or
   * takes its place.
   *
   * @param inbox Of that layer, when something has been read from it.
   */
  change(transport: Transport, inbox?: Inbox): void;
}

/** What came of it. */
export interface Authenticated {
  readonly principal: Principal;
  /** What was agreed on in detail, for lists and logs: "VeNCrypt X509Plain". By default the type's name. */
  readonly method?: string;
}

/** How a security type looks to the rest of the server. */
export interface SecurityTypeDefinition {
  /** As in RFC 6143 §7.2 or rfbproto "Security Types". */
  readonly name: string;
  /** The number on the wire. */
  readonly number: number;
  /** Whether RFB 3.3, where the server decides, can use it. */
  readonly version33: boolean;
  /** Whether all that follows is encrypted; not by default. */
  readonly encrypts?: boolean;
  /** Whether this peer is to be offered it. */
  offeredTo(peer: Peer, credentials: Credentials): boolean;
  /**
   * Talks with the peer after it has chosen this type, up to SecurityResult.
   *
   * @throws {AuthenticationError} The peer could not show it; the message may be told to it.
   * @throws {ProtocolError} The peer broke the rules.
   */
  authenticate(channel: SecurityChannel, credentials: Credentials): Promise<Authenticated>;
}

/** Whether nothing at all is asked for: the case of protected mode. Invitations do not count: they come and go. */
export function nothingIsAsked(credentials: Credentials): boolean {
  return !hasPassword(credentials) && !usersAreAsked(credentials) && credentials.accounts === undefined;
}

/**
 * Whether a peer may come in without showing anything: on this machine when nothing is asked for, but at the Unix socket
 * only, and always, when it belongs to one of those who need no password.
 */
export function comesInFreely(peer: Peer, credentials: Credentials): boolean {
  if (peer.trusted) return true;
  return nothingIsAsked(credentials) &&
    ((peer.local && peer.trusted === undefined) || credentials.insecureNoAuth);
}

/** Whether a peer can show anything, and has to. */
export function loginIsAsked(peer: Peer, credentials: Credentials): boolean {
  return passwordIsAsked(peer, credentials) || usersAreAsked(credentials);
}

/** Whether nobody can listen on the way to a peer: it leads through TLS, or does not leave this machine. */
export function isPrivate(peer: Peer, { encryption }: Credentials): boolean {
  return peer.encrypted && (encryption !== "always" || peer.transport !== "tcp");
}

/** Whether nobody comes in by a path on which others could listen, unless all is encrypted. */
export function mustEncrypt({ encryption = "auto" }: Credentials): boolean {
  return encryption !== "auto";
}

/** Whether a peer can come in by a password that needs no name: one that is set, or that of an invitation. */
export function passwordIsAsked(peer: Peer, credentials: Credentials): boolean {
  if (hasPassword(credentials)) return true;
  return credentials.invitations?.anyOpen === true && !comesInFreely(peer, credentials);
}

/** Whether there are people with names. */
export function usersAreAsked({ users, accounts }: Credentials): boolean {
  return (users !== undefined && users.size > 0) || accounts?.available === true;
}

function hasPassword({ password, viewOnlyPassword }: Credentials): boolean {
  return password !== "" || viewOnlyPassword !== "";
}
