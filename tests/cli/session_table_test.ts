/** Figures for people: columns, units, and nothing that could move a cursor. @module */
import assert from "node:assert/strict";
import { serverLines, sessionTable } from "../../lib/cli/session_table.ts";
import { bytesText, type Column, durationText, millisecondsText, table } from "../../lib/cli/tables.ts";

Deno.test("table() aligns columns, numbers at the right", () => {
  const columns: Column<{ n: number; name: string }>[] = [
    { title: "N", right: true, text: ({ n }) => String(n) },
    { title: "NAME", most: 6, text: ({ name }) => name },
    { title: "LAST", text: () => "x" },
  ];
  assert.deepEqual(table(columns, [{ n: 7, name: "short" }, { n: 1234, name: "much longer" }]), [
    "   N  NAME    LAST",
    "   7  short   x",
    "1234  much …  x",
  ]);
});

Deno.test("bytesText(), millisecondsText() and durationText() choose units", () => {
  assert.deepEqual([0, 999, 1000, 99_950, 999_700, 5e6, 123e6, 7e9].map(bytesText), [
    "0 B",
    "999 B",
    "1.0 kB",
    "100.0 kB",
    "1.0 MB",
    "5.0 MB",
    "123 MB",
    "7.0 GB",
  ]);
  assert.deepEqual([0.04, 9.94, 12.3, 1500].map(millisecondsText), ["0.0 ms", "9.9 ms", "12 ms", "1500 ms"]);
  assert.deepEqual([0, 59.9, 60, 3599, 3600, 90_000].map(durationText), [
    "0 s",
    "59 s",
    "1 min",
    "59 min",
    "1 h 0 min",
    "1 d 1 h",
  ]);
  for (const text of [bytesText, millisecondsText, durationText]) assert.equal(text(undefined), "–");
});

Deno.test("sessionTable() shows a session's figures, and does without those that it is not told", () => {
  const lines = sessionTable([
    {
      id: 3,
      address: "192.0.2.7:51234",
      transport: "tcp",
      view_only: true,
      size: { width: 1920, height: 1080 },
      connected_seconds: 130,
      frames_per_second: 29.97,
      sent_bytes_per_second: 1_234_567,
      received_bytes_per_second: 321,
      round_trip_ms: 12.3,
      encode_ms: 4.56,
      encodings: [{ encoding: "tight" }, { encoding: "copyrect" }],
    },
    { id: 14, preferred_encodings: ["zrle", "raw"] },
  ]);
  assert.match(
    lines[1]!,
    /^ 3 {2}192\.0\.2\.7:51234 {2}tcp {2}look +30\.0 +1\.2 MB +321 B +12 ms +4\.6 ms {2}tight copyrect {2}1920x1080 +2 min$/,
  );
  assert.match(lines[2]!, /^14 {2}– +– +control +0\.0 +– +– +– +– {2}\(zrle\) +– +–$/);
  assert.deepEqual(sessionTable([]), ["Nobody is connected."]);
});

Deno.test("serverLines() fits into the terminal, and lets no name do anything to it", () => {
  const lines = serverLines({
    display: ":0\x1b[2J\n\u202eevil",
    width: 800,
    height: 600,
    pending: 2,
    uptime_seconds: 7200,
    cpu_percent: 12.34,
    resident_bytes: 84e6,
    sessions: [{ id: 1, address: "\x1b]0;owned\x07" }],
  }, 100);
  assert.match(
    lines[0]!,
    /^Porthole on :0\?\[2J\?\?evil, 800x600 · up 2 h 0 min · CPU 12\.3 % · 84\.0 MB · 1 viewer and 2 co/,
  );
  assert.ok(lines.every((line) => line.length <= 100));
  assert.doesNotMatch(lines.join(""), /[\p{Cc}\p{Cf}]/u);
});
