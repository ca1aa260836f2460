/**
 * What `porthole ctl` and `porthole top` show of a server. The figures come over the control socket, perhaps from another
 * version: what is missing is left out.
 *
 * @module
 */
import { bytesText, type Column, cut, durationText, millisecondsText, printable, table } from "./tables.ts";

/** A session, as `list` and `stats` have it. */
export interface ShownSession {
  readonly id: number;
  readonly address?: string;
  readonly transport?: string;
  readonly security?: string;
  readonly view_only?: boolean;
  readonly has_control?: boolean;
  readonly size?: { readonly width: number; readonly height: number };
  readonly connected_seconds?: number;
  readonly preferred_encodings?: readonly string[];
  readonly frames_per_second?: number;
  readonly sent_bytes_per_second?: number;
  readonly received_bytes_per_second?: number;
  readonly round_trip_ms?: number;
  readonly encode_ms?: number;
  readonly encodings?: readonly { readonly encoding: string }[];
}

/** A server, as `stats` has it. */
export interface ShownServer {
  readonly display?: string;
  readonly width?: number;
  readonly height?: number;
  readonly pending?: number;
  readonly uptime_seconds?: number;
  readonly cpu_percent?: number;
  readonly resident_bytes?: number;
  readonly desktop?: {
    readonly captures_per_second?: number;
    readonly capture_ms?: number;
    readonly diff_ms?: number;
  };
  readonly sessions?: readonly ShownSession[];
}

const COLUMNS: readonly Column<ShownSession>[] = [
  { title: "ID", right: true, text: ({ id }) => String(id) },
  { title: "ADDRESS", text: ({ address = "–" }) => address },
  { title: "VIA", text: ({ transport = "–" }) => transport },
  { title: "MAY", text: mayText },
  { title: "FPS", right: true, text: ({ frames_per_second = 0 }) => frames_per_second.toFixed(1) },
  { title: "SENT/S", right: true, text: (one) => bytesText(one.sent_bytes_per_second) },
  { title: "RECV/S", right: true, text: (one) => bytesText(one.received_bytes_per_second) },
  { title: "TRIP", right: true, text: (one) => millisecondsText(one.round_trip_ms) },
  { title: "ENCODE", right: true, text: (one) => millisecondsText(one.encode_ms) },
  { title: "ENCODING", most: 16, text: encodingText },
  { title: "SIZE", text: ({ size }) => size ? `${size.width}x${size.height}` : "–" },
  { title: "SINCE", right: true, text: (one) => durationText(one.connected_seconds) },
];

/** Who has control, where one at a time can, is the only one that shows so. */
function mayText({ view_only, has_control = true }: ShownSession): string {
  if (view_only) return "look";
  return has_control ? "control" : "wait";
}

/** What it is sent in; while nothing is sent, what it likes best. */
function encodingText({ encodings = [], preferred_encodings = [] }: ShownSession): string {
  return encodings.length > 0
    ? encodings.map(({ encoding }) => encoding).join(" ")
    : preferred_encodings[0]
    ? `(${preferred_encodings[0]})`
    : "–";
}

/** Who has to wait, as `lockouts` has it. */
export interface ShownLock {
  readonly address?: string;
  readonly user?: string;
  readonly failures?: number;
  readonly left_seconds?: number;
}

const LOCK_COLUMNS: readonly Column<ShownLock>[] = [
  { title: "ADDRESS", text: ({ address = "–" }) => address },
  { title: "USER", text: ({ user }) => user || "–" },
  { title: "FAILURES", right: true, text: ({ failures = 0 }) => String(failures) },
  { title: "WAITS", right: true, text: ({ left_seconds }) => durationText(left_seconds) },
];

/** One line a lock. */
export function lockTable(locks: readonly ShownLock[]): string[] {
  return locks.length === 0 ? ["Nobody has to wait."] : table(LOCK_COLUMNS, locks);
}

/** One line a session. */
export function sessionTable(sessions: readonly ShownSession[]): string[] {
  return sessions.length === 0 ? ["Nobody is connected."] : table(COLUMNS, sessions);
}

/** All of a server, in lines of at most `width` characters. */
export function serverLines(server: ShownServer, width: number): string[] {
  const { display = "lost", width: w = 0, height: h = 0, sessions = [], pending = 0, desktop = {} } = server;
  const cpu = server.cpu_percent === undefined ? "–" : `${server.cpu_percent.toFixed(1)} %`;
  const viewers = `${sessions.length} ${sessions.length === 1 ? "viewer" : "viewers"}`;
  const facts = [
    `Porthole on ${printable(display)}, ${w}x${h}`,
    `up ${durationText(server.uptime_seconds)}`,
    `CPU ${cpu}`,
    bytesText(server.resident_bytes),
    viewers + (pending > 0 ? ` and ${pending} coming in` : ""),
  ];
  const screen = [
    `${(desktop.captures_per_second ?? 0).toFixed(1)} looks a second`,
    `capture ${millisecondsText(desktop.capture_ms)}`,
    `compare ${millisecondsText(desktop.diff_ms)}`,
  ];
  return [facts.join(" · "), `Screen: ${screen.join(" · ")}`, "", ...sessionTable(sessions)]
    .map((line) => cut(line, width));
}
