/**
 * How a session begins: version, security, and who wants what (RFC 6143 §7.1 to §7.3), top to bottom.
 *
 * @module
 */
import { ByteWriter } from "../core/bytes.ts";
import { AuthenticationError, ProtocolError, RefusedError } from "../core/errors.ts";
import {
  hasSecurityResult,
  parseClientInit,
  writeRefusal,
  writeSecurityFailed,
  writeSecurityOk,
  writeSecurityTypes,
} from "../protocol/handshake_messages.ts";
import {
  parseClientVersion,
  PROTOCOL_VERSION_LENGTH,
  type ProtocolVersion,
  serverVersionBytes,
} from "../protocol/version.ts";
import {
  type Authenticated,
  type Credentials,
  mustEncrypt,
  nothingIsAsked,
  type Principal,
  type SecurityChannel,
  type SecurityTypeDefinition,
} from "../security/security_type.ts";
import { typesFor } from "../security/registry.ts";
import { Inbox } from "../transport/inbox.ts";
import type { Peer, Transport } from "../transport/transport.ts";

/** What the two sides need to agree. */
export interface HandshakeOptions {
  readonly securityTypes: readonly SecurityTypeDefinition[];
  readonly credentials: Credentials;
  /** Told when version and security type are chosen: what is left may take as long as a person needs to type. */
  chosen?(version: ProtocolVersion, security: SecurityTypeDefinition): void;
  /**
   * Asked about who has logged in, before they are told that they have.
   *
   * @param gone Aborts when the peer does not wait any longer.
   * @returns What they may do. @throws {RefusedError} They may not come in.
   */
  approve?(peer: Peer, principal: Principal, gone: AbortSignal): Promise<Principal>;
  /** Told when everything goes through another layer from now on. */
  changed?(transport: Transport): void;
}

/** What they have agreed on. */
export interface Agreement extends Authenticated {
  readonly version: ProtocolVersion;
  readonly security: SecurityTypeDefinition;
  /** The layer through which everything else goes. */
  readonly transport: Transport;
  readonly inbox: Inbox;
  /** ClientInit's flag: others may stay. */
  readonly shared: boolean;
}

/** Both directions of bytes, through whatever layer is the uppermost. */
class Channel implements SecurityChannel {
  #transport: Transport;
  #inbox: Inbox;
  readonly #changed: ((transport: Transport) => void) | undefined;

  constructor(transport: Transport, changed?: (transport: Transport) => void) {
    this.#transport = transport;
    this.#inbox = new Inbox(transport);
    this.#changed = changed;
  }

  get transport(): Transport {
    return this.#transport;
  }

  get inbox(): Inbox {
    return this.#inbox;
  }

  change(transport: Transport, inbox = new Inbox(transport)): void {
    this.#transport = transport;
    this.#inbox = inbox;
    this.#changed?.(transport);
  }
}

/**
 * Talks with a peer up to ClientInit.
 *
 * @throws {AuthenticationError} It may not come in; it has been told why.
 * @throws {ProtocolError} It broke the rules; it has been told why where the version has a way to.
 * @throws {DisconnectedError} It has gone.
 */
export async function handshake(transport: Transport, options: HandshakeOptions): Promise<Agreement> {
  const channel = new Channel(transport, (layer) => options.changed?.(layer));
  const version = await negotiateVersion(channel);
  const security = await negotiateSecurity(version, channel, options);
  options.chosen?.(version, security);
  const authenticated = await authenticate(version, security, channel, options);
  const { inbox } = channel;
  const { shared } = parseClientInit((await inbox.take(1))[0]!);
  return { ...authenticated, version, security, transport: channel.transport, inbox, shared };
}

/**
 * Tells a peer, as soon as it has said its version, why it is not even asked who it is.
 *
 * @throws {RefusedError} Always, once the peer has been told.
 */
export async function refuse(transport: Transport, reason: string): Promise<never> {
  const version = await negotiateVersion(new Channel(transport));
  await send(transport, (out) => writeRefusal(out, version, reason));
  throw new RefusedError(reason);
}

