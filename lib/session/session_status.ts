/**
 * What operators see of a session.
 *
 * @module
 */
import type { Size } from "../core/geometry.ts";
import type { ConnectionOwner, SessionId } from "../core/observer.ts";

/** How far a session has come. */
export type SessionPhase = "handshake" | "authentication" | "running" | "closing";

/** A snapshot. */
export interface SessionStatus {
  readonly id: SessionId;
  readonly phase: SessionPhase;
  readonly address: string;
  readonly transport: string;
  /** Name of the security type, once it is chosen. */
  readonly security: string | undefined;
  /** The process at the other end of a Unix socket, where the system tells. */
  readonly owner?: ConnectionOwner | undefined;
  /** Name of the user, where there are users. */
  readonly user?: string | undefined;
  /** That user's role. */
  readonly role?: string | undefined;
  /** Protocol version: "3.3", "3.7" or "3.8". */
  readonly version: string | undefined;
  readonly viewOnly: boolean;
  /** Whether its keys and pointer count at this moment. */
  readonly hasControl: boolean;
  readonly connectedMs: number;
  /** The framebuffer as the client knows it. */
  readonly size: Size | undefined;
  /** Encodings with pixels, as the client prefers them. */
  readonly encodings: readonly number[];
  /** Of the last update and its confirmation, where clients confirm them. */
  readonly roundTripMs: number | undefined;
}
