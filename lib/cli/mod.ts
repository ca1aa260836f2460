/**
 * The command line program, without the server that it runs: main.ts puts the two together.
 *
 * @module
 */
export type { ExportCommand, PlayCommand, ServeCommand } from "./command.ts";
export { main, type Program } from "./program.ts";
export type { RestoreDisplay } from "./restore.ts";
export { ownCommand, startWatchdog, type WatchedDisplay } from "./watchdog.ts";
export type { Listening, RunningServer, StartServer } from "./serve.ts";
export type { ResizeDisplay } from "./virtual_desktop.ts";
