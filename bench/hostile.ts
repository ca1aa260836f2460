/**
 * What one bad peer does to another viewer, on this server and on others: `deno task hostile [--servers LIST]`.
 *
 * For each attack the table has the longest answer that a well-behaved viewer gets to a full update request meanwhile, in
 * ms; then what a connection costs that says nothing, and when it is closed. Everything is on loopback and on an Xvfb.
 *
 * @module
 */
import { freePort } from "../tests/support/peers.ts";
import { RfbClient } from "../tests/support/rfb_client.ts";
import { Xvfb } from "../tests/support/xvfb.ts";

/** Longest wait for an answer; what takes longer is told as this. */
const MOST_MS = 5000;
/** How long a silent peer is watched. */
const SILENT_MS = 15_000;
const IDLE_PEERS = 100;

const SERVERS: Readonly<Record<string, (port: number, display: string) => readonly string[]>> = {
  porthole: (port, display) => [
    ...["deno", "run", "-A", "main.ts", "--port", `${port}`, "--display", display, "--web-port", "0"],
    ...["--localhost", "--shared", "always", "--control-socket", "off", "--log-level", "ERROR"],
    ...["--limits-pending-connections", "500", "--limits-pending-connections-per-address", "500"],
  ],
  x11vnc: (port, display) => [
    ...["x11vnc", "-rfbport", `${port}`, "-localhost", "-forever", "-shared", "-quiet", "-noipv6", "-nopw"],
    ...["-display", display],
  ],
  x0vncserver: (port, display) => [
    ...["X0tigervnc", "-rfbport", `${port}`, "-localhost", "-display", display, "-AlwaysShared"],
    ...["-SecurityTypes", "None"],
  ],
};

type Attack = (attacker: RfbClient, port: number) => Promise<Disposable | void>;

const raw = (...values: number[]) => Uint8Array.from(values);

/** Keeps a connection that has said only this. */
async function saying(port: number, text: string): Promise<Disposable> {
  const wire = await RfbClient.open({ port });
  await wire.write(new TextEncoder().encode(text));
  return wire;
}

const ATTACKS: Readonly<Record<string, Attack>> = {
  "nothing": () => Promise.resolve(),
  "2 of 8 bytes of a KeyEvent": (attacker) => attacker.send(raw(4, 1)),
  "half a version": (_attacker, port) => saying(port, "RFB 00"),
  "10 of 1000 bytes of cut text": (attacker) =>
    attacker.send(raw(6, 0, 0, 0, 0, 0, 3, 232, ...Array(10).fill(65))),
  "4 raw frames, none read": async (attacker) => {
    await attacker.setEncodings([0]);
    for (let i = 0; i < 4; i++) await attacker.requestUpdate();
  },
  "50 000 pointer events": (attacker) => {
    const flood = new Uint8Array(6 * 50_000);
    for (let at = 0; at < flood.length; at += 6) flood.set([5, 0, 0, 10, 0, 10], at);
    return attacker.send(flood);
  },
};

const options = { decoders: { zeroPadding: false }, timeoutMs: MOST_MS } as const;

/** The longest answer within about a second, in ms. */
async function latency(client: RfbClient): Promise<number> {
  let longest = 0;
  for (let i = 0; i < 20 && longest < MOST_MS; i++) {
    const asked = performance.now();
    await client.refresh().catch(() => {});
    longest = Math.max(longest, performance.now() - asked);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return longest;
}

async function withServer<T>(
  name: string,
  display: string,
  use: (port: number, pid: number) => Promise<T>,
): Promise<T> {
  const port = freePort();
  const [program, ...args] = SERVERS[name]!(port, display);
  const child = new Deno.Command(program!, { args, stdin: "null", stdout: "null", stderr: "null" }).spawn();
  try {
    for (let tries = 0;; tries++) {
      try {
        using wire = await RfbClient.open({ port, timeoutMs: 2000 });
        await wire.bytes(12);
        break;
      } catch (error) {
        if (tries === 100) throw error;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
    return await use(port, child.pid);
  } finally {
    child.kill("SIGKILL");
    await child.status;
  }
}

async function underAttack(name: string, display: string, attack: Attack): Promise<string> {
  return await withServer(name, display, async (port) => {
    await using client = await RfbClient.connect({ port, ...options });
    await using attacker = await RfbClient.connect({ port, ...options });
    for (let i = 0; i < 20; i++) await client.refresh(); // a server that has just begun compiles what it runs
    using _kept = await attack(attacker, port) ?? { [Symbol.dispose]() {} };
    const ms = await latency(client);
    return ms >= MOST_MS ? `> ${MOST_MS}` : ms.toFixed(1);
  });
}

async function residentOf(pid: number): Promise<number> {
  return Number(/VmRSS:\s+(\d+)/.exec(await Deno.readTextFile(`/proc/${pid}/status`))![1]);
}

async function costOfIdle(name: string, display: string): Promise<string> {
  return await withServer(name, display, async (port, pid) => {
    const before = await residentOf(pid);
    const wires = [];
    for (let i = 0; i < IDLE_PEERS; i++) wires.push(await RfbClient.open({ port }));
    for (const wire of wires) await wire.fill(12).catch(() => {});
    const after = await residentOf(pid);
    for (const wire of wires) wire.close();
    return `${Math.round((after - before) / IDLE_PEERS)} KiB`;
  });
}

async function silentUntil(name: string, display: string): Promise<string> {
  return await withServer(name, display, async (port) => {
    using wire = await RfbClient.open({ port });
    const begun = performance.now();
    const closed = await wire.end(SILENT_MS).then(() => true, () => false);
    return closed ? `${((performance.now() - begun) / 1000).toFixed(1)} s` : `> ${SILENT_MS / 1000} s`;
  });
}

async function table(servers: readonly string[]): Promise<string> {
  await using xvfb = await Xvfb.start({ width: 1024, height: 768 });
  const rows: [string, (server: string) => Promise<string>][] = [
    ...Object.entries(ATTACKS).map(([what, attack]): [string, (server: string) => Promise<string>] => [
      `${what}, ms`,
      (server) => underAttack(server, xvfb.display, attack),
    ]),
    ["memory of a silent connection", (server) => costOfIdle(server, xvfb.display)],
    ["a silent connection is closed after", (server) => silentUntil(server, xvfb.display)],
  ];
  const lines = [`| attack | ${servers.join(" | ")} |`, `| --- |${" --- |".repeat(servers.length)}`];
  for (const [what, measure] of rows) {
    const cells: string[] = [];
    for (const server of servers) {
      cells.push(await measure(server).catch((error) => `failed: ${(error as Error).message}`));
    }
    lines.push(`| ${what} | ${cells.join(" | ")} |`);
  }
  return lines.join("\n");
}

if (import.meta.main) {
  const at = Deno.args.indexOf("--servers");
  const servers = at < 0 ? Object.keys(SERVERS) : Deno.args[at + 1]!.split(",");
  await Deno.stdout.write(new TextEncoder().encode(`${await table(servers)}\n`));
}
