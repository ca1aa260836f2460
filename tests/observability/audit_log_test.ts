/** The audit: one line for each peer that comes in, is refused, or goes. @module */
import assert from "node:assert/strict";
import { AuditLog } from "../../lib/observability/audit_log.ts";
import { configureLogging } from "../../lib/observability/log_sinks.ts";

const PEER = { session: 7, address: "192.0.2.7:51234", transport: "tcp" };

/** What is logged while `action` goes on: level, message, and the properties `names`. */
function audited(action: (audit: AuditLog) => void, ...names: string[]): unknown[][] {
  const lines: unknown[][] = [];
  configureLogging({
    level: "DEBUG",
    format: "json",
    write(line) {
      const { level, message, category, ...rest } = JSON.parse(line);
      assert.equal(category, "audit");
      lines.push([level, message, ...names.map((name) => rest[name])]);
    },
  });
  try {
    action(new AuditLog());
  } finally {
    configureLogging({ level: "CRITICAL" });
  }
  return lines;
}

Deno.test("AuditLog tells who came in, how, and when and why they went", () => {
  const lines = audited(
    (audit) => {
      audit.connectionOpened(PEER);
      audit.sessionOpened({ ...PEER, version: "3.8", security: "VNC Authentication", viewOnly: true });
      const end = { session: 7, authenticated: true, reason: "Peer closed", error: "DisconnectedError" };
      audit.sessionClosed({ ...end, durationMs: 1234.5 });
    },
    ...["session", "transport", "security", "view_only", "seconds"],
  );
  assert.deepEqual(lines, [
    ["INFO", "192.0.2.7:51234 came in", 7, "tcp", "VNC Authentication", true, undefined],
    ["INFO", '192.0.2.7:51234 has gone: "Peer closed"', 7, "tcp", undefined, undefined, 1.235],
  ]);
});

Deno.test("AuditLog tells a wrong password from a full server, from a peer that went, and from one at the door", () => {
  const lines = audited((audit) => {
    const closed = (session: number, error: string, reason: string) =>
      audit.sessionClosed({ session, authenticated: false, error, reason, durationMs: 5 });
    for (const session of [1, 2, 3]) audit.connectionOpened({ ...PEER, session });
    audit.authenticationFailed({ session: 1, security: "VNC Authentication" });
    closed(1, "AuthenticationError", "wrong");
    closed(2, "RefusedError", "full");
    closed(3, "DisconnectedError", "gone");
    audit.connectionTurnedAway(PEER);
  }, "security");
  assert.deepEqual(lines, [
    ["WARNING", "192.0.2.7:51234 was not let in: wrong", "VNC Authentication"],
    ["WARNING", "192.0.2.7:51234 was not let in: full", undefined],
    ["INFO", "192.0.2.7:51234 went before it came in: gone", undefined],
    ["WARNING", "192.0.2.7:51234 was turned away: too many peers have not logged in", undefined],
  ]);
});
