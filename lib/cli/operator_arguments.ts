/**
 * The command line of `porthole ctl` and `porthole top`.
 *
 * @module
 */
import { object, or } from "@optique/core/constructs";
import { type Message, message } from "@optique/core/message";
import { map, optional } from "@optique/core/modifiers";
import type { Parser } from "@optique/core/parser";
import { argument, command, constant, option } from "@optique/core/primitives";
import { integer, string } from "@optique/core/valueparser";
import type { CtlCommand, TopCommand } from "./command.ts";
import { durationText } from "./duration.ts";
import { roleText } from "./passwd_arguments.ts";

/** Which server, and how it is told. */
function choiceOptions() {
  return {
    socket: optional(option("--socket", string({ metavar: "FILE" }), {
      description: message`Control socket of the server, if it is not in its usual place`,
    })),
    port: optional(option("--port", integer({ metavar: "PORT", min: 1, max: 65535 }), {
      description: message`The server for viewers on this port, if several run`,
    })),
    json: option("--json", { description: message`JSON instead of text for people` }),
  };
}

/** `ctl ACTION`. */
export function ctlParser(): Parser<"sync", CtlCommand, unknown> {
  const simple = (
    action: "list" | "info" | "invites" | "release" | "lockouts" | "reload" | "stop",
    description: Message,
  ) =>
    command(action, object({ name: constant("ctl"), action: constant(action), ...choiceOptions() }), {
      description,
    });
  const disconnect = command(
    "disconnect",
    object({
      name: constant("ctl"),
      action: constant("disconnect"),
      session: argument(integer({ metavar: "ID", min: 1 }), { description: message`As list shows it` }),
      reason: optional(
        option("--reason", string({ metavar: "TEXT" }), { description: message`For the log` }),
      ),
      ...choiceOptions(),
    }),
    { description: message`End a session` },
  );
  const control = command(
    "control",
    object({
      name: constant("ctl"),
      action: constant("control"),
      session: argument(integer({ metavar: "ID", min: 1 }), { description: message`As list shows it` }),
      ...choiceOptions(),
    }),
    { description: message`Give a session control over the desktop, with single-controller` },
  );
  const unlock = command(
    "unlock",
    object({
      name: constant("ctl"),
      action: constant("unlock"),
      address: optional(
        argument(string({ metavar: "ADDRESS" }), { description: message`As lockouts shows it; all without` }),
      ),
      ...choiceOptions(),
    }),
    { description: message`Forget failed logins` },
  );
  const invite = command(
    "invite",
    map(
      object({
        name: constant("ctl"),
        action: constant("invite"),
        viewOnly: option("--view-only", { description: message`Short for --role viewer` }),
        role: optional(option("--role", roleText(), {
          description: message`What whoever is invited may do: owner, operator (default), or viewer`,
        })),
        expiresSeconds: optional(option("--expires", durationText(), {
          description: message`How long it holds, such as 90s, 10m, 2h, 7d [10m]`,
        })),
        uses: optional(option("--uses", integer({ metavar: "NUMBER", min: 1 }), {
          description: message`How many logins it is good for [1]`,
        })),
        ...choiceOptions(),
      }),
      ({ viewOnly, role, ...rest }): CtlCommand => ({ ...rest, role: viewOnly ? "viewer" : role }),
    ),
    { description: message`Make a one-time password, and a link with it for browsers` },
  );
  const revoke = command(
    "revoke",
    object({
      name: constant("ctl"),
      action: constant("revoke"),
      invitation: argument(integer({ metavar: "ID", min: 1 }), {
        description: message`As invites shows it`,
      }),
      ...choiceOptions(),
    }),
    { description: message`Take a one-time password back, and disconnect who came in by it` },
  );
  return or(
    simple("list", message`Who is connected, and how it goes`),
    simple("info", message`What the server is`),
    disconnect,
    control,
    simple("release", message`Take control away from the session that has it`),
    simple("lockouts", message`Who has to wait after failed logins`),
    unlock,
    invite,
    simple("invites", message`One-time passwords that still hold`),
    revoke,
    simple("reload", message`Read the configuration again`),
    simple("stop", message`Stop the server`),
  );
}

/** `top`. */
export function topParser(): Parser<"sync", TopCommand, unknown> {
  return map(
    object({
      name: constant("top"),
      ...choiceOptions(),
      once: option("--once", { description: message`Show the figures of one interval and end` }),
      interval: optional(option("--interval", integer({ metavar: "SECONDS", min: 1, max: 60 }), {
        description: message`Seconds between two reports [1]`,
      })),
    }),
    ({ interval, ...rest }): TopCommand => ({ ...rest, intervalMs: (interval ?? 1) * 1000 }),
  );
}
