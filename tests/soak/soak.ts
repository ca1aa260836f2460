/**
 * Random drawing on a real X server, eight clients of different kinds that look at it, and pauses in which all of them
 * must show what the X server has, to the last pixel: `deno task soak [--minutes 10] [--seed N]`.
 *
 * Moves, workers, shared encodings, pacing and lossless refresh are on, as they are by default. In every pause one client
 * goes and another kind comes. Drawing is a function of the seed; time is not.
 *
 * @module
 */
import type { DamageAudited, FrameCaptured, UpdateSent } from "../../lib/core/observer.ts";
import { VNCServer } from "../../lib/mod.ts";
import { Drawing, randomOf, resizeScreen } from "../support/x11_desktop.ts";
import { Xvfb } from "../support/xvfb.ts";
import { EIGHT_KINDS, MixedClient, randomKind } from "./mixed_clients.ts";
import { RandomDesktop } from "./random_desktop.ts";

/** How long, and which. */
export interface SoakOptions {
  readonly seed: number;
  readonly seconds: number;
  /** Is told of each pause. */
  readonly report?: (line: string) => void;
}

/** What came of it. */
export interface SoakReport {
  readonly batches: number;
  readonly pauses: number;
  readonly updates: number;
  /** Moves that were found. */
  readonly moves: number;
  /** Tiles that had changed without a report. */
  readonly missedTiles: number;
  /** Encodings of the rectangles that were sent, by number. */
  readonly encodings: ReadonlySet<number>;
}

const LARGEST = { width: 800, height: 600 };
const SIZES = [LARGEST, { width: 640, height: 480 }, { width: 720, height: 400 }];
/** Time between two pauses, in ms. */
const PAUSE_EACH_MS = 3000;
/** For a client to show everything when nothing is drawn any more; slow links and busy machines among them. */
const CONVERGE_MS = 90_000;

/** Runs. @throws {Error} A client does not show the screen; names the seed and the client. */
export async function soak({ seed, seconds, report = () => {} }: SoakOptions): Promise<SoakReport> {
  const random = randomOf(seed);
  const seen = new Seen();
  await using resources = new AsyncDisposableStack();
  const xvfb = resources.use(await Xvfb.start(LARGEST));
  const drawing = resources.use(await Drawing.start(xvfb.display));
  await drawing.draw("cursor -1 -1", "gradient -1 0 0 800 600", "rects -1 30 1");
  const server = new VNCServer({
    hostname: "127.0.0.1",
    port: 0,
    display: xvfb.display,
    frameRate: 60,
    shared: "always",
    observers: [seen],
  });
  resources.use(server);
  await server.start();
  const clients = await Promise.all(EIGHT_KINDS.map((kind) => MixedClient.connect(server.port, kind)));
  resources.defer(async () => {
    for (const client of clients) await client[Symbol.asyncDispose]();
  });
  const desktop = new RandomDesktop(seed, LARGEST);
  const end = performance.now() + seconds * 1000;
  let batches = 0;
  let pauses = 0;
  while (performance.now() < end) {
    const pauseAt = Math.min(end, performance.now() + PAUSE_EACH_MS);
    while (performance.now() < pauseAt) {
      // Faster than frames, slower than frames, and all at once.
      const interval = [0, 3, 15, 40][random(4)]!;
      for (const commands of desktop.scene()) {
        await drawing.draw(...commands);
        batches++;
        if (interval > 0) await new Promise((resolve) => setTimeout(resolve, random(2 * interval)));
      }
      if (random(4) === 0) {
        await clients[random(8)]!.ask(random(2) ? undefined : { x: 30, y: 40, width: 200, height: 100 });
      }
      if (random(25) === 0) {
        desktop.screen = SIZES[random(SIZES.length)]!;
        await resizeScreen(xvfb.display, desktop.screen);
      }
    }
    const screen = await drawing.screenshot();
    const results = await Promise.allSettled(clients.map(async (client) => {
      await client.pause();
      await client.converge(screen, CONVERGE_MS);
      client.resume();
    }));
    const failures = results.filter(({ status }) => status === "rejected") as PromiseRejectedResult[];
    if (failures.length > 0) {
      const reasons = failures.map(({ reason }) => `${reason instanceof Error ? reason.message : reason}`);
      throw new Error(`Seed ${seed}, pause ${pauses + 1}:\n${reasons.join("\n")}`, {
        cause: failures[0]!.reason,
      });
    }
    pauses++;
    report(`${pauses} pauses: ${batches} batches, ${seen.updates} updates, ${seen.moves} moves: all equal`);
    const at = random(8);
    await clients[at]!.pause();
    await clients[at]![Symbol.asyncDispose]();
    clients[at] = await MixedClient.connect(server.port, randomKind(random));
  }
  const { updates, moves, missedTiles, encodings } = seen;
  return { batches, pauses, updates, moves, missedTiles, encodings };
}

/** Counts. */
class Seen {
  updates = 0;
  moves = 0;
  missedTiles = 0;
  readonly encodings = new Set<number>();

  updateSent({ rects }: UpdateSent): void {
    this.updates++;
    for (const { encoding } of rects) this.encodings.add(encoding);
  }

  frameCaptured({ moves }: FrameCaptured): void {
    this.moves += moves;
  }

  damageAudited({ missed }: DamageAudited): void {
    this.missedTiles += missed;
  }
}

if (import.meta.main) {
  const { parseArgs } = await import("node:util");
  const { values } = parseArgs({
    options: { minutes: { type: "string", default: "10" }, seed: { type: "string" } },
  });
  const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
  // deno-lint-ignore no-console -- a program for people
  const report = (line: string) => console.log(line);
  report(`Seed ${seed}`);
  const { missedTiles } = await soak({ seed, seconds: Number(values.minutes) * 60, report });
  report(`${missedTiles} tiles were missed by damage`);
  Deno.exit(0); // the X server's libraries keep nothing that has to be waited for
}
