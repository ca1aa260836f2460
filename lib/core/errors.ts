/**
 * Errors, sorted by whose fault they are. Wrong calls of our own functions throw the language's `RangeError` and
 * `TypeError`.
 *
 * @module
 */

/** What all errors of this library's domain have in common. */
export class VncError extends Error {
  override readonly name: string = "VncError";
}

/** The peer sent something that the protocol does not allow. */
export class ProtocolError extends VncError {
  override readonly name = "ProtocolError";
  /** Where the rule stands: a section of RFC 6143 such as "7.5.3", or a heading of rfbproto. */
  readonly section: string;

  constructor(message: string, section: string, options?: ErrorOptions) {
    super(message, options);
    this.section = section;
  }
}

/** The peer could not show that it may come in. `message` is safe to tell the peer. */
export class AuthenticationError extends VncError {
  override readonly name: string = "AuthenticationError";
}

/** The peer may not come in whoever it is: the server is full, in use, or protected. `message` is safe to tell the peer. */
export class RefusedError extends AuthenticationError {
  override readonly name = "RefusedError";
}

/** Why a session ended, or a connection that never became one. */
export type EndReason =
  /** The peer has gone, or its network. */
  | "peer"
  /** It did not come in, in time. */
  | "timeout"
  /** It pressed, moved and copied nothing for too long. */
  | "idle"
  /** It was there as long as sessions may be. */
  | "lifetime"
  /** Another viewer wanted the desktop for itself. */
  | "replaced"
  | "operator"
  /** It could not show who it is. */
  | "authentication"
  /** It may not come in, whoever it is. */
  | "refused"
  | "protocol"
  /** The server has stopped. */
  | "stopped"
  /** A mistake of our own. */
  | "fault";

/** The connection is over, mostly since the peer has gone. Not a fault of anybody. */
export class DisconnectedError extends VncError {
  override readonly name = "DisconnectedError";
  readonly reason: EndReason;

  constructor(message: string, options?: ErrorOptions & { readonly reason?: EndReason }) {
    super(message, options);
    this.reason = options?.reason ?? "peer";
  }
}

/** The system or a native library refused; `symbol` is the function that did. */
export class NativeError extends VncError {
  override readonly name = "NativeError";
  readonly symbol: string;

  constructor(message: string, symbol: string, options?: ErrorOptions) {
    super(message, options);
    this.symbol = symbol;
  }
}

/** The X server has gone, and all that hung on its connection with it. */
export class DisplayLostError extends NativeError {}

/** A recording cannot be read, as far as this says; or cannot be made. */
export class RecordingError extends VncError {
  override readonly name = "RecordingError";
}

/** A setting has a value that it cannot have. */
export class ConfigError extends VncError {
  override readonly name = "ConfigError";
  /** Every fault found, one line each: path, what was given, what is allowed. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[], options?: ErrorOptions) {
    super(problems.join("\n"), options);
    this.problems = problems;
  }
}
