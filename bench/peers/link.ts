/**
 * A slow link between viewers and a server.
 *
 * @module
 */
import { Program } from "../../tests/support/program.ts";
import { program } from "./programs.ts";

/** What a link is like, the same in both directions. */
export interface LinkShape {
  readonly kilobitsPerSecond: number;
  readonly oneWayMs: number;
  /** Bytes that may wait in front of it. */
  readonly queueBytes: number;
}

/** A line to a home: 20 Mbit/s, a round trip of 50 ms, and a router that holds another 50 ms. */
export const HOME_LINE: LinkShape = { kilobitsPerSecond: 20_000, oneWayMs: 25, queueBytes: 125_000 };

/** A relay that behaves like a link. Disposing it ends it. */
export class Link implements AsyncDisposable {
  /** Where viewers connect instead. */
  readonly port: number;
  readonly #program: Program;

  private constructor(relay: Program, port: number) {
    this.#program = relay;
    this.port = port;
  }

  /** Puts a link in front of a port of this machine. */
  static async to(targetPort: number, shape: LinkShape): Promise<Link> {
    const args = [targetPort, shape.kilobitsPerSecond, shape.oneWayMs, shape.queueBytes].map(String);
    const relay = Program.start(await program("link"), args);
    const [, port] = await relay.until(/^port (\d+)$/);
    return new Link(relay, Number(port));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program[Symbol.asyncDispose]();
  }
}
