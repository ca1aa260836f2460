/** Asking the person at the desktop before viewers come in. @module */
import assert from "node:assert/strict";
import type { Question, Questioner } from "../../lib/mod.ts";
import { Consent } from "../../lib/security/consent.ts";
import { MemoryScreen } from "../support/memory_screen.ts";
import { Refused, RfbClient, Wire } from "../support/rfb_client.ts";
import { TestServer, type TestServerOptions } from "../support/test_server.ts";

/** Somebody who sits there. Answers when the test says so. */
class Person implements Questioner {
  readonly asked: Question[] = [];
  withdrawn = 0;
  #waiting: ((answer: number | undefined) => void)[] = [];
  #news = Promise.withResolvers<void>();

  ask(question: Question, signal: AbortSignal): Promise<number | undefined> {
    this.asked.push(question);
    this.#news.resolve();
    return new Promise((resolve, reject) => {
      this.#waiting.push(resolve);
      signal.addEventListener("abort", () => {
        this.withdrawn++;
        this.#news.resolve();
        reject(signal.reason);
      });
    });
  }

  /** Resolves when something has happened since the last call. */
  async news(): Promise<void> {
    await this.#news.promise;
    this.#news = Promise.withResolvers();
  }

  answer(label: string | undefined): void {
    const at = this.asked.at(-1)!.choices.findIndex((choice) => choice.label === label);
    this.#waiting.pop()!(at < 0 ? undefined : at);
  }
}

async function served(person: Questioner | undefined, options: TestServerOptions = {}): Promise<TestServer> {
  const screen = new MemoryScreen(200, 150);
  return await TestServer.start({
    accept: "ask",
    openDesktop: () => Promise.resolve({ screen, ...(person && { questioner: person }) }),
    ...options,
  });
}

Deno.test("a viewer comes in when the person at the desktop says yes, after the login and not before", async () => {
  const person = new Person();
  await using server = await served(person, { password: "secret" });
  await assert.rejects(server.connect({ password: "wrong" }), Refused);
  assert.equal(person.asked.length, 0);
  const connecting = server.connect({ password: "secret" });
  await person.news();
  assert.equal(server.server.sessions.length, 0);
  const [{ lines, choices }] = person.asked as [Question];
  assert.match(lines.join("\n"), /127\.0\.0\.1:\d+ \(tcp\)[^]*control/);
  assert.deepEqual(choices.map(({ key }) => key), ["y", "v", "n"]);
  person.answer("Yes");
  await using client = await connecting;
  await client.refresh();
  assert.equal(server.server.sessions[0]!.viewOnly, false);
});

Deno.test("a viewer may look only when the person says so", async () => {
  const person = new Person();
  await using server = await served(person);
  const connecting = server.connect();
  await person.news();
  person.answer("View only");
  await using _client = await connecting;
  assert.equal(server.server.sessions[0]!.viewOnly, true);
});

for (
  const [answer, accept, expected] of [
    ["No", "ask", /said no/],
    ["No", "view", /said no/],
    [undefined, "ask", /did not answer/],
  ] as const
) {
  Deno.test(`a viewer is told why it is refused when the answer is ${answer} (${accept})`, async () => {
    const person = new Person();
    await using server = await served(person, { accept, password: "secret" });
    const connecting = assert.rejects(server.connect({ password: "secret" }), expected);
    await person.news();
    person.answer(answer);
    await connecting;
    assert.equal(server.server.logins.locks.length, 0);
  });
}

Deno.test("without an answer a viewer may look where accept is view", async () => {
  const person = new Person();
  await using server = await served(person, { accept: "view", acceptSeconds: 3 });
  const connecting = server.connect();
  await person.news();
  assert.equal(person.asked[0]!.timeoutMs, 3000);
  assert.equal(person.asked[0]!.otherwise(2), "May look on in 2 s");
  person.answer(undefined);
  await using _client = await connecting;
  assert.equal(server.server.sessions[0]!.viewOnly, true);
});

Deno.test("a viewer with the view-only password is not offered control", async () => {
  const person = new Person();
  await using server = await served(person, { password: "secret", viewOnlyPassword: "look" });
  const connecting = server.connect({ password: "look" });
  await person.news();
  assert.deepEqual(person.asked[0]!.choices.map(({ label }) => label), ["Yes", "No"]);
  person.answer("Yes");
  await using _client = await connecting;
  assert.equal(server.server.sessions[0]!.viewOnly, true);
  const refused = assert.rejects(server.connect({ password: "look" }), /said no/);
  await person.news();
  person.answer("No");
  await refused;
});

