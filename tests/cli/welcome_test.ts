/** What a server says when it is ready. @module */
import assert from "node:assert/strict";
import { welcomeLines } from "../../lib/cli/welcome.ts";
import { parseConfig } from "../../lib/config/load.ts";

function welcome(object: unknown, port = 5900, addresses = ["192.0.2.7", "2001:db8::7"]): string {
  return welcomeLines({ config: parseConfig(object), port, desktop: "root on box (:1)", addresses }).join(
    "\n",
  );
}

Deno.test("welcomeLines() says how to connect, and that others are refused as long as there is no password", () => {
  const text = welcome({}, 5907);
  assert.match(text, /shares root on box \(:1\)/);
  assert.match(text, /from this machine +vncviewer localhost::5907/);
  assert.match(text, /from other machines +refused until a password is set: --password-file/);
  assert.doesNotMatch(text, /192\.0\.2\.7/);
});

Deno.test("welcomeLines() lists addresses for other machines, says who does not encrypt, and shows no password", () => {
  const text = welcome({ password: "hunter2" });
  assert.match(text, /from other machines +vncviewer 192\.0\.2\.7::5900\n/);
  assert.match(text, /neither TLS nor RSA-AES do not encrypt/);
  assert.doesNotMatch(welcome({ password: "hunter2", encryption: "required" }), /do not encrypt/);
  assert.doesNotMatch(text, /hunter2|2001:db8/);
  assert.match(welcome({ read_only_password: "hunter2" }), /from other machines +vncviewer 192/);
  assert.match(welcome({ password: "hunter2", host: "::" }), /vncviewer \[2001:db8::7\]::5900/);
});

Deno.test("welcomeLines() says when nobody from another machine can reach the server", () => {
  assert.match(
    welcome({ host: "127.0.0.1", password: "x" }),
    /not possible: the server listens on 127\.0\.0\.1 only/,
  );
});

Deno.test("welcomeLines() names one address when the server listens on one", () => {
  const text = welcome({ host: "192.0.2.9", insecure_no_auth: true });
  assert.match(text, /from this machine +vncviewer 192\.0\.2\.9::5900/);
  assert.match(text, /from other machines +vncviewer 192\.0\.2\.9::5900/);
});
