/**
 * `porthole ctl`: asks a running server one thing.
 *
 * @module
 */
import { ControlClient } from "../observability/control_client.ts";
import type { CtlCommand, Terminal } from "./command.ts";
import { findControlSocket } from "./control_path.ts";
import { tellFailure } from "./failure.ts";
import { invitationLines, invitationTable, type ShownInvitation } from "./invitation_text.ts";
import { lockTable, sessionTable, type ShownLock, type ShownSession } from "./session_table.ts";
import { printable } from "./tables.ts";

/** Runs the command. @returns Its exit code. */
export async function ctl(
  command: CtlCommand,
  terminal: Terminal,
  environment: Readonly<Record<string, string>>,
): Promise<number> {
  try {
    using client = await ControlClient.connect(await findControlSocket(command, environment));
    const { action, session, reason, address, invitation, role, expiresSeconds, uses } = command;
    const details = { session, reason, address, invitation, role, uses, expires_seconds: expiresSeconds };
    const result = await client.ask(action, details);
    const lines = command.json ? [JSON.stringify(result)] : linesOf(command, result);
    for (const line of lines) terminal.out(line);
    return 0;
  } catch (error) {
    return tellFailure(error, terminal);
  }
}

function linesOf({ action, session, invitation }: CtlCommand, result: unknown): string[] {
  switch (action) {
    case "list":
      return sessionTable(result as ShownSession[]);
    case "info":
      return Object.entries(result as object).map(([name, value]) =>
        `${name.replaceAll("_", " ").padEnd(16)} ${printable(textOf(value))}`
      );
    case "disconnect":
      return [`Session ${session} is disconnected`];
    case "control":
      return [`Session ${session} has control`];
    case "release":
      return ["Nobody has control now; whoever presses something first gets it"];
    case "lockouts":
      return lockTable(result as ShownLock[]);
    case "unlock":
      return unlockLines(result as { unlocked?: number });
    case "invite":
      return invitationLines(result as ShownInvitation & { links?: readonly string[] });
    case "invites":
      return invitationTable(result as ShownInvitation[]);
    case "revoke":
      return [`Invitation ${invitation} lets nobody in any more`];
    case "reload":
      return reloadLines(result as { applied?: string[]; need_restart?: string[] });
    case "stop":
      return ["The server stops"];
  }
}

/** Of counts by name: "idle 1, peer 4". */
function textOf(value: unknown): string {
  if (typeof value !== "object" || value === null) return String(value);
  return Object.entries(value).map(([name, count]) => `${name} ${count}`).join(", ") || "none";
}

function unlockLines({ unlocked = 0 }: { unlocked?: number }): string[] {
  return [unlocked === 0 ? "No failed logins were remembered" : `Failed logins are forgotten: ${unlocked}`];
}

function reloadLines(
  { applied = [], need_restart = [] }: { applied?: string[]; need_restart?: string[] },
): string[] {
  return [
    applied.length === 0
      ? "Nothing changed that takes effect at once"
      : `In force now: ${applied.join(", ")}`,
    ...(need_restart.length === 0 ? [] : [`After a restart: ${need_restart.join(", ")}`]),
  ];
}
