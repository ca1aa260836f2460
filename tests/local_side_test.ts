/** Dark monitors and idle devices while viewers are there. @module */
import assert from "node:assert/strict";
import type { Curtain, CurtainWishes } from "../lib/mod.ts";
import { MemoryScreen } from "./support/memory_screen.ts";
import { TestServer, type TestServerOptions } from "./support/test_server.ts";

class TestCurtain implements Curtain {
  wishes: CurtainWishes = { blank: false, lock: false };
  draws = 0;
  problems: readonly string[] = [];
  #news = Promise.withResolvers<void>();

  draw(wishes: CurtainWishes): readonly string[] {
    this.draws++;
    this.wishes = wishes;
    this.#news.resolve();
    this.#news = Promise.withResolvers();
    return this.problems;
  }

  async until(check: () => boolean): Promise<void> {
    while (!check()) await this.#news.promise;
  }
}

function served(curtain: Curtain, options: TestServerOptions): Promise<TestServer> {
  const openDesktop = () => Promise.resolve({ screen: new MemoryScreen(200, 150), curtain });
  return TestServer.start({ openDesktop, ...options });
}

Deno.test("monitors are dark and devices idle from the first viewer's login to the last one's end", async () => {
  const curtain = new TestCurtain();
  const watched: string[] = [];
  await using server = await served(curtain, {
    blankScreen: true,
    lockLocalInput: true,
    password: "secret",
    watchdog: ({ display }) => {
      watched.push(`begin ${display}`);
      return { [Symbol.dispose]: () => watched.push("end") };
    },
  });
  await assert.rejects(server.connect({ password: "wrong" }));
  assert.deepEqual(curtain.wishes, { blank: false, lock: false });
  {
    await using first = await server.connect({ password: "secret" });
    assert.deepEqual(curtain.wishes, { blank: true, lock: true });
    assert.equal(watched.length, 1);
    {
      await using second = await server.connect({ password: "secret" });
      await second.refresh();
    }
    await first.refresh();
    assert.deepEqual(curtain.wishes, { blank: true, lock: true });
    // It is looked after.
    const before = curtain.draws;
    await curtain.until(() => curtain.draws > before + 1);
  }
  await curtain.until(() => !curtain.wishes.blank && !curtain.wishes.lock);
  assert.deepEqual(watched.slice(1), ["end"]);
  await using _third = await server.connect({ password: "secret" });
  assert.equal(watched.length, 3);
});

Deno.test("a reload makes monitors dark, and light again, under viewers", async () => {
  const curtain = new TestCurtain();
  await using server = await served(curtain, {});
  await using client = await server.connect();
  await client.refresh();
  assert.deepEqual(curtain.wishes, { blank: false, lock: false });
  server.server.reload({ blankScreen: true });
  assert.deepEqual(curtain.wishes, { blank: true, lock: false });
  server.server.reload({ blankScreen: false, lockLocalInput: true });
  assert.deepEqual(curtain.wishes, { blank: false, lock: true });
  server.server.reload({ lockLocalInput: false });
  assert.deepEqual(curtain.wishes, { blank: false, lock: false });
});

Deno.test("stop() gives the machine back", async () => {
  const curtain = new TestCurtain();
  const server = await served(curtain, { lockLocalInput: true });
  const client = await server.connect();
  assert.equal(curtain.wishes.lock, true);
  await server.server.stop();
  assert.equal(curtain.wishes.lock, false);
  await client[Symbol.asyncDispose]();
});
