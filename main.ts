/**
 * The program: the command line around the library.
 *
 * @module
 */
import { main, type RunningServer } from "./lib/cli/mod.ts";
import { type Config, toLiveOptions, toOptions, VNCServer } from "./lib/mod.ts";

async function startServer(config: Config): Promise<RunningServer> {
  const server = new VNCServer(toOptions(config));
  await server.start();
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
  Deno.exit(await main(Deno.args, { startServer, configFile }));
}
