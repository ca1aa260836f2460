/**
 * What `porthole ctl` shows of invitations.
 *
 * @module
 */
import { type Column, durationText, printable, table } from "./tables.ts";

/** An invitation as it comes over the control socket, perhaps from another version. */
export interface ShownInvitation {
  readonly id: number;
  readonly role?: string;
  readonly uses_left?: number;
  readonly left_seconds?: number;
  readonly password?: string;
}

const COLUMNS: readonly Column<ShownInvitation>[] = [
  { title: "ID", right: true, text: ({ id }) => String(id) },
  { title: "ROLE", text: ({ role = "–" }) => role },
  { title: "LOGINS LEFT", right: true, text: ({ uses_left = 0 }) => String(uses_left) },
  { title: "EXPIRES IN", right: true, text: ({ left_seconds }) => durationText(left_seconds) },
];

/** One line for each that still holds. */
export function invitationTable(invitations: readonly ShownInvitation[]): string[] {
  return invitations.length === 0 ? ["Nobody is invited."] : table(COLUMNS, invitations);
}

/** One that was just made, with its secret. */
export function invitationLines(
  { id, role = "", uses_left: uses = 1, left_seconds: seconds = 0, password = "", links = [] }:
    & ShownInvitation
    & { readonly links?: readonly string[] },
): string[] {
  const logins = uses === 1 ? "one login" : `${uses} logins`;
  return [
    `Password  ${printable(password)}`,
    ...links.map((link, at) => (at === 0 ? "Link      " : "          ") + printable(link)),
    `Invitation ${id}: ${logins} as ${printable(role)} within ${durationText(Math.ceil(seconds))}. ` +
    `Viewers that ask for a name take any, such as "invite".`,
  ];
}
