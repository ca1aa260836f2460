/**
 * What the command line can ask for.
 *
 * @module
 */
import type { Role } from "../security/users.ts";

/** Where texts for the user go; both add the end of line. */
export interface Terminal {
  out(line: string): void;
  err(line: string): void;
  /** Whether `err` is read by a person at a terminal. */
  readonly isInteractive?: boolean;
}

/** Share a desktop. */
export interface ServeCommand {
  readonly name: "serve";
  /** What flags say, by path; checked with the other sources. */
  readonly flags: ReadonlyMap<string, string | boolean>;
  readonly configFile?: string | undefined;
  /** Start a desktop of this size instead of sharing one that is there. */
  readonly virtual?: { readonly width: number; readonly height: number } | undefined;
}

/** Make a password file, or change a user. */
export interface PasswdCommand {
  readonly name: "passwd";
  readonly file: string;
  /** Change this user of a users' file, or add it. */
  readonly user?: string | undefined;
  readonly role?: Role | undefined;
  /** Give the user an authenticator (a new one), or take it away; by default it stays as it is. */
  readonly totp?: boolean | undefined;
  /** Ask for a password to look only, too. */
  readonly viewOnly: boolean;
  /** Write what other VNC programs read. */
  readonly vnc: boolean;
}

/** Share a recording. */
export interface PlayCommand {
  readonly name: "play";
  /** The recording. */
  readonly file: string;
  readonly speed: number;
  readonly seekSeconds: number;
  readonly loop: boolean;
  readonly flags: ServeCommand["flags"];
  readonly configFile?: string | undefined;
}

/** Make a file for other players of a recording. */
export interface ExportCommand {
  readonly name: "export";
  readonly file: string;
  readonly target: string;
}

/** Put back what a server that was killed has changed of a display. */
export interface RestoreCommand {
  readonly name: "restore";
  /** By default $DISPLAY. */
  readonly display?: string | undefined;
  readonly authority?: string | undefined;
}

/** Tell whose work is in the program, and under which licences. */
export interface LicensesCommand {
  readonly name: "licenses";
}

/** Everything that has been asked for was done while parsing: help, version, completions, or a mistake was told. */
export interface NothingToDo {
  readonly name: "exit";
  readonly exitCode: number;
}

/** What a running server can be asked for. */
export type CtlAction =
  | "list"
  | "info"
  | "disconnect"
  | "control"
  | "release"
  | "lockouts"
  | "unlock"
  | "invite"
  | "invites"
  | "revoke"
  | "reload"
  | "stop";

/** Ask a running server one thing. */
export interface CtlCommand {
  readonly name: "ctl";
  readonly action: CtlAction;
  readonly session?: number;
  readonly address?: string | undefined;
  /** To take back. */
  readonly invitation?: number;
  /** Of whoever is invited. */
  readonly role?: Role | undefined;
  readonly expiresSeconds?: number | undefined;
  readonly uses?: number | undefined;
  readonly reason?: string | undefined;
  readonly socket: string | undefined;
  readonly port: number | undefined;
  readonly json: boolean;
}

/** Look at a running server. */
export interface TopCommand {
  readonly name: "top";
  readonly socket: string | undefined;
  readonly port: number | undefined;
  readonly json: boolean;
  /** One interval only. */
  readonly once: boolean;
  readonly intervalMs: number;
}

/** What the command line can ask for. */
export type Command =
  | ServeCommand
  | PlayCommand
  | ExportCommand
  | PasswdCommand
  | CtlCommand
  | TopCommand
  | LicensesCommand
  | RestoreCommand
  | NothingToDo;

/** The exit code of what could not be done or broke down. */
export const EXIT_FAILURE = 1;

/** The exit code of a wrong command line or configuration. */
export const EXIT_USAGE = 2;
