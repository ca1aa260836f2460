/** The browser of nobody's, before the first one comes. @module */
import assert from "node:assert/strict";
import { Arrivals } from "../../lib/arrivals.ts";
import { ServerKeys } from "../../lib/security/server_keys.ts";
import { resolveOptions, type WebTlsChoice } from "../../lib/server_options.ts";
import { memoryTransports } from "../../lib/transport/memory.ts";
import { WebAccess } from "../../lib/web_access.ts";
import type { Route } from "../../lib/web/pages.ts";
import { visit } from "../../lib/web/practice.ts";

const HERE = new AbortController().signal;

/** What serves browsers, with a page of the test's. */
function setUp(page: Route, webTls: WebTlsChoice = "both") {
  const stack = new AsyncDisposableStack();
  const options = resolveOptions({ web: { port: 0 }, webTls, stateFolder: "" });
  const arrivals = stack.use(new Arrivals(options, () => {}));
  const web = stack.use(
    new WebAccess(() => options, new ServerKeys(() => options), arrivals, new Map([["/", page]])),
  );
  web.start({ open: () => assert.fail("a session"), viewOnly: () => assert.fail("a session") });
  return { web, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

Deno.test("WebAccess.practise() asks for the page once, by https where that is spoken", async () => {
  for (const [webTls, encrypted] of [["both", true], ["only", true], ["off", false]] as const) {
    const asked: boolean[] = [];
    await using stage = setUp((peer) => {
      asked.push(peer.encrypted);
      return { type: "text/plain", body: "x".repeat(100_000) };
    }, webTls);
    await stage.web.practise(() => true, HERE);
    assert.deepEqual(asked, [encrypted], webTls);
  }
});

Deno.test("WebAccess.practise() does nothing when somebody is there, before or meanwhile", async () => {
  for (const idle of [0, 1]) {
    await using stage = setUp(() => assert.fail("asked for"));
    let calls = 0;
    await stage.web.practise(() => calls++ < idle, HERE);
    assert.equal(calls, idle + 1);
  }
});

Deno.test("WebAccess.practise() ends when it is told to, without an answer", async () => {
  const [came, answer] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  await using stage = setUp(async () => {
    came.resolve();
    await answer.promise;
    return { type: "text/plain", body: "" };
  });
  const ended = new AbortController();
  const practising = stage.web.practise(() => true, ended.signal);
  await came.promise;
  ended.abort();
  await practising;
  answer.resolve();
});

Deno.test("visit() says so when there is no answer", async () => {
  const [server, browser] = memoryTransports();
  const visiting = visit(browser, false);
  await server.read(new Uint8Array(4096));
  await server.close();
  await assert.rejects(visiting, /no answer/);
});
