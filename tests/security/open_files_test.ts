/** Files with secrets that others can read, which their owner should know. @module */
import assert from "node:assert/strict";
import { configureLogging } from "../../lib/observability/log_sinks.ts";
import { makeCertificate } from "../../lib/security/certificate.ts";
import { openCertificate } from "../../lib/security/certificate_store.ts";
import { readUsersFile } from "../../lib/security/users_file.ts";

/** What is warned of when the file has this mode. */
function warnings(content: string, mode: number, read: (path: string) => unknown): string {
  const lines: string[] = [];
  configureLogging({ level: "WARNING", write: (line) => void lines.push(line) });
  const path = Deno.makeTempFileSync();
  try {
    Deno.writeTextFileSync(path, content);
    Deno.chmodSync(path, mode);
    read(path);
  } finally {
    Deno.removeSync(path);
    configureLogging({ level: "CRITICAL" });
  }
  assert.ok(!lines.join("").includes(content.slice(0, 40)), "and not of what is in it");
  return lines.join("");
}

Deno.test("readUsersFile() warns of files that others can read or write", () => {
  const hash = `scrypt$16384$8$1$${"A".repeat(22)}$${"A".repeat(43)}`;
  const of = (mode: number) => warnings(`anna:owner:${hash}\n`, mode, readUsersFile);
  assert.equal(of(0o600), "");
  assert.match(of(0o644), /read by others.*chmod 600/);
  assert.match(of(0o640), /read by others/);
  assert.match(of(0o620), /written by others, who can let themselves in.*chmod 600/);
});

Deno.test("openCertificate() warns of keys that all users can read", () => {
  const { certificate, key } = makeCertificate({ names: ["localhost"], days: 100 });
  const of = (mode: number) =>
    warnings(
      `${key}\n${certificate}`,
      mode,
      (path) => openCertificate({ certificateFile: path, keyFile: "", folder: "", names: [] }),
    );
  assert.equal(of(0o600), "");
  assert.equal(of(0o640), "", "a group may be there for that");
  assert.match(of(0o644), /has the key of TLS, and all users can read it: chmod 600/);
});
