/**
 * Secrets are compared so that the time taken tells nothing of them.
 *
 * @module
 */
import assert from "node:assert/strict";

const FOLDERS = ["security", "session", "web"].map((name) => new URL(`../../lib/${name}/`, import.meta.url));

/** A secret on one side of a comparison that ends at the first difference. */
const SECRET =
  /\b\w*(password|secret|token|digest|hash|tag|response|passphrase|derived|expected|code)\w*(\(\)|\.\w+)* *[!=]==? *(\S+)/gi;
/** What it may be compared with: nothing, or numbers. Codes of errors and of WebSockets are no secrets. */
const HARMLESS = /^(undefined|null|""|''|0|-?\d+|[A-Z]\w+\.\w+|"[A-Z_]{3,}")[);,:?]*$|^(0|1|-1)\b/;

Deno.test("secrets are compared in constant time: none by === in lib/security, lib/session and lib/web", () => {
  const found: string[] = [];
  for (const folder of FOLDERS) {
    for (const { name, isFile } of Deno.readDirSync(folder)) {
      if (!isFile || !name.endsWith(".ts") || name === "page_files.ts") continue;
      const lines = Deno.readTextFileSync(new URL(name, folder)).split("\n");
      for (const [index, line] of lines.entries()) {
        if (/^\s*(\/\/|\*|\/\*)/.test(line)) continue;
        for (const match of line.matchAll(SECRET)) {
          if (/\.(length|size|code|status)$/i.test(match[0].split(/ *[!=]==?/)[0]!.trim())) continue;
          if (!HARMLESS.test(match[3]!)) found.push(`${name}:${index + 1}: ${line.trim()}`);
        }
      }
    }
  }
  assert.deepEqual(found, []);
});

Deno.test("each place that checks a secret uses timingSafeEqual()", () => {
  const checking = ["users.ts", "aes_eax.ts", "vnc_authentication.ts", "rsa_aes.ts", "totp.ts", "login.ts"];
  for (const name of checking) {
    const source = Deno.readTextFileSync(new URL(name, FOLDERS[0]!));
    assert.match(source, /timingSafeEqual\(/, name);
  }
});

Deno.test("the search for comparisons finds one that is none in constant time", () => {
  for (const line of ["if (password === given)", "return derived.hash == other;", "given !== expected"]) {
    const found = Array.from(line.matchAll(SECRET)).some((match) => !HARMLESS.test(match[3]!));
    const turned = /[!=]==? *(expected|password)/.test(line);
    assert.ok(found || turned, line);
  }
});
