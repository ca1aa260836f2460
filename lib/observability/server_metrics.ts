/**
 * What happens in a server, as numbers for Prometheus. Names and units follow its conventions: seconds, bytes, `_total`.
 *
 * docs/metrics.md explains each of them. Nothing here tells one viewer from another: labels have few values.
 *
 * @module
 */
import { area, type Size } from "../core/geometry.ts";
import type {
  ConnectionOpened,
  ConnectionTurnedAway,
  ControlChanged,
  DamageAudited,
  FrameCaptured,
  InvitationEvent,
  RoundTripMeasured,
  ServerObserver,
  SessionClosed,
  SessionId,
  SessionOpened,
  UpdateSent,
} from "../core/observer.ts";
import { encodingName } from "./encoding_names.ts";
import type { Counter, MetricsRegistry } from "./metrics_registry.ts";

/** Of work on the main thread, in seconds: what takes longer than 4 ms is felt. */
const WORK_BOUNDS = [
  0.0001,
  0.00025,
  0.0005,
  0.001,
  0.002,
  0.004,
  0.008,
  0.016,
  0.032,
  0.064,
  0.128,
  0.256,
  1,
];
/** Of ways through a network, in seconds. */
const NETWORK_BOUNDS = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5];
/** Of sessions, in seconds: a glance, a task, a day. */
const SESSION_BOUNDS = [1, 10, 60, 300, 900, 3600, 4 * 3600, 12 * 3600, 24 * 3600];

/** What became of a connection, as its error tells. */
const RESULTS: Readonly<Record<string, string>> = {
  AuthenticationError: "authentication_failed",
  RefusedError: "refused",
  ProtocolError: "protocol_error",
  DisconnectedError: "gone",
  AbortError: "gone",
  none: "gone",
};

/** Errors that are how a session ends. */
const ORDERLY = ["none", "DisconnectedError", "AbortError"];

/** One encoding's counters. */
interface EncodingCounters {
  readonly rects: Counter;
  readonly pixels: Counter;
  readonly bytes: Counter;
}

/** Counts. */
export class ServerMetrics implements ServerObserver {
  readonly #pending = new Map<SessionId, string>();
  readonly #running = new Set<SessionId>();
  readonly #byEncoding = new Map<number, EncodingCounters>();
  readonly #metrics: ReturnType<typeof makeMetrics>;

  /** @param registry Gets the metrics; names must be free in it. */
  constructor(registry: MetricsRegistry) {
    this.#metrics = makeMetrics(registry);
    this.#metrics.displayUp.value = 1;
  }

  connectionOpened({ session, transport }: ConnectionOpened): void {
    this.#pending.set(session, transport);
    this.#count();
  }

  connectionTurnedAway({ transport }: ConnectionTurnedAway): void {
    this.#metrics.connections.with(transport, "turned_away").add();
  }

  sessionOpened({ session, transport }: SessionOpened): void {
    this.#pending.delete(session);
    this.#running.add(session);
    this.#metrics.connections.with(transport, "accepted").add();
    this.#count();
  }

  sessionClosed({ session, error, kind, durationMs }: SessionClosed): void {
    const transport = this.#pending.get(session);
    const result = kind === "timeout" ? "timed_out" : RESULTS[error] ?? "failed";
    if (transport !== undefined) this.#metrics.connections.with(transport, result).add();
    else if (this.#running.has(session)) {
      this.#metrics.sessionSeconds.observe(durationMs / 1000);
      this.#metrics.sessionEnds.with(kind ?? "peer").add();
    }
    if (!ORDERLY.includes(error)) this.#metrics.errors.with(error).add();
    this.#pending.delete(session);
    this.#running.delete(session);
    this.#count();
  }

  authenticationFailed({ security }: { readonly security: string }): void {
    this.#metrics.authenticationFailures.with(security).add();
  }

  loginLocked(): void {
    this.#metrics.lockouts.add();
  }

