/**
 * What many peers cost: those that say nothing, those that come and go, and those that look on.
 *
 * @module
 */
import { RfbClient } from "../../tests/support/rfb_client.ts";
import type { Drawing } from "../../tests/support/x11_desktop.ts";
import { percentile } from "../peers/statistics.ts";
import { Peer } from "./peer.ts";
import { ServerProcess } from "./servers.ts";

/** Silent peers at the same time. */
const IDLE_PEERS = 400;
/** Where they come from: an own address for so many. */
const PEERS_PER_ADDRESS = 8;
/** Longest time for them to come, in ms: some servers need 0.2 s each. */
const COMING_MS = 8000;
/** How long connections are counted while they are there, in ms. */
const COUNTED_MS = 3000;
const VISITS = 10_000;
/** Visits before memory is first looked at: V8 gives its young generation room while much is made and thrown away. */
const FIRST_VISITS = 8000;
/** Longest time for them, in ms: some servers need 0.1 s each. */
const VISITS_MS = 20_000;
/** How long a silent peer is watched, in ms. */
const SILENT_MS = 15_000;
const VIEWERS = 200;
/** What each viewer looks at, and where is drawn. */
const CORNER = { x: 0, y: 0, width: 64, height: 64 } as const;
const CHANGES = 5;
const PATIENCE_MS = 10_000;

/** Figures by name; `undefined` where there is none. */
export type Figures = Readonly<Record<string, number | undefined>>;

/** What a connection costs that has been greeted and says nothing, in KiB, with the limits out of the way. */
export async function memoryOfSilent(name: string, display: string): Promise<Figures> {
  await using server = await ServerProcess.start(name, display, { pending: IDLE_PEERS + 10 });
  await visit(server.port, FIRST_VISITS, VISITS_MS / 2); // see there
  const before = await server.residentKiB();
  await using peers = await SilentPeers.come(server.port);
  return { perConnectionKiB: (await server.residentKiB() - before) / peers.greeted };
}

/** Connections a second while silent peers hold on to theirs, limits as they are. */
export async function acceptsBesideSilent(name: string, display: string): Promise<Figures> {
  await using server = await ServerProcess.start(name, display);
  await using peers = await SilentPeers.come(server.port);
  const { visits, ms, turnedAway } = await visit(server.port, Infinity, COUNTED_MS);
  return {
    greeted: peers.greeted,
    held: await peers.held(),
    acceptsPerSecond: visits / ms * 1000,
    turnedAway,
  };
}

/** Ten thousand connects and disconnects, one after another, behind some that do not count; as many as fit into the time. */
export async function visits(name: string, display: string): Promise<Figures> {
  await using server = await ServerProcess.start(name, display);
  const begun = performance.now();
  await visit(server.port, FIRST_VISITS, VISITS_MS / 2);
  const before = await server.residentKiB();
  const { visits, ms, turnedAway } = await visit(
    server.port,
    VISITS,
    VISITS_MS - (performance.now() - begun),
  );
  return {
    visits,
    perSecond: visits / ms * 1000,
    grownKiB: await server.residentKiB() - before,
    turnedAway,
  };
}

/** Seconds until a peer that says nothing is closed; `undefined` when it is not within the time that it is watched. */
export async function closingOfSilent(name: string, display: string): Promise<Figures> {
  await using server = await ServerProcess.start(name, display);
  using peer = await Peer.connect(server.port);
  const begun = performance.now();
  const isCut = await peer.isCutWithin(SILENT_MS);
  return { seconds: isCut ? (performance.now() - begun) / 1000 : undefined, watched: SILENT_MS / 1000 };
}

/** Two hundred viewers: until each has its first picture, and from a change until the last of them has it. */
export async function manyViewers(name: string, display: string, drawing: Drawing): Promise<Figures> {
  await using server = await ServerProcess.start(name, display, { viewers: VIEWERS });
  const before = await server.residentKiB();
  await using clients = new AsyncDisposableStack();
  const viewers: RfbClient[] = [];
  const begun = performance.now();
  try {
    while (viewers.length < VIEWERS && performance.now() - begun < PATIENCE_MS) {
      const client = clients.use(await enter(server.port));
      await client.requestUpdate({ rect: CORNER });
      await client.nextUpdate();
      viewers.push(client);
    }
  } catch { /* no more come in */ }
  const enterMs = performance.now() - begun;
  const first: number[] = [], last: number[] = [];
  for (let i = 1; i <= CHANGES; i++) {
    for (const viewer of viewers) await viewer.requestUpdate({ incremental: true, rect: CORNER });
    await new Promise((resolve) => setTimeout(resolve, 100));
    const drawn = performance.now();
    const arrivals = Promise.all(viewers.map(async (viewer) => {
      await viewer.nextUpdate();
      return performance.now() - drawn;
    }));
    await drawing.draw(`fill -1 4 4 16 16 ${(0x203040 * i & 0xffffff).toString(16)}`);
    const times = await arrivals;
    first.push(Math.min(...times));
    last.push(Math.max(...times));
  }
  return {
    viewers: viewers.length,
    enterMs: enterMs / viewers.length,
    firstMs: percentile(first, 0.5),
    lastMs: percentile(last, 0.5),
    perViewerKiB: (await server.residentKiB() - before) / viewers.length,
  };
}

function enter(port: number): Promise<RfbClient> {
  return RfbClient.connect({
    port,
    timeoutMs: PATIENCE_MS,
    encodings: [0],
    keepMessages: false,
    decoders: { zeroPadding: false },
  });
}

/** Peers that have connected from many addresses and then say nothing. Owns them. */
class SilentPeers implements AsyncDisposable {
  readonly #peers: readonly Peer[];
  readonly greeted: number;
  #cut = 0;

  private constructor(peers: readonly Peer[], greeted: number) {
    this.#peers = peers;
    this.greeted = greeted;
  }

  static async come(port: number): Promise<SilentPeers> {
    const peers: Peer[] = [];
    let greeted = 0;
    const begun = performance.now();
    for (let i = 0; i < IDLE_PEERS && performance.now() - begun < COMING_MS; i++) {
      const peer = await Peer.connectFrom(`127.0.1.${1 + Math.floor(i / PEERS_PER_ADDRESS)}`, port);
      peers.push(peer);
      // A peer that is turned away hears of it now; one that nobody greets in time is waited for no longer.
      const isGreeted = await Promise.race([
        peer.skip(12).then(() => true, () => false),
        new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 1000)),
      ]);
      if (isGreeted) greeted++;
    }
    const silent = new SilentPeers(peers, greeted);
    for (const peer of peers) void peer.drain().then(() => silent.#cut++);
    return silent;
  }

  /** How many of them the server has not closed. */
  async held(): Promise<number> {
    await new Promise((resolve) => setTimeout(resolve, 100)); // those that are closed are to be heard of
    return this.#peers.length - this.#cut;
  }

  [Symbol.asyncDispose](): Promise<void> {
    for (const peer of this.#peers) peer.close();
    return Promise.resolve();
  }
}

/** Connects, is greeted and leaves, one time after another, up to `most` times or for `mostMs`. */
async function visit(
  port: number,
  most: number,
  mostMs: number,
): Promise<{ readonly visits: number; readonly ms: number; readonly turnedAway: number }> {
  const begun = performance.now();
  let visits = 0, turnedAway = 0;
  while (visits < most && performance.now() - begun < mostMs) {
    try {
      using peer = await Peer.connect(port);
      await peer.skip(12);
      visits++;
    } catch {
      turnedAway++;
    }
  }
  return { visits, ms: performance.now() - begun, turnedAway };
}