Deno.test("the question is taken back when the viewer goes, and the next one is asked about", async () => {
  const person = new Person();
  await using server = await served(person);
  const wire = await RfbClient.open({ port: server.server.port, timeoutMs: 5000 });
  await wire.bytes(12);
  await wire.write(new TextEncoder().encode("RFB 003.008\n"));
  await wire.bytes(2);
  await wire.write(Uint8Array.of(1));
  await person.news();
  const next = server.connect();
  wire[Symbol.dispose]();
  await person.news();
  assert.equal(person.withdrawn, 1);
  while (person.asked.length < 2) await person.news();
  person.answer("Yes");
  await using client = await next;
  assert.equal(client.width, 200);
});

Deno.test("viewers wait for each other's answers, and too many of them are refused", async () => {
  const person = new Person();
  await using server = await served(person, { limits: { pendingConnectionsPerAddress: 20 } });
  const all = Array.from({ length: 8 }, () => server.connect().catch((error) => error));
  await person.news();
  while (server.server.status().pending < 8) await new Promise((resolve) => setTimeout(resolve, 5));
  // The eighth may still be on its way to the question, so ask until one is refused.
  let refused: unknown;
  for (let tries = 0; tries < 3 && !(refused instanceof Refused); tries++) {
    const one = server.connect();
    all.push(one.catch((error) => error));
    refused = await Promise.race([
      one.catch((error) => error),
      new Promise((resolve) => setTimeout(resolve, 300)),
    ]);
  }
  assert.match(String(refused), /Too many viewers wait/);
  assert.equal(person.asked.length, 1);
  await server.server.stop();
  await Promise.all(all);
  assert.equal(person.withdrawn, 1);
});

Deno.test("viewers that went while they waited for others' answers take nobody's place", async () => {
  const person = new Person();
  const consent = new Consent(() => person, () => ({ accept: "ask", acceptSeconds: 60 }));
  const peer = { transport: "tcp", address: "192.0.2.7:1", local: false, encrypted: false };
  const principal = { user: "", viewOnly: false };
  const viewers = Array.from({ length: 8 }, () => new AbortController());
  const answers = viewers.map(({ signal }) => consent.ask(peer, principal, signal).catch(String));
  await person.news();
  const never = new AbortController().signal;
  await assert.rejects(consent.ask(peer, principal, never), /Too many viewers wait/);
  for (const viewer of viewers.slice(1)) viewer.abort("gone");
  assert.deepEqual(await Promise.all(answers.slice(1)), Array(7).fill("gone"));
  const newcomer = consent.ask(peer, principal, never);
  person.answer("Yes");
  assert.deepEqual(await answers[0], principal);
  while (person.asked.length < 2) await person.news();
  person.answer("View only");
  assert.equal((await newcomer).viewOnly, true);
});

Deno.test("nobody comes in where nobody can be asked", async () => {
  await using alone = await served(undefined);
  await assert.rejects(alone.connect(), /cannot be asked/);
  await using broken = await served({ ask: () => Promise.reject(new Error("no fonts")) });
  await assert.rejects(broken.connect(), /cannot be asked/);
});

Deno.test("who answers slowly does not run into the time for logins, and a reload ends the asking", async () => {
  const person = new Person();
  await using server = await served(person, { limits: { loginMs: 150, handshakeMs: 150 } });
  const connecting = server.connect();
  await person.news();
  await new Promise((resolve) => setTimeout(resolve, 400));
  person.answer("Yes");
  await using _client = await connecting;
  server.server.reload({ accept: "off" });
  await using _other = await server.connect();
  assert.equal(person.asked.length, 1);
});

Deno.test("RFB 3.3 viewers, who get no SecurityResult, are asked about, too", async () => {
  const person = new Person();
  await using server = await served(person);
  const connecting = server.connect({ version: "3.3" });
  await person.news();
  person.answer("Yes");
  await using client = await connecting;
  await client.refresh();
  using wire = await Wire.tcp(server.server.port, "127.0.0.1", { timeoutMs: 5000 });
  await wire.bytes(12);
  await wire.write(new TextEncoder().encode("RFB 003.003\n"));
  await wire.bytes(4);
  await person.news();
  person.answer("No");
  assert.equal((await wire.end()).length, 0);
});

Deno.test("a recording is made without anybody being asked", async () => {
  const folder = await Deno.makeTempDir();
  const person = new Person();
  {
    await using server = await served(person, { record: { path: `${folder}/desktop.phr` } });
    const connecting = server.connect();
    await person.news();
    assert.match(person.asked[0]!.lines.join(), /127\.0\.0\.1/);
    person.answer("Yes");
    await using client = await connecting;
    await client.refresh();
    assert.equal(person.asked.length, 1);
  }
  assert.ok((await Deno.stat(`${folder}/desktop.phr`)).size > 100);
  await Deno.remove(folder, { recursive: true });
});
