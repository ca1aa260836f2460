/**
 * The program: the command line around the library.
 *
 * @module
 */
import {
  type Listening,
  main,
  ownCommand,
  type PlayCommand,
  type RunningServer,
  startWatchdog,
} from "./lib/cli/mod.ts";
import type { Config, VNCServerOptions } from "./lib/mod.ts";
import { resizeDisplay, restoreDisplay, toLiveOptions, toOptions, VNCServer } from "./lib/serving.ts";

function startServer(config: Config, listening: Listening): Promise<RunningServer> {
  return start(toOptions(config), listening);
}

function playRecording(
  { file, ...options }: PlayCommand,
  config: Config,
  listening: Listening,
): Promise<RunningServer> {
  const recorded: VNCServerOptions = {
    ...toOptions(config),
    name: config.desktop_name || `Recording ${file}`,
    openDesktop: async () => {
      const { openRecordedScreen }: typeof import("./lib/mod.ts") = await import(
        import.meta.resolve("./lib/mod.ts")
      );
      return { screen: await openRecordedScreen(file, options) };
    },
    record: undefined,
  };
  return start(recorded, listening);
}

async function start(options: VNCServerOptions, listening: Listening): Promise<RunningServer> {
  const watchdog: VNCServerOptions["watchdog"] = (address) =>
    startWatchdog(address, ownCommand(Deno.build.standalone, import.meta.url));
  const server = new VNCServer({ ...options, watchdog });
  await server.start(listening);
  const { display, width, height } = server.status();
  return {
    port: server.port,
    webPort: server.webPort,
    fingerprint: server.fingerprint,
    desktop: `${display ?? "a lost display"}, ${width}x${height}`,
    finished: server.finished,
    stop: () => server.stop(),
    reload: (changed) => server.reload(toLiveOptions(changed)),
    operations: server.operations,
  };
}

if (import.meta.main) {
  // An executable has no folder of its own to keep settings in.
  const configFile = Deno.build.standalone ? undefined : `${import.meta.dirname}/config.json`;
  Deno.exit(
    await main(Deno.args, {
      startServer,
      playRecording,
      resizeDisplay,
      restoreDisplay,
      exportRecording: async ({ file, target }) => {
        const { exportFbs }: typeof import("./lib/mod.ts") = await import(
          import.meta.resolve("./lib/mod.ts")
        );
        return await exportFbs(file, target);
      },
      configFile,
    }),
  );
}
