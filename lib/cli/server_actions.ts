/**
 * What signals and operators make a running server do.
 *
 * @module
 */
import { changesBetween } from "../config/changes.ts";
import type { Config } from "../config/schema.ts";
import { ConfigError } from "../core/errors.ts";
import { getLogger } from "../core/log.ts";
import type { ReloadReport } from "../observability/control_protocol.ts";
import type { ServeCommand } from "./command.ts";
import type { setUpLogging } from "./logging.ts";
import type { RunningServer, ServeContext } from "./serve.ts";
import type { SignalActions } from "./signals.ts";
import { findConfig } from "./sources.ts";

const log = getLogger("serve");

/** Knows the configuration that is in force. */
export class ServerActions implements SignalActions {
  readonly #server: RunningServer;
  readonly #command: ServeCommand;
  readonly #context: ServeContext;
  readonly #setUpLogging: typeof setUpLogging;
  #config: Config;

  constructor(
    server: RunningServer,
    config: Config,
    command: ServeCommand,
    context: ServeContext,
    logging: { readonly setUpLogging: typeof setUpLogging },
  ) {
    this.#server = server;
    this.#config = config;
    this.#command = command;
    this.#context = context;
    this.#setUpLogging = logging.setUpLogging;
  }

  /** @param signal What asked for it. */
  stop(signal: string): void {
    log.info("Stopping", { signal });
    this.#server.stop().catch((error) => log.error("Cannot stop in good order", { error }));
  }

  abandon(signal: string): void {
    // Children end by themselves: their shell sees the end of its input.
    this.#context.exit(signal === "SIGINT" ? 130 : 143);
  }

  /** Reads the configuration again; a wrong one is told in the log. */
  reload(): void {
    try {
      this.reloadNow();
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
    }
  }

  /**
   * Reads the configuration again and applies what can be applied.
   *
   * @throws {ConfigError} It is wrong, and changes nothing.
   */
  reloadNow(): ReloadReport {
    const { terminal, environment } = this.#context;
    try {
      const found = findConfig(this.#command, this.#context);
      const { config, applied, needRestart } = changesBetween(this.#config, found.config);
      this.#setUpLogging(config, terminal, environment);
      for (const warning of found.warnings) getLogger("config").warning(warning);
      this.#server.reload(config);
      this.#config = config;
      log.info("Configuration read again", { applied });
      if (needRestart.length > 0) {
        log.warning("Some settings take effect after a restart", { settings: needRestart });
      }
      return { applied, needRestart };
    } catch (error) {
      if (error instanceof ConfigError) {
        for (const problem of error.problems) {
          log.error("Configuration is wrong and was not applied", { problem });
        }
      }
      throw error;
    }
  }
}
