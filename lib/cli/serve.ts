/**
 * `porthole serve`: configuration, logging, a virtual desktop if wanted, the server, and signals around it.
 *
 * @module
 */
import { changesBetween, type ConfigChanges } from "../config/changes.ts";
import type { Config } from "../config/schema.ts";
import { ConfigError, NativeError } from "../core/errors.ts";
import { getLogger } from "../core/log.ts";
import { configureLogging } from "../observability/log_sinks.ts";
import { EXIT_USAGE, type ServeCommand, type Terminal } from "./command.ts";
import { SignalListener } from "./signals.ts";
import { findConfig, type FoundConfig, stateFolder, type Surroundings } from "./sources.ts";
import { VirtualDesktop } from "./virtual_desktop.ts";
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
}

/** Starts a server. @throws {VncError} It cannot start, in words for the user. */
export type StartServer = (config: Config) => Promise<RunningServer>;

/** What `serve()` works with. */
export interface ServeContext extends Surroundings {
  readonly startServer: StartServer;
  readonly terminal: Terminal;
  /** Ends the process at once. */
  readonly exit: (code: number) => never;
}

const log = getLogger("serve");

/** The exit code of a server that could not start or broke down. */
const EXIT_FAILURE = 1;

/** Runs until the server has stopped. @returns The process's exit code. */
export async function serve(command: ServeCommand, context: ServeContext): Promise<number> {
  const { terminal } = context;
  try {
    const found = findConfig(command, context);
    setUpLogging(found, context);
    await using virtual = command.virtual && await startVirtualDesktop(command.virtual, found.config);
    const config = {
      ...found.config,
      state_folder: found.config.state_folder || stateFolder(context.environment),
      ...(virtual && { display: virtual.display, authority: virtual.authority }),
    };
    const server = await context.startServer(config);
    const { port, webPort, fingerprint, desktop } = server;
    using _listener = new SignalListener(actionsOn(server, found.config, command, context));
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
    await server.finished;
    return 0;
  } catch (error) {
    return tellFailure(error, terminal);
  }
}

function actionsOn(
  server: RunningServer,
  initial: Config,
  command: ServeCommand,
  context: ServeContext,
): ConstructorParameters<typeof SignalListener>[0] {
  let config = initial;
  return {
    stop(signal) {
      log.info("Stopping", { signal });
      server.stop().catch((error) => log.error("Cannot stop in good order", { error }));
    },
    // Children end by themselves: their shell sees the end of its input.
    abandon: (signal) => context.exit(signal === "SIGINT" ? 130 : 143),
    reload() {
      config = reload(server, config, command, context);
    },
  };
}

/** Reads the configuration again and applies what can be applied; a wrong one changes nothing. */
function reload(server: RunningServer, before: Config, command: ServeCommand, context: ServeContext): Config {
  let changes: ConfigChanges;
  try {
    const found = findConfig(command, context);
    changes = changesBetween(before, found.config);
    setUpLogging({ ...found, config: changes.config }, context);
    server.reload(changes.config);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const problem of error.problems) {
      log.error("Configuration is wrong and was not applied", { problem });
    }
    return before;
  }
  const { config, applied, needRestart } = changes;
  log.info("Configuration read again", { applied });
  if (needRestart.length > 0) {
    log.warning("Some settings take effect after a restart", { settings: needRestart });
  }
  return config;
}

/** @throws {ConfigError} A file cannot be written. */
function setUpLogging({ config, warnings }: FoundConfig, { terminal, environment }: ServeContext): void {
  const { log_format: format, log_file, log_max_bytes: maxBytes, log_files: files, audit_file } = config;
  const isForPeople = terminal.isInteractive === true && log_file === "";
  configureLogging({
    level: config.log_level,
    format: format === "auto" ? (isForPeople ? "pretty" : "json") : format,
    colours: isForPeople && !environment.NO_COLOR,
    write: (line) => terminal.err(line),
    file: log_file === "" ? undefined : { path: log_file, maxBytes, files },
    auditFile: audit_file === "" ? undefined : { path: audit_file, maxBytes, files },
  });
  const configLog = getLogger("config");
  for (const warning of warnings) configLog.warning(warning);
}

function startVirtualDesktop(
  size: { width: number; height: number },
  config: Config,
): Promise<VirtualDesktop> {
  if (config.display !== "") {
    throw new ConfigError([
      `--virtual: given together with display "${config.display}", allowed: one of the two`,
    ]);
  }
  return VirtualDesktop.start(size);
}

/** Says what went wrong without a stack where the message says all that can be done about it. */
function tellFailure(error: unknown, terminal: Terminal): number {
  if (error instanceof ConfigError) {
    for (const problem of error.problems) terminal.err(`porthole: ${problem}`);
    return EXIT_USAGE;
  }
  const known = error instanceof NativeError || error instanceof Deno.errors.AddrInUse ||
    error instanceof Deno.errors.AddrNotAvailable || error instanceof Deno.errors.PermissionDenied;
  terminal.err(`porthole: ${known ? error.message : String((error as Error)?.stack ?? error)}`);
  return EXIT_FAILURE;
}

/** Addresses by which other machines may reach this one. */
function ownAddresses(): string[] {
  return Deno.networkInterfaces()
    .map(({ address }) => address)
    .filter((address) => !address.startsWith("127.") && address !== "::1" && !address.startsWith("fe80:"));
}
