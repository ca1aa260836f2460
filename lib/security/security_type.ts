/**
 * The port of security types: how a peer shows that it may come in (RFC 6143 §7.2).
 *
 * @module
 */
import type { Inbox } from "../transport/inbox.ts";
import type { Peer, Transport } from "../transport/transport.ts";

/** What a peer may be asked for. Empty passwords are none. */
export interface Credentials {
  /** Gives full control. VNC Authentication looks at its first eight bytes only. */
  readonly password: string;
  /** Lets look only. */
  readonly viewOnlyPassword: string;
  /** Peers from elsewhere need none either. */
  readonly insecureNoAuth: boolean;
}

/** Who has come in. */
export interface Principal {
  /** Name of the user, or "" where there are only passwords. */
  readonly user: string;
  /** May look but not touch. */
  readonly viewOnly: boolean;
}

/** The way a security type talks with its peer. */
export interface SecurityChannel {
  readonly inbox: Inbox;
  readonly transport: Transport;
}

/** What came of it. */
export interface Authenticated {
  readonly principal: Principal;
  /** Set when the rest of the conversation goes through another layer (TLS, AES). */
  readonly transport?: Transport;
}

/** How a security type looks to the rest of the server. */
export interface SecurityTypeDefinition {
  /** As in RFC 6143 §7.2 or rfbproto "Security Types". */
  readonly name: string;
  /** The number on the wire. */
  readonly number: number;
  /** Whether RFB 3.3, where the server decides, can use it. */
  readonly version33: boolean;
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

/** Whether nothing at all is asked for: the case of protected mode. */
export function nothingIsAsked(credentials: Credentials): boolean {
  return credentials.password === "" && credentials.viewOnlyPassword === "";
}
