/**
 * The servers that are compared, and one that runs.
 *
 * @module
 */
import { freePort } from "../../tests/support/peers.ts";
import { Peer } from "./peer.ts";

/** What a server is to allow beyond its defaults. */
export interface Allowances {
  /** Peers that have not logged in. */
  readonly pending?: number;
  readonly viewers?: number;
}

/** How a server is started. */
interface Kind {
  readonly hasWeb: boolean;
  command(port: number, webPort: number, display: string, allowances: Allowances): readonly string[];
}

const SERVERS: Readonly<Record<string, Kind>> = {
  porthole: {
    hasWeb: true,
    command: (port, webPort, display, { pending, viewers }) => [
      ...[
        "deno",
        "run",
        "-A",
        "main.ts",
        "--port",
        `${port}`,
        "--web-port",
        `${webPort}`,
        "--display",
        display,
      ],
      ...["--localhost", "--shared", "always", "--frame-rate", "60", "--control-socket", "off"],
      ...["--log-level", "ERROR"],
      ...(pending ? ["--limits-pending-connections", `${pending}`] : []),
      ...(pending ? ["--limits-pending-connections-per-address", `${pending}`] : []),
      ...(viewers ? ["--max-connections", `${viewers}`] : []),
    ],
  },
  x11vnc: {
    hasWeb: false,
    command: (port, _webPort, display) => [
      ...["x11vnc", "-rfbport", `${port}`, "-localhost", "-forever", "-shared", "-quiet", "-noipv6", "-nopw"],
      ...["-display", display],
    ],
  },
  x0vncserver: {
    hasWeb: false,
    command: (port, _webPort, display) => [
      ...["X0tigervnc", "-rfbport", `${port}`, "-localhost", "-display", display, "-AlwaysShared"],
      ...["-SecurityTypes", "None"],
    ],
  },
};

export const SERVER_NAMES: readonly string[] = Object.keys(SERVERS);

const PATIENCE_MS = 20_000;

/** A running server. Disposing it ends it. */
export class ServerProcess implements AsyncDisposable {
  readonly port: number;
  readonly webPort: number | undefined;
  readonly #process: Deno.ChildProcess;
  #ended = false;

  private constructor(process: Deno.ChildProcess, port: number, webPort: number | undefined) {
    this.#process = process;
    this.port = port;
    this.webPort = webPort;
    void process.status.then(() => this.#ended = true);
  }

  /** Starts a server, and waits until it greets. */
  static async start(name: string, display: string, allowances: Allowances = {}): Promise<ServerProcess> {
    const { hasWeb, command } = SERVERS[name]!;
    const [port, webPort] = [freePort(), freePort()];
    const [program, ...args] = command(port, webPort, display, allowances);
    const process = new Deno.Command(program!, { args, stdin: "null", stdout: "null", stderr: "null" })
      .spawn();
    const server = new ServerProcess(process, port, hasWeb ? webPort : undefined);
    try {
      await server.#untilItGreets();
      return server;
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Resident memory, in KiB. */
  async residentKiB(): Promise<number> {
    return Number(/VmRSS:\s+(\d+)/.exec(await Deno.readTextFile(`/proc/${this.#process.pid}/status`))![1]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#process.kill("SIGKILL");
    } catch { /* it has ended already */ }
    await this.#process.status;
  }

  async #untilItGreets(): Promise<void> {
    for (const deadline = performance.now() + PATIENCE_MS;;) {
      try {
        using peer = await Peer.connect(this.port);
        await peer.skip(12);
        return;
      } catch (error) {
        if (this.#ended || performance.now() > deadline) throw error;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  }
}
