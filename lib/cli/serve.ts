/**
 * `porthole serve`: configuration, logging, a virtual desktop if wanted, the server, and signals around it.
 *
 * @module
 */
import type { Config } from "../config/schema.ts";
import { ConfigError } from "../core/errors.ts";
import { getLogger } from "../core/log.ts";
import { RELEASE } from "../core/release.ts";
import type { ServerOperations } from "../observability/control_protocol.ts";
import type { ServeCommand, Terminal } from "./command.ts";
import { tellFailure } from "./failure.ts";
import { LogStart } from "./log_start.ts";
import { ServerActions } from "./server_actions.ts";
import { SignalListener } from "./signals.ts";
import { findConfig, type FoundConfig, stateFolder, type Surroundings } from "./sources.ts";
import type { ResizeDisplay, VirtualDesktop } from "./virtual_desktop.ts";
import { welcomeLines } from "./welcome.ts";

/** A server as far as the command line needs it. */
export interface RunningServer {
  /** The port that was really taken. */
  readonly port: number;
  /** The port for browsers; `undefined` when there is none. */
  readonly webPort?: number | undefined;
  /** SHA-256 of the certificate that browsers are shown, if any. */
  readonly fingerprint?: string | undefined;
  /** What is shared: name and size. */
  readonly desktop: string;
  /** Ends when the server has stopped, whoever stopped it; throws why it failed. */
  readonly finished: Promise<void>;
  stop(): Promise<void>;
  /** Makes live settings effective. */
  reload(config: Config): void;
  /** For operators; without it there is no control socket. */
  readonly operations?: ServerOperations;
}

/** To be called as soon as a server listens, and awaited before it lets anybody in. */
export type Listening = () => Promise<unknown>;

/** Starts a server. @throws {VncError} It cannot start, in words for the user. */
export type StartServer = (config: Config, listening: Listening) => Promise<RunningServer>;

/** What `serve()` works with. */
export interface ServeContext extends Surroundings {
  readonly startServer: StartServer;
  /** Lets virtual desktops grow; without it, their first size is the largest. */
  readonly resizeDisplay?: ResizeDisplay;
  readonly terminal: Terminal;
  /** Ends the process at once. */
  readonly exit: (code: number) => never;
}

type Logging = typeof import("./logging.ts");

const log = getLogger("serve");

/** Runs until the server has stopped. @returns The process's exit code. */
export async function serve(command: ServeCommand, context: ServeContext): Promise<number> {
  const { terminal } = context;
  try {
    const found = findConfig(command, context);
    for (const warning of found.warnings) getLogger("config").warning(warning);
    const logging = new LogStart(() => loadLogging(found.config, context));
    if (command.virtual || isMuchSaid(found)) await logging.begin();
    await using virtual = command.virtual &&
      await startVirtualDesktop(command.virtual, found.config, context);
    const config = {
      ...found.config,
      state_folder: found.config.state_folder || stateFolder(context.environment),
      ...(virtual && { display: virtual.display, authority: virtual.authority }),
    };
    const server = await logging.untilListening((listening) => context.startServer(config, listening));
    const { port, webPort, fingerprint, desktop } = server;
    const actions = new ServerActions(server, found.config, command, context, await logging.begin());
    using _listener = new SignalListener(actions);
    await using _control = await openControl(server, actions, config, context);
    const lines = welcomeLines({
      config,
      port,
      webPort,
      fingerprint,
      desktop,
      addresses: ownAddresses(),
      configFile: found.file,
    });
    for (const line of lines) terminal.out(line);
    // Whoever reads the log has not seen these lines.
    const isSeen = terminal.isInteractive === true && config.log_file === "";
    if (!isSeen) log.info("Serving {desktop}", { desktop, port, web_port: webPort, release: RELEASE });
    await server.finished;
    if (!isSeen) log.info("Stopped");
    return 0;
  } catch (error) {
    return tellFailure(error, terminal);
  }
}

/** Whether somebody looks for more than what has gone well, or the log may be what goes wrong. */
function isMuchSaid({ config: { log_level, log_file, audit_file }, warnings }: FoundConfig): boolean {
  return warnings.length > 0 || log_level !== "INFO" || log_file !== "" || audit_file !== "";
}

/** @throws {ConfigError} A file of the log cannot be written. */
async function loadLogging(config: Config, { terminal, environment }: ServeContext): Promise<Logging> {
  const logging: Logging = await import(import.meta.resolve("./logging.ts"));
  logging.setUpLogging(config, terminal, environment);
  return logging;
}

/** @throws {ConfigError} The socket that was asked for cannot be had; the server is stopped. */
async function openControl(
  server: RunningServer,
  actions: ServerActions,
  { control: { socket } }: Config,
  { environment }: ServeContext,
): Promise<AsyncDisposable | undefined> {
  if (!server.operations) return undefined;
  const { startControl }: typeof import("./control.ts") = await import(import.meta.resolve("./control.ts"));
  try {
    return await startControl({ socket, port: server.port, environment }, server.operations, actions);
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function startVirtualDesktop(
  size: { width: number; height: number },
  config: Config,
  { resizeDisplay }: ServeContext,
): Promise<VirtualDesktop> {
  if (config.display !== "") {
    throw new ConfigError([
      `--virtual: given together with display "${config.display}", allowed: one of the two`,
    ]);
  }
  const { VirtualDesktop }: typeof import("./virtual_desktop.ts") = await import(
    import.meta.resolve("./virtual_desktop.ts")
  );
  return await VirtualDesktop.start(size, resizeDisplay);
}

/** Addresses by which other machines may reach this one. */
function ownAddresses(): string[] {
  return Deno.networkInterfaces()
    .map(({ address }) => address)
    .filter((address) => !address.startsWith("127.") && address !== "::1" && !address.startsWith("fe80:"));
}
