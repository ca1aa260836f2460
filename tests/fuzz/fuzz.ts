/**
 * Mutated streams against a real server: `deno task fuzz [--seed N] [--seconds N] [--cases N]`.
 *
 * Each case takes a stream that a client might send, of one of the handshakes or of a session, changes it, and sends it
 * over a socket. Beside them a well-behaved client looks after the server. What breaks it is kept in tests/fuzz/corpus
 * and tried first from then on.
 *
 * @module
 */
import { hashPassword } from "../../lib/security/users.ts";
import { liveMemory } from "../support/live_memory.ts";
import { RfbClient } from "../support/rfb_client.ts";
import { TestServer, type TestServerOptions } from "../support/test_server.ts";
import { mutate, type Random, randomOf } from "./mutations.ts";
import { STREAMS } from "./streams.ts";

/** How much, and which. */
export interface FuzzOptions {
  readonly seed: number;
  readonly seconds: number;
  readonly cases: number;
}

/** What came of it. */
export interface FuzzReport {
  readonly cases: number;
  readonly seconds: number;
  /** What more is held on to at the end than after the first tenth, in bytes; NaN when it was over before. */
  readonly growth: number;
}

/** What may be held on to at the end that was not after the first tenth: compiled code, caches. In bytes. */
export const MOST_GROWTH = 8 << 20;
/** Connections at the same time. */
const AT_ONCE = 8;
/** Longest answer to the client that looks after the server, in ms. */
const MOST_MS = 3000;
const CORPUS = new URL("./corpus/", import.meta.url);

/** Runs. @throws {Error} The server broke; the cases that may have done it are in the corpus. */
export async function fuzz({ seed, seconds, cases }: FuzzOptions): Promise<FuzzReport> {
  const random = randomOf(seed);
  const state = await Deno.makeTempDir({ prefix: "porthole-fuzz-" });
  const hash = await hashPassword("geheim");
  const servers: TestServer[] = [];
  const common: TestServerOptions = {
    shared: "always",
    stateFolder: state,
    maxConnections: 100,
    limits: {
      handshakeMs: 3000,
      loginMs: 3000,
      pendingConnections: 1000,
      pendingConnectionsPerAddress: 1000,
    },
  };
  const users = new Map([["anna", { name: "anna", role: "owner", hash } as const]]);
  for (const options of [{}, { password: "geheim" }, { users }, { users, encryption: "always" }] as const) {
    servers.push(await TestServer.start({ ...common, ...options }));
  }
  let broken: { readonly reason: unknown } | undefined;
  const unhandled = (event: PromiseRejectionEvent) => {
    event.preventDefault();
    broken ??= { reason: event.reason };
  };
  globalThis.addEventListener("unhandledrejection", unhandled);
  const begun = performance.now();
  const elapsed = () => (performance.now() - begun) / 1000;
  let done = 0;
  let settled = NaN;
  try {
    await using watcher = await servers[0]!.connect({ keepMessages: false });
    const old = await readCorpus();
    while (done < cases && elapsed() < seconds) {
      const batch = Array.from({ length: AT_ONCE }, () => old.pop() ?? makeCase(random));
      try {
        await Promise.all(
          batch.map((bytes) => send(servers[Math.floor(random() * servers.length)]!, bytes, random)),
        );
        const asked = performance.now();
        await watcher.refresh();
        if (broken) throw broken.reason;
        if (performance.now() - asked > MOST_MS) throw new Error("The client beside had to wait");
      } catch (error) {
        await keep(batch);
        throw error;
      }
      done += batch.length;
      const tenth = elapsed() > seconds / 10 || done > cases / 10;
      if (Number.isNaN(settled) && tenth) settled = await liveMemory();
    }
    return { cases: done, seconds: elapsed(), growth: await liveMemory() - settled };
  } finally {
    globalThis.removeEventListener("unhandledrejection", unhandled);
    for (const server of servers) await server[Symbol.asyncDispose]();
    await Deno.remove(state, { recursive: true });
  }
}

function makeCase(random: Random): Uint8Array {
  const stream = STREAMS[Math.floor(random() * STREAMS.length)]!;
  return mutate(stream(random), random);
}

/** Sends all at once or in pieces, reads what comes, and leaves: in good order or not. */
async function send({ server }: TestServer, bytes: Uint8Array, random: Random): Promise<void> {
  using wire = await RfbClient.open({ port: server.port, timeoutMs: 5000 });
  const piece = random() < 0.3 ? 1 + Math.floor(random() * 20) : bytes.length;
  for (let at = 0; at < bytes.length; at += Math.max(1, piece)) {
    await wire.write(bytes.subarray(at, at + piece)).catch(() => {});
  }
  if (random() < 0.5) await wire.silentFor(Math.floor(random() * 10));
}

async function readCorpus(): Promise<Uint8Array[]> {
  const cases: Uint8Array[] = [];
  for await (const entry of Deno.readDir(CORPUS)) {
    if (entry.name.endsWith(".bin")) cases.push(await Deno.readFile(new URL(entry.name, CORPUS)));
  }
  return cases;
}

async function keep(batch: readonly Uint8Array[]): Promise<void> {
  for (const bytes of batch) {
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes.slice()));
    await Deno.writeFile(new URL(`${digest.subarray(0, 8).toHex()}.bin`, CORPUS), bytes);
  }
}

if (import.meta.main) {
  const given = (name: string, byDefault: number) => {
    const at = Deno.args.indexOf(`--${name}`);
    return at < 0 ? byDefault : Number(Deno.args[at + 1]);
  };
  const options = {
    seed: given("seed", 1),
    seconds: given("seconds", 30),
    cases: given("cases", 1_000_000),
  };
  const { cases, seconds, growth } = await fuzz(options);
  const memory = `${growth >= 0 ? "+" : ""}${(growth / (1 << 20)).toFixed(1)} MiB`;
  const text = `${cases} cases in ${
    seconds.toFixed(1)
  } s, seed ${options.seed}: nothing broke; memory held ${memory}\n`;
  await Deno.stdout.write(new TextEncoder().encode(text));
  if (growth > MOST_GROWTH) Deno.exitCode = 1;
}
