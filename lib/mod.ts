/**
 * Porthole as a library: share a screen with VNC viewers.
 *
 * ```ts ignore
 * import { VNCServer } from "@porthole/porthole";
 *
 * await using server = new VNCServer({ display: ":0", port: 5900, password: "secret" });
 * await server.start();
 * await server.finished;
 * ```
 *
 * Importing this module does nothing and needs no permission.
 *
 * @module
 */

// The server
export { type ServerStatus, VNCServer } from "./server.ts";
export { type DisplayAddress, resizeDisplay, restoreDisplay } from "./backends.ts";
export type {
  CaptureChoice,
  ClipboardChoice,
  CustomDesktop,
  LiveOptions,
  MetricsOptions,
  ProxyProtocolPolicy,
  RecordOptions,
  UnixSocketMode,
  VNCServerOptions,
  WebOptions,
  WebTlsChoice,
} from "./server_options.ts";
export type { EndReason } from "./core/errors.ts";
export type { Limits } from "./core/limits.ts";
export { CONTROL_POLICIES, type ControlPolicy } from "./session/input_control.ts";
export type { SharedPolicy } from "./session/session_list.ts";
export type { NetworkProfileName } from "./session/network_profile.ts";
export { type Clock, SYSTEM_CLOCK } from "./core/clock.ts";
export type { SessionPhase, SessionStatus } from "./session/session_status.ts";

// Configuration
export { loadConfig, parseConfig } from "./config/load.ts";
export { type Config, SETTINGS, type Values } from "./config/schema.ts";
export type { Setting, SettingTraits } from "./config/setting.ts";
export { toLiveOptions, toOptions } from "./from_config.ts";

// Errors
export {
  AuthenticationError,
  ConfigError,
  DisconnectedError,
  DisplayLostError,
  NativeError,
  ProtocolError,
  RecordingError,
  RefusedError,
  VncError,
} from "./core/errors.ts";

// Values
export type { Point, Rect, Size } from "./core/geometry.ts";
export { createFrame, type CursorImage, type Frame } from "./core/pixels.ts";
export { ByteReader, ByteWriter } from "./core/bytes.ts";
export type { PixelFormat } from "./protocol/pixel_format.ts";
export { Subsampling as SubsamplingLevel } from "./protocol/constants.ts";

// What happens
export type {
  ConnectionOpened,
  ConnectionOwner,
  ConnectionTurnedAway,
  ControlChanged,
  DamageAudited,
  FrameCaptured,
  InvitationEvent,
  LoginLocked,
  MessagesSent,
  PixelFormatChosen,
  RectSent,
  RoundTripMeasured,
  ServerObserver,
  SessionClosed,
  SessionId,
  SessionOpened,
  UpdateSent,
} from "./core/observer.ts";
// Recording
export { exportFbs } from "./recording/fbs_export.ts";
export { openRecordedScreen, type RecordedScreenOptions } from "./recording/recorded_screen.ts";
export type { RecordedNote, RecordingDescription, RecordingInfo } from "./recording/record.ts";
export type { RecordingFile } from "./recording/recording_writer.ts";
export type { RecordingSource } from "./recording/recording_reader.ts";
export { RecordingFolder } from "./recording/recording_folder.ts";
export type { SessionEvent, SessionEventType } from "./recording/session_event.ts";
export { type PlayOptions, type RecordingStatistics, SessionPlayer } from "./recording/session_player.ts";
export {
  type RecordingFormat,
  SessionRecorder,
  type SessionRecorderOptions,
} from "./recording/session_recorder.ts";

// Logs
export {} from "./core/log_carried.ts";
export { LogContext } from "./core/log.ts";
export { getLogger, type Logger } from "./core/log_backend.ts";
export {
  configureLogging,
  type LogFileOptions,
  type LogFormat,
  type LoggingOptions,
  type LogLevel,
  type LogRecord,
  type LogSink,
} from "./observability/log_sinks.ts";

// Metrics and figures
export type {
  InvitationInfo,
  InvitationMade,
  InviteWishes,
  LockInfo,
  ServerInfo,
  ServerOperations,
  SessionInfo,
} from "./observability/control_protocol.ts";
export {
  type MetricsPage,
  type MetricsRoute,
  PrometheusExporter,
  type PrometheusExporterOptions,
} from "./observability/prometheus_exporter.ts";
export type { MetricsAddress } from "./observability/metrics_listener.ts";
export { ServerMetrics } from "./observability/server_metrics.ts";
export {
  Counter,
  Gauge,
  Histogram,
  type Labelled,
  MetricsRegistry,
} from "./observability/metrics_registry.ts";
export {
  type DesktopFigures,
  type EncodingFigures,
  type SessionFigures,
  SessionStatistics,
  type SessionTotals,
} from "./observability/session_statistics.ts";

// Ports, for those who bring their own parts
export {
  ResizeResult,
  type ScreenCapabilities,
  type ScreenLayout,
  type ScreenSource,
  type WindowMove,
} from "./capture/screen_source.ts";
export type { InputBackend, InputSink, LedState } from "./input/input_sink.ts";
export type { Choice, Question, Questioner } from "./core/questioner.ts";
export type { Curtain, CurtainWishes } from "./core/curtain.ts";
export type { AcceptPolicy } from "./security/consent.ts";
export type { Clipboard, ClipboardChange } from "./clipboard/clipboard.ts";
export type { Backlog, Peer, PeerOwner, Transport } from "./transport/transport.ts";
export { Inbox } from "./transport/inbox.ts";
export { memoryTransports } from "./transport/memory.ts";
export type {
  Authenticated,
  Credentials,
  EncryptionPolicy,
  Principal,
  SecurityChannel,
  SecurityKeys,
  SecurityTypeDefinition,
} from "./security/security_type.ts";
export type { Invitation, Invitations, InvitationWishes, NewInvitation } from "./security/invitations.ts";
export type { ServerInvitations } from "./server_invitations.ts";
export type { Lock, LockRules, LoginGuard } from "./security/login_guard.ts";
export { hashPassword, parseUsers, type Role, ROLES, type User, type Users } from "./security/users.ts";
export type { AppleDhBits } from "./security/apple_dh.ts";
export type { Accounts } from "./security/accounts.ts";
export { UsedCodes } from "./security/totp.ts";
export type { RsaKey } from "./security/rsa_key.ts";
export { SECURITY_TYPES } from "./security/registry.ts";
export { type EncodingDefinition, NO_LIMITS, type RectLimits } from "./encodings/encoding.ts";
export { type DeflateMark, EncodedRect, LengthPrefix } from "./encodings/encoded_rect.ts";
export { type Levels, type PixelBlock, PixelTarget } from "./encodings/pixel_target.ts";
export type { PixelLayout } from "./encodings/pixel_layout.ts";
export type { PaletteScratch, Workbench } from "./encodings/workbench.ts";
export type { JpegSettings, OwnTables } from "./encodings/jpeg_settings.ts";
export type { ColourFields, Kernels, Layout, Subsampling } from "./kernels/kernels.ts";
export type { Resample, Shares } from "./kernels/shares.ts";
export { ENCODINGS } from "./encodings/registry.ts";

// What the server loads later, so that it needs no permission to read then
export {} from "./within_reach.ts";
