/**
 * The arguments of `porthole passwd`.
 *
 * @module
 */
import { object } from "@optique/core/constructs";
import { message, text } from "@optique/core/message";
import { map, optional } from "@optique/core/modifiers";
import type { Parser } from "@optique/core/parser";
import { argument, constant, flag, negatableFlag, option } from "@optique/core/primitives";
import type { ValueParser } from "@optique/core/valueparser";
import { isRole, type Role, ROLES } from "../security/users.ts";
import type { PasswdCommand } from "./command.ts";

/** `porthole passwd [OPTION...] FILE`. */
export function passwdParser(): Parser<"sync", PasswdCommand, unknown> {
  return map(
    object({
      name: constant("passwd"),
      viewOnly: optional(flag("--view-only", {
        description: message`Ask for a password to look only, too`,
      })),
      vnc: optional(flag("--vnc", {
        description: message`Write what other VNC programs read: eight characters count`,
      })),
      user: optional(option("--user", anyText("NAME"), {
        description: message`Change or add this user of a users' file, instead of a password file`,
      })),
      role: optional(option("--role", roleText(), {
        description:
          message`What the user may do: owner, operator, or viewer, who looks only; as before, or operator, if it is not said`,
      })),
      totp: optional(negatableFlag({ positive: "--totp", negative: "--no-totp" }, {
        description:
          message`With --user: have an authenticator's code follow the password; prints its secret`,
      })),
      file: argument(anyText("FILE"), { description: message`File to write` }),
    }),
    ({ viewOnly = false, vnc = false, ...rest }): PasswdCommand => ({ ...rest, viewOnly, vnc }),
  );
}

function anyText(metavar: "NAME" | "FILE"): ValueParser<"sync", string> {
  return {
    mode: "sync",
    metavar,
    placeholder: "",
    parse: (value) => ({ success: true, value }),
    format: (value) => value,
    suggest: () => metavar === "FILE" ? [{ kind: "file", type: "file" }] : [],
  };
}

/** One of the roles. */
export function roleText(): ValueParser<"sync", Role> {
  return {
    mode: "sync",
    metavar: "ROLE",
    placeholder: "operator",
    choices: ROLES,
    parse(value) {
      return isRole(value)
        ? { success: true, value }
        : { success: false, error: message`given ${value}, allowed: ${text(ROLES.join(", "))}` };
    },
    format: (value) => value,
    suggest: (prefix) =>
      ROLES.filter((role) => role.startsWith(prefix)).map((role) => ({ kind: "literal", text: role })),
  };
}
