/**
 * Apple's Diffie-Hellman login with viewers of others: libvncclient, and noVNC as the page has it.
 *
 * @module
 */
import assert from "node:assert/strict";
import { APPLE_DH } from "../../lib/security/apple_dh.ts";
import { hashPassword, type Users } from "../../lib/security/users.ts";
import { TestBrowser } from "../support/browser.ts";
import { LibVncClient } from "../support/libvncclient.ts";
import { PIXEL_FORMATS } from "../support/pixel_formats.ts";
import { TestServer } from "../support/test_server.ts";

const HASH = await hashPassword("geheim");
const USERS: Users = new Map([["anna", { name: "anna", role: "owner", hash: HASH }]]);

for (const appleDh of [1024, 2048] as const) {
  const options = { users: USERS, appleDh, securityTypes: [APPLE_DH] };

  Deno.test(`libvncclient logs in by Apple's Diffie-Hellman with ${appleDh} bits`, async () => {
    await using server = await TestServer.start(options);
    server.screen.draw({ x: 20, y: 20, width: 60, height: 50 }, 0x3366cc);
    const connect = (password: string) =>
      LibVncClient.connect({
        port: server.server.port,
        encodings: "zrle raw",
        format: PIXEL_FORMATS["32 le 16-8-0"]!,
        user: "anna",
        password,
      });
    await assert.rejects(connect("falsch"), /refused|ended/);
    await using client = await connect("geheim");
    const { security, user } = server.server.sessions[0]!;
    assert.deepEqual([security, user], ["Apple Diffie-Hellman", "anna"]);
    await client.converge(() => Promise.resolve(server.rgb()));
  });

  Deno.test({
    name: `noVNC logs in by Apple's Diffie-Hellman with ${appleDh} bits`,
    // Chromium's pipes stay with Playwright for a while.
    sanitizeOps: false,
    sanitizeResources: false,
    async fn() {
      await using server = await TestServer.start({ ...options, web: { port: 0 } });
      await using browser = await TestBrowser.start();
      await using page = await browser.open(`http://127.0.0.1:${server.server.webPort}/`);
      for (const [password, state] of [["falsch", "asking"], ["geheim", "connected"]] as const) {
        await page.reaches("asking");
        await page.page.fill("#username", "anna");
        await page.page.fill("#password", password);
        await page.page.click("#connect");
        if (state === "asking") await page.page.waitForSelector("#curtain-text.problem");
        await page.reaches(state);
      }
      const { security, user } = server.server.sessions[0]!;
      assert.deepEqual([security, user], ["Apple Diffie-Hellman", "anna"]);
      await page.shows(() => Promise.resolve(server.rgb()));
    },
  });
}
