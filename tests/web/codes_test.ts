/** The page asks those who have an authenticator for a code. @module */
import assert from "node:assert/strict";
import { hotp, newTotpSecret, parseTotpSecret, totpCounter } from "../../lib/security/totp.ts";
import { hashPassword, type User } from "../../lib/security/users.ts";
import { TestBrowser } from "../support/browser.ts";
import { TestServer } from "../support/test_server.ts";

const SECRET = newTotpSecret();
const BERTA: User = { name: "berta", role: "operator", hash: await hashPassword("b") };
const ANNA: User = { name: "anna", role: "owner", hash: await hashPassword("geheim"), totp: SECRET };

function codeIn(periods: number): string {
  return hotp(parseTotpSecret(SECRET)!, totpCounter(Date.now()) + periods);
}

Deno.test({
  name: "the page shows a field for the code, logs in with it, and does not send it a second time",
  // Chromium's pipes stay with Playwright for a while.
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    await using test = await TestServer.start({ web: { port: 0 }, users: new Map([["berta", BERTA]]) });
    const { server } = test;
    await using browser = await TestBrowser.start();
    await using page = await browser.open(`http://127.0.0.1:${server.webPort}/`);
    const logIn = async (user: string, password: string, code: string) => {
      await page.page.fill("#username", user);
      await page.page.fill("#password", password);
      if (code) await page.page.fill("#code", code);
      await page.page.click("#connect");
    };
    await page.reaches("asking");
    assert.equal(await page.page.isVisible("#code"), false, "nobody has an authenticator");
    server.reload({ users: new Map([["anna", ANNA], ["berta", BERTA]]) });
    await page.page.reload();
    await page.page.waitForSelector("#code", { state: "visible" });
    await logIn("anna", "geheim", "000000");
    await page.page.waitForSelector("#curtain-text.problem");
    assert.match(await page.says(), /Authentication failed/);
    assert.equal(await page.page.inputValue("#code"), "");
    await page.page.waitForSelector("#code", { state: "visible" });
    await logIn("anna", "geheim", codeIn(0));
    await page.reaches("connected");
    assert.equal(server.sessions[0]!.user, "anna");
    await page.page.click("#tool-view-only");
    await page.page.waitForSelector("text=Connected, view only");
    server.disconnect(server.sessions[0]!.id);
    await page.reaches("refused");
    await page.page.click("#connect");
    await page.reaches("asking");
    assert.ok(!(await page.says()).includes("failed"), "the code was not tried again");
    assert.deepEqual(server.logins.locks, []);
    await page.page.waitForSelector("#code", { state: "visible" });
    await logIn("berta", "b", "");
    await page.reaches("connected");
    assert.equal(server.sessions[0]!.user, "berta");
  },
});