  controlChanged({ reason }: ControlChanged): void {
    this.#metrics.controlChanges.with(reason).add();
  }

  invitationChanged({ what }: InvitationEvent): void {
    this.#metrics.invitations.with(what).add();
  }

  bytesReceived({ bytes }: { readonly bytes: number }): void {
    this.#metrics.received.add(bytes);
  }

  bytesSent({ bytes }: { readonly bytes: number }): void {
    this.#metrics.sent.add(bytes);
  }

  updateSent({ rects, encodeMs, writeMs }: UpdateSent): void {
    const { updates, encodeSeconds, writeSeconds, updateSeconds } = this.#metrics;
    updates.add();
    encodeSeconds.observe(encodeMs / 1000);
    writeSeconds.observe(writeMs / 1000);
    updateSeconds.observe((encodeMs + writeMs) / 1000);
    for (const { rect, encoding, bytes } of rects) {
      const counters = this.#byEncoding.get(encoding) ?? this.#addEncoding(encoding);
      counters.rects.add();
      counters.pixels.add(area(rect));
      counters.bytes.add(bytes);
    }
  }

  frameCaptured({ captureMs, diffMs, capturedArea, changedArea, moves, merged }: FrameCaptured): void {
    const metrics = this.#metrics;
    metrics.captureSeconds.observe(captureMs / 1000);
    metrics.diffSeconds.observe(diffMs / 1000);
    metrics.capturedPixels.add(capturedArea);
    metrics.changedPixels.add(changedArea);
    metrics.moves.add(moves);
    metrics.merged.add(merged);
  }

  damageAudited({ tiles, missed }: DamageAudited): void {
    this.#metrics.auditedTiles.add(tiles);
    this.#metrics.missedTiles.add(missed);
  }

  roundTripMeasured({ roundTripMs }: RoundTripMeasured): void {
    this.#metrics.roundTripSeconds.observe(roundTripMs / 1000);
  }

  eventLoopDelayed({ delayMs }: { readonly delayMs: number }): void {
    this.#metrics.eventLoopDelaySeconds.observe(delayMs / 1000);
  }

  keyEvent(): void {
    this.#metrics.keyEvents.add();
  }

  pointerEvent(): void {
    this.#metrics.pointerEvents.add();
  }

  desktopResized({ width, height }: Size): void {
    this.#metrics.resizes.add();
    this.showDesktop({ width, height });
  }

  captureSwitched({ from, to }: { readonly from: string; readonly to: string }): void {
    this.#metrics.captureSwitches.with(from, to).add();
  }

  displayLost(): void {
    this.#metrics.displayLosses.add();
    this.#metrics.displayUp.value = 0;
  }

  displayFound(): void {
    this.#metrics.displayUp.value = 1;
  }

  /** Tells the size that there is at the start, for which there is no event. */
  showDesktop({ width, height }: Size): void {
    this.#metrics.desktopPixels.with("width").value = width;
    this.#metrics.desktopPixels.with("height").value = height;
  }

  /** Whether the display is there. */
  get isDisplayUp(): boolean {
    return this.#metrics.displayUp.value === 1;
  }

  #count(): void {
    this.#metrics.pending.value = this.#pending.size;
    this.#metrics.sessions.value = this.#running.size;
  }

  #addEncoding(encoding: number): EncodingCounters {
    const { rects, pixels, bytes } = this.#metrics;
    const name = encodingName(encoding);
    const counters = { rects: rects.with(name), pixels: pixels.with(name), bytes: bytes.with(name) };
    this.#byEncoding.set(encoding, counters);
    return counters;
  }
}

