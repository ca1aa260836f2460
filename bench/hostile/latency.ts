/**
 * What an attack adds to another viewer's latency: with and without it in turns, so that whatever else the machine does
 * falls on both.
 *
 * @module
 */
import { Drawing } from "../../tests/support/x11_desktop.ts";
import { percentile } from "../peers/statistics.ts";
import { Attacker } from "./attacker.ts";
import { MOST_MS, Probe } from "./probe.ts";
import { ServerProcess } from "./servers.ts";

/** How long to measure. */
export interface Turns {
  readonly rounds: number;
  /** Of each half of a round, in ms. */
  readonly phaseMs: number;
}

/** Of some changes, ms from drawing to arrival. */
export interface Latencies {
  readonly changes: number;
  readonly median: number;
  readonly p99: number;
}

/** What an attack did. */
export interface UnderAttack {
  readonly quiet: Latencies;
  readonly attacked: Latencies;
  /** Median of the medians' differences of all rounds, in ms. */
  readonly added: number;
  /** Difference of the 99th percentiles, in ms. */
  readonly addedP99: number;
  /** A change did not come in time: the figures are lower bounds. */
  readonly stalled: boolean;
}

/** Between an attack's beginning or end and the next measurement, in ms. */
const SETTLE_MS = 120;

/** A server under attacks. Owns it, and starts another one when it has stalled. */
export class Victim implements AsyncDisposable {
  readonly #name: string;
  readonly #display: string;
  readonly #drawing: Drawing;
  #running:
    | { readonly server: ServerProcess; readonly probe: Probe; readonly attacker: Attacker }
    | undefined;

  constructor(name: string, display: string, drawing: Drawing) {
    this.#name = name;
    this.#display = display;
    this.#drawing = drawing;
  }

  /** Suffers an attack. */
  async under(attack: string, { rounds, phaseMs }: Turns): Promise<UnderAttack> {
    const { probe, attacker } = this.#running ??= await this.#start();
    const quiet: number[] = [], attacked: number[] = [], differences: number[] = [];
    let stalled = false;
    for (let round = 0; round < rounds && !stalled; round++) {
      const before = await probe.run(phaseMs);
      await attacker.begin(attack);
      await pause();
      const during = await probe.run(phaseMs);
      stalled = during.includes(MOST_MS);
      if (!stalled) await attacker.stop();
      await pause();
      quiet.push(...before);
      attacked.push(...during);
      differences.push(percentile(during, 0.5) - percentile(before, 0.5));
    }
    if (stalled) await this.restart();
    return {
      quiet: summary(quiet),
      attacked: summary(attacked),
      added: percentile(differences, 0.5),
      addedP99: percentile(attacked, 0.99) - percentile(quiet, 0.99),
      stalled,
    };
  }

  /** Ends the server; the next attack finds a new one. */
  async restart(): Promise<void> {
    const { server, probe, attacker } = this.#running ?? {};
    this.#running = undefined;
    attacker?.[Symbol.dispose]();
    await probe?.[Symbol.asyncDispose]();
    await server?.[Symbol.asyncDispose]();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.restart();
  }

  async #start() {
    const server = await ServerProcess.start(this.#name, this.#display);
    try {
      const probe = await Probe.connect(server.port, this.#drawing);
      // What runs for the first time is loaded and compiled first.
      if (server.webPort) await (await fetch(`http://127.0.0.1:${server.webPort}/`)).body?.cancel();
      await probe.run(1000);
      return { server, probe, attacker: new Attacker(server) };
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
}

function summary(latencies: readonly number[]): Latencies {
  return {
    changes: latencies.length,
    median: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99),
  };
}
