/**
 * What is spoken on the control socket: a JSON object a line, requests one way and answers the other. docs/control.md is
 * its manual.
 *
 * @module
 */
import type { Size } from "../core/geometry.ts";
import type { ConnectionOwner } from "../core/observer.ts";
import { encodingName } from "./encoding_names.ts";
import type { ProcessFigures } from "./process_figures.ts";
import type { DesktopFigures, SessionFigures } from "./session_statistics.ts";

/** Changes when programs that speak it would no longer understand. */
export const CONTROL_PROTOCOL = 1;

/** Longest line of a request, in bytes. */
export const MOST_REQUEST_BYTES = 4096;

/** Bounds of the time between two reports, in ms. */
export const INTERVAL_MS = { least: 100, usual: 1000, most: 60_000 };

/** A server, as operators see it. */
export interface ServerInfo {
  /** Name of the display; `undefined` while it is lost. */
  readonly display: string | undefined;
  readonly width: number;
  readonly height: number;
  readonly port: number;
  readonly webPort: number | undefined;
  /** Peers that have not come in yet. */
  readonly pending: number;
  /** Sessions that are over, by why they ended. */
  readonly ended: Readonly<Record<string, number>>;
}

/** A session, as operators see it. */
export interface SessionInfo {
  readonly id: number;
  readonly phase: string;
  readonly address: string;
  readonly transport: string;
  /** Whose process is at the other end of a Unix socket. */
  readonly owner?: ConnectionOwner | undefined;
  readonly security: string | undefined;
  readonly version: string | undefined;
  readonly viewOnly: boolean;
  /** Whether its keys and pointer count at this moment. */
  readonly hasControl: boolean;
  readonly connectedMs: number;
  readonly size: Size | undefined;
  /** As the client prefers them. */
  readonly encodings: readonly number[];
}

/** Who has to wait after failed logins. */
export interface LockInfo {
  /** Without a port; of IPv6, the network. */
  readonly address: string;
  /** "" where only a password is asked for. */
  readonly user: string;
  readonly failures: number;
  /** How much longer, in ms. */
  readonly leftMs: number;
}

/** What may be lent to whoever is invited. */
const INVITED_ROLES = ["owner", "operator", "viewer"] as const;

/** An invitation, as operators ask for it. */
export interface InviteWishes {
  readonly role: "owner" | "operator" | "viewer";
  readonly validMs: number;
  readonly uses: number;
}

/** An invitation, as operators see it. */
export interface InvitationInfo {
  readonly id: number;
  readonly role: string;
  readonly usesLeft: number;
  readonly leftMs: number;
}

/** One that was just made: the only time that its password is told. */
export interface InvitationMade extends InvitationInfo {
  readonly password: string;
  /** To the page, with the password in them. */
  readonly links: readonly string[];
}

/** What operators can do with a server. */
export interface ServerOperations {
  info(): ServerInfo;
  sessions(): readonly SessionInfo[];
  /** `undefined` when the session is over. */
  figuresOf(session: number): SessionFigures | undefined;
  desktopFigures(): DesktopFigures;
  /** @returns Whether the session was there. */
  disconnect(session: number, reason: string): boolean;
  /** Gives a session control over the desktop. @returns Why it cannot be, or `undefined` when it is done. */
  giveControl(session: number): string | undefined;
  /** Takes control away from whoever has it. @returns As above. */
  releaseControl(): string | undefined;
  lockouts(): readonly LockInfo[];
  /** Forgets failed logins from an address, or all of them. @returns How many pairs of address and user that were. */
  unlock(address: string | undefined): number;
  /** @throws {RangeError} It is asked for more than there can be; says what there can be. */
  invite(wishes: InviteWishes): InvitationMade;
  invitations(): readonly InvitationInfo[];
  /** @returns Whether there was such an invitation. */
  revoke(invitation: number): boolean;
}

/** What became of reading the configuration again. */
export interface ReloadReport {
  /** Settings that changed and took effect. */
  readonly applied: readonly string[];
  /** Settings that changed and wait for a restart. */
  readonly needRestart: readonly string[];
}

/** All that can be asked for. */
export interface ControlTarget extends ServerOperations {
  /** @throws {ConfigError} The configuration is wrong; nothing has changed. */
  reload(): ReloadReport;
  /** Begins to stop, and returns at once. */
  stop(): void;
}

/** A request. */
export type ControlRequest =
  | { readonly command: "info" | "list" | "reload" | "stop" | "release" | "lockouts" | "invites" }
  | { readonly command: "invite"; readonly wishes: InviteWishes }
  | { readonly command: "revoke"; readonly invitation: number }
  | { readonly command: "stats"; readonly intervalMs: number; readonly count: number }
  | { readonly command: "disconnect"; readonly session: number; readonly reason: string }
  | { readonly command: "control"; readonly session: number }
  | { readonly command: "unlock"; readonly address: string | undefined };

/** What a peer may call a request, to know its answer by. */
export type RequestId = string | number | undefined;

/** A line, read. */
export type ParsedRequest =
  | { readonly id: RequestId; readonly request: ControlRequest }
  | { readonly id: RequestId; readonly problem: string };

const COMMANDS =
  "info, list, stats, disconnect, control, release, lockouts, unlock, invite, invites, revoke, reload, stop";