/** §7.1.1. A peer of another major version is told why it cannot go on, in the way of 3.8, which is the shortest. */
async function negotiateVersion({ transport, inbox }: Channel): Promise<ProtocolVersion> {
  await transport.write(serverVersionBytes());
  const client = parseClientVersion(await inbox.take(PROTOCOL_VERSION_LENGTH));
  if (client.supported) return client.version;
  await send(transport, (out) => writeRefusal(out, "3.8", client.reason));
  throw new ProtocolError(client.reason, "7.1.1");
}

/** §7.1.2. In 3.3 the server decides; later the peer chooses from a list. */
async function negotiateSecurity(
  version: ProtocolVersion,
  { transport, inbox }: Channel,
  { securityTypes, credentials }: HandshakeOptions,
): Promise<SecurityTypeDefinition> {
  const offered = typesFor(transport.peer, credentials, securityTypes)
    .filter((type) => version !== "3.3" || type.version33);
  if (offered.length === 0) {
    const reason = whyNothingIsOffered(credentials, transport.peer);
    await send(transport, (out) => writeRefusal(out, version, reason));
    throw new RefusedError(reason);
  }
  if (version === "3.3") {
    await send(transport, (out) => writeSecurityTypes(out, version, [offered[0]!.number]));
    return offered[0]!;
  }
  const numbers = offered.map((type) => type.number);
  await send(transport, (out) => writeSecurityTypes(out, version, numbers));
  const choice = (await inbox.take(1))[0]!;
  const chosen = offered.find((type) => type.number === choice);
  if (chosen) return chosen;
  const problem = `Cannot use security type ${choice}: offered are ${numbers.join(", ")}`;
  await send(transport, (out) => writeSecurityFailed(out, version, problem));
  throw new ProtocolError(problem, "7.1.2");
}

/** §7.1.3. */
async function authenticate(
  version: ProtocolVersion,
  security: SecurityTypeDefinition,
  channel: Channel,
  options: HandshakeOptions,
): Promise<Authenticated> {
  try {
    const authenticated = await security.authenticate(channel, options.credentials);
    const approved = options.approve && await approve(authenticated, channel, options);
    if (hasSecurityResult(version, security.number)) {
      await send(channel.transport, writeSecurityOk);
    }
    await approved?.next;
    return { ...authenticated, ...(approved && { principal: approved.principal }) };
  } catch (error) {
    // 3.3 and 3.7 have no place for it behind None.
    if (error instanceof AuthenticationError && hasSecurityResult(version, security.number)) {
      await send(channel.transport, (out) => writeSecurityFailed(out, version, error.message));
    }
    throw error;
  }
}

/** Waits for somebody's word, and no longer than the peer waits for it: that it has gone is seen by reading ahead. */
async function approve(
  { principal }: Authenticated,
  { transport, inbox }: Channel,
  options: HandshakeOptions,
): Promise<{ readonly principal: Principal; readonly next: Promise<void> }> {
  const gone = new AbortController();
  const next = inbox.fill(1);
  next.catch((error) => gone.abort(error));
  return { principal: await options.approve!(transport.peer, principal, gone.signal), next };
}

function whyNothingIsOffered(credentials: Credentials, { trusted }: Peer): string {
  if (trusted === false && nothingIsAsked(credentials)) {
    return "This server has no password, so only its own users (unix_users) may use its Unix socket. " +
      "Set a password, or add this user to them";
  }
  if (nothingIsAsked(credentials) && credentials.invitations?.anyMade) {
    return "Only viewers on this server's own machine may connect now: " +
      "its one-time passwords have been used up or have expired";
  }
  return nothingIsAsked(credentials) && !credentials.insecureNoAuth
    ? "This server has no password, so only viewers on its own machine may connect. " +
      "Set one there (password or password_file in config.json, PORTHOLE_PASSWORD, --password-file), " +
      "or connect through an SSH tunnel"
    : "This server has no way to log in that this viewer knows" +
      (mustEncrypt(credentials) ? ", and it asks for encryption: TLS, RSA-AES, or https in a browser" : "");
}

async function send(transport: Transport, write: (out: ByteWriter) => void): Promise<void> {
  const out = new ByteWriter();
  write(out);
  await transport.write(out.view());
}
