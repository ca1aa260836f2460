/**
 * What a server tells of itself to metrics, recorders, audit logs and monitors.
 *
 * Observers are leaves: all methods are optional, are called in place, must return quickly and cannot change
 * anything. One that throws is logged once and not called again.
 *
 * @module
 */
import type { EndReason } from "./errors.ts";
import type { Rect, Size } from "./geometry.ts";

/** Names one session in all events: unique within a server's life, from 1 upwards. */
export type SessionId = number;

/** The process at the other end of a Unix socket. */
export interface ConnectionOwner {
  readonly pid: number;
  readonly uid: number;
  /** Name of the user; not there when the system has none for the id. */
  readonly name?: string;
}

/** A peer has connected; nothing is known about it yet. */
export interface ConnectionOpened {
  readonly session: SessionId;
  readonly address: string;
  readonly transport: string;
  /** Of Unix sockets, where the system tells. */
  readonly owner?: ConnectionOwner;
}

/** A peer was not even listened to. */
export interface ConnectionTurnedAway {
  readonly address: string;
  readonly transport: string;
  /** Why; by default that too many have not logged in yet. */
  readonly reason?: string;
}

/** A peer has come in. */
export interface SessionOpened extends ConnectionOpened {
  /** "3.8" and so on. */
  readonly version: string;
  /** Name of the security type: "None", "VNC Authentication", "VeNCrypt X509Plain". */
  readonly security: string;
  /** Name of the user, where there are users. */
  readonly user?: string;
  readonly viewOnly: boolean;
}

/** A rectangle as it went out. */
export interface RectSent {
  readonly rect: Rect;
  /** Encoding type on the wire. */
  readonly encoding: number;
  /** Bytes with the header. */
  readonly bytes: number;
}

/** A FramebufferUpdate has been handed to the system. */
export interface UpdateSent {
  readonly session: SessionId;
  readonly rects: readonly RectSent[];
  readonly bytes: number;
  /** From pixels to bytes, in ms. */
  readonly encodeMs: number;
  /** From bytes to the system having taken them, in ms. */
  readonly writeMs: number;
}

/** The screen was looked at, once for all clients. */
export interface FrameCaptured {
  readonly captureMs: number;
  readonly diffMs: number;
  /** Pixels captured, and pixels found changed. */
  readonly capturedArea: number;
  readonly changedArea: number;
  /** Moves found and used as CopyRect. */
  readonly moves: number;
  /** Clients that had not taken the change before this one: they get both at once. */
  readonly merged: number;
}

/** A part of the screen that nothing was reported of was looked at. */
export interface DamageAudited {
  /** Tiles of 64x64 pixels that were compared. */
  readonly tiles: number;
  /** Those that had changed all the same. */
  readonly missed: number;
}

/**
 * Messages on their way to a client, as they are before any encryption. They hold what nobody else may see, such as
 * clipboards: for recorders only.
 */
export interface MessagesSent {
  readonly session: SessionId;
  /**
   * ServerInit; or whole messages; or a part of a FramebufferUpdate, all parts of which have been sent when `updateSent`
   * tells so, and which small whole messages may go before and after.
   */
  readonly form: "ServerInit" | "messages" | "update part";
  /** Borrowed: has other content after the call. */
  readonly bytes: Uint8Array;
}

/** What a client's pixels are from the next update on. */
export interface PixelFormatChosen {
  readonly session: SessionId;
  /** PIXEL_FORMAT, 16 bytes (RFC 6143 §7.4). */
  readonly format: Uint8Array;
}

/** How the way to a client and back is, as a fence has shown. */
export interface RoundTripMeasured {
  readonly session: SessionId;
  readonly roundTripMs: number;
  /** The least one of late. */
  readonly leastRoundTripMs: number;
}

/** What became of an invitation: a password that holds for a while and some logins. */
export interface InvitationEvent {
  /** Its number; never its secret. */
  readonly invitation: number;
  readonly what: "made" | "used" | "revoked" | "expired";
}

/** A session, or a connection that never became one, is over. */
export interface SessionClosed {
  readonly session: SessionId;
  /** Whether it had come in. */
  readonly authenticated: boolean;
  /** In words, without secrets. */
  readonly reason: string;
  /** Error name, or "none" for an orderly end. */
  readonly error: string;
  /** The same, by kinds. */
  readonly kind?: EndReason;
  readonly durationMs: number;
}

/** Another session has the keyboard and the pointer, where only one can; or nobody has. */
export interface ControlChanged {
  readonly from: SessionId | undefined;
  readonly to: SessionId | undefined;
  /** "free", "owner", "operator", "left", "idle" or "rules": see lib/session/input_control.ts. */
  readonly reason: string;
}

/** Too many logins as one user have failed from one address: it has to wait. */
export interface LoginLocked {
  /** Without a port; of IPv6, the network. */
  readonly address: string;
  /** "" where only a password is asked for. */
  readonly user: string;
  readonly failures: number;
  readonly seconds: number;
}

/** Receives what happens. */
export interface ServerObserver {
  connectionOpened?(event: ConnectionOpened): void;
  sessionOpened?(event: SessionOpened): void;
  sessionClosed?(event: SessionClosed): void;
  connectionTurnedAway?(event: ConnectionTurnedAway): void;
  /** A peer could not show who it is. One that is refused for other reasons is told of by `sessionClosed` alone. */
  authenticationFailed?(
    event: { readonly session: SessionId; readonly address: string; readonly security: string },
  ): void;
  controlChanged?(event: ControlChanged): void;
  loginLocked?(event: LoginLocked): void;
  invitationChanged?(event: InvitationEvent): void;
  /** Bytes that a session has read, from the first one on, whether or not its peer has come in. */
  bytesReceived?(event: { readonly session: SessionId; readonly bytes: number }): void;
  /** Bytes that a session has written and the system has taken. */
  bytesSent?(event: { readonly session: SessionId; readonly bytes: number }): void;
  messagesSent?(event: MessagesSent): void;
  pixelFormatChosen?(event: PixelFormatChosen): void;
  updateSent?(event: UpdateSent): void;
  frameCaptured?(event: FrameCaptured): void;
  damageAudited?(event: DamageAudited): void;
  roundTripMeasured?(event: RoundTripMeasured): void;
  /** A timer of the main thread came so much later than it was set for. */
  eventLoopDelayed?(event: { readonly delayMs: number }): void;
  /** A key went down or up; only a recorder that was told to may look at the keysym. */
  keyEvent?(event: { readonly session: SessionId; readonly keysym: number; readonly down: boolean }): void;
  pointerEvent?(
    event: { readonly session: SessionId; readonly x: number; readonly y: number; readonly buttons: number },
  ): void;
  desktopResized?(event: Size): void;
  /** The screen is looked at in another way: the one before fails, or a better one works again. */
  captureSwitched?(event: { readonly from: string; readonly to: string }): void;
  displayLost?(event: { readonly reason: string }): void;
  displayFound?(event: { readonly name: string }): void;
}