/** How long an invitation holds when nobody says. */
const USUAL_INVITATION_SECONDS = 600;
/** Longest reason and address, in UTF-16 units. */
const MOST_REASON = 200;
const MOST_ADDRESS = 100;

/** Reads a line. Never throws. */
export function parseControlRequest(line: string): ParsedRequest {
  let given: Readonly<Record<string, unknown>>;
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      return { id: undefined, problem: `A request is an object: {"command": "list"}` };
    }
    given = value as Record<string, unknown>;
  } catch {
    return { id: undefined, problem: "The line is not JSON" };
  }
  const id = typeof given.id === "string" || typeof given.id === "number" ? given.id : undefined;
  const result = requestOf(given);
  return typeof result === "string" ? { id, problem: result } : { id, request: result };
}

function requestOf(given: Readonly<Record<string, unknown>>): ControlRequest | string {
  switch (given.command) {
    case "info":
    case "list":
    case "invites":
    case "reload":
    case "stop":
    case "release":
    case "lockouts":
      return { command: given.command };
    case "stats": {
      const { interval_ms: intervalMs = INTERVAL_MS.usual, count = Infinity } = given;
      if (!isWithin(intervalMs, INTERVAL_MS.least, INTERVAL_MS.most)) {
        return `interval_ms must be a number from ${INTERVAL_MS.least} to ${INTERVAL_MS.most}`;
      }
      if (!isWithin(count, 1, Infinity)) return "count must be a number from 1";
      return { command: "stats", intervalMs, count };
    }
    case "disconnect": {
      const { session, reason = "Disconnected by the operator" } = given;
      if (!Number.isSafeInteger(session)) return "session must be the number of a session";
      if (typeof reason !== "string" || reason.length > MOST_REASON) {
        return `reason must be a text of at most ${MOST_REASON} characters`;
      }
      return { command: "disconnect", session: session as number, reason };
    }
    case "control":
      if (!Number.isSafeInteger(given.session)) return "session must be the number of a session";
      return { command: "control", session: given.session as number };
    case "unlock": {
      const { address } = given;
      if (address === undefined) return { command: "unlock", address };
      if (typeof address !== "string" || address.length > MOST_ADDRESS) return "address must be a text";
      return { command: "unlock", address };
    }
    case "invite": {
      const { role = "operator", expires_seconds: seconds = USUAL_INVITATION_SECONDS, uses = 1 } = given;
      const known = INVITED_ROLES.find((one) => one === role);
      if (!known) return `role must be one of ${INVITED_ROLES.join(", ")}`;
      if (!isWithin(seconds, 0, Infinity)) return "expires_seconds must be a number";
      if (!isWithin(uses, 0, Infinity)) return "uses must be a number";
      return { command: "invite", wishes: { role: known, validMs: seconds * 1000, uses } };
    }
    case "revoke": {
      const { invitation } = given;
      if (!Number.isSafeInteger(invitation)) return "invitation must be the number of an invitation";
      return { command: "revoke", invitation: invitation as number };
    }
    default:
      return `command must be one of ${COMMANDS}`;
  }
}

function isWithin(value: unknown, least: number, most: number): value is number {
  return typeof value === "number" && value >= least && value <= most;
}

/** An answer, as a line. */
export function answerLine(id: RequestId, result: unknown): string {
  return `${JSON.stringify({ id, ok: true, result: wireForm(result) })}\n`;
}

/** The answer to what cannot be done, as a line. */
export function failureLine(id: RequestId, error: string): string {
  return `${JSON.stringify({ id, ok: false, error })}\n`;
}

/** One session with its figures. */
export function sessionReport(session: SessionInfo, figures: SessionFigures | undefined): object {
  const { connectedMs, encodings, ...rest } = session;
  return {
    ...rest,
    connectedSeconds: connectedMs / 1000,
    preferredEncodings: encodings.map(encodingName),
    ...figures,
  };
}

/** Who has to wait, and how long. */
export function lockReport({ leftMs, ...rest }: LockInfo): object {
  return { ...rest, leftSeconds: Math.ceil(leftMs / 1000) };
}

/** An invitation, for operators. */
export function invitationReport({ leftMs, ...rest }: InvitationInfo): object {
  return { ...rest, leftSeconds: leftMs / 1000 };
}

/** The server as a whole at one moment. */
export function serverReport(target: ServerOperations, { startedAt, residentBytes }: ProcessFigures): object {
  // Not by the wall clock, which may have been set meanwhile.
  const now = performance.timeOrigin + performance.now();
  return { ...target.info(), uptimeSeconds: (now - startedAt) / 1000, residentBytes };
}

/** Everything at one moment. @param cpuPercent Of one processor, since the report before. */
export function statsReport(
  target: ServerOperations,
  figures: ProcessFigures,
  cpuPercent: number | undefined,
): object {
  return {
    time: new Date().toISOString(),
    ...serverReport(target, figures),
    cpuPercent,
    desktop: target.desktopFigures(),
    sessions: target.sessions().map((session) => sessionReport(session, target.figuresOf(session.id))),
  };
}

/** As it goes over the socket: names_with_underscores, thousandths at most. */
function wireForm(value: unknown): unknown {
  if (typeof value === "number") return Math.round(value * 1000) / 1000;
  if (Array.isArray(value)) return value.map(wireForm);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [
      name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      wireForm(one),
    ]),
  );
}
