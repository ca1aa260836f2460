/**
 * The whole program as users run it: from the sources or as an executable.
 *
 * @module
 */
import { SpokenProcess } from "./processes.ts";

/** The program at work in an empty folder of its own, with an environment that says no more than needed. */
export class ServedProgram extends SpokenProcess {
  readonly folder: string;

  /**
   * @param command What starts the program.
   * @param args Its arguments; it listens on a free port of this machine.
   * @param env Added to PATH and HOME, the latter being the folder.
   */
  constructor(
    [program, ...before]: readonly string[],
    args: readonly string[],
    env: Record<string, string> = {},
  ) {
    const folder = Deno.makeTempDirSync();
    // Its usual port is one that all of these would want; and a certificate would be kept in the folder.
    const withoutPage = args.includes("--web-port") || args.includes("--one-port") ? [] : ["--web-port", "0"];
    super(program!, {
      args: [...before, "--host", "127.0.0.1", "--port", "0", ...withoutPage, ...args],
      cwd: folder,
      clearEnv: true,
      env: { PATH: Deno.env.get("PATH")!, HOME: folder, ...env },
    });
    this.folder = folder;
  }

  /** The port that it tells. */
  async port(): Promise<number> {
    return Number((await this.until(/localhost::(\d+)\n/))[1]);
  }

  /** Processor time that it has used, in ms; the system counts in steps of 10. */
  cpuMs(): number {
    const fields = Deno.readTextFileSync(`/proc/${this.pid}/stat`).split(") ")[1]!.split(" ");
    return (Number(fields[11]) + Number(fields[12])) * 10;
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await super[Symbol.asyncDispose]();
    await Deno.remove(this.folder, { recursive: true });
  }
}