function makeMetrics(registry: MetricsRegistry) {
  const counter = (name: string, help: string) => registry.counter(`porthole_${name}`, help);
  const counters = (name: string, help: string, ...labels: string[]) =>
    registry.counter(`porthole_${name}`, help, labels);
  const histogram = (name: string, help: string, bounds: readonly number[]) =>
    registry.histogram(`porthole_${name}`, help, bounds);
  return {
    // Who comes and goes.
    connections: counters("connections_total", "Connections by what became of them", "transport", "result"),
    pending: registry.gauge("porthole_pending_connections", "Peers that have not come in yet"),
    sessions: registry.gauge("porthole_sessions", "Viewers that have come in and are there"),
    sessionSeconds: histogram("session_duration_seconds", "How long viewers stayed", SESSION_BOUNDS),
    sessionEnds: counters(
      "session_ends_total",
      "Viewers that were there, by why they no longer are",
      "reason",
    ),
    authenticationFailures: counters(
      "authentication_failures_total",
      "Peers that could not show who they are",
      "security",
    ),
    lockouts: counter("login_lockouts_total", "Times that somebody had to wait after failed logins"),
    controlChanges: counters(
      "control_changes_total",
      "Times that another viewer got control over the desktop, or none",
      "reason",
    ),
    invitations: counters(
      "invitations_total",
      "What became of one-time passwords: made, used, revoked, expired",
      "what",
    ),
    errors: counters("errors_total", "Connections that ended otherwise than in good order", "error"),
    // What passes.
    received: counter("received_bytes_total", "Bytes from viewers"),
    sent: counter("sent_bytes_total", "Bytes to viewers"),
    rects: counters("rectangles_total", "Rectangles sent", "encoding"),
    bytes: counters("rectangle_bytes_total", "Bytes of rectangles sent, with their headers", "encoding"),
    pixels: counters("rectangle_pixels_total", "Pixels of rectangles sent", "encoding"),
    updates: counter("updates_total", "FramebufferUpdates sent"),
    encodeSeconds: histogram("encode_seconds", "Time to encode one update", WORK_BOUNDS),
    writeSeconds: histogram("write_seconds", "Time until the system has taken one update", NETWORK_BOUNDS),
    updateSeconds: histogram(
      "update_seconds",
      "Time from pixels until the system has taken the update",
      NETWORK_BOUNDS,
    ),
    roundTripSeconds: histogram("round_trip_seconds", "Time to viewers and back, by fences", NETWORK_BOUNDS),
    keyEvents: counter("key_events_total", "Keys pressed and released by viewers"),
    pointerEvents: counter("pointer_events_total", "Movements and clicks of viewers' pointers"),
    // The screen.
    captureSeconds: histogram(
      "capture_seconds",
      "Time to read changed parts of the screen once",
      WORK_BOUNDS,
    ),
    diffSeconds: histogram("diff_seconds", "Time to find out what changed in them", WORK_BOUNDS),
    capturedPixels: counter("captured_pixels_total", "Pixels read from the screen"),
    changedPixels: counter("changed_pixels_total", "Pixels found changed"),
    moves: counter("moves_total", "Moves found, which are sent as CopyRect"),
    merged: counter("merged_frames_total", "Frames that a viewer got only together with later ones"),
    auditedTiles: counter(
      "damage_audited_tiles_total",
      "Tiles of 64x64 pixels that were compared although nothing was reported of them",
    ),
    missedTiles: counter(
      "damage_missed_tiles_total",
      "Tiles that had changed although the display did not report it",
    ),
    captureSwitches: counters(
      "capture_switches_total",
      "Times that another way of reading the screen took over, mostly since the one before failed",
      "from",
      "to",
    ),
    displayUp: registry.gauge("porthole_display_up", "Whether the display is there"),
    displayLosses: counter("display_losses_total", "Times that the display was lost"),
    resizes: counter("desktop_resizes_total", "Changes of the desktop's size"),
    desktopPixels: registry.gauge("porthole_desktop_pixels", "Size of the desktop", ["dimension"]),
    // The main thread.
    eventLoopDelaySeconds: histogram(
      "event_loop_delay_seconds",
      "How late timers of the main thread came",
      WORK_BOUNDS,
    ),
  };
}
