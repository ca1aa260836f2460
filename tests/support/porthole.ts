/**
 * Our own server, started for tests as other people's servers are (peers.ts).
 *
 * @module
 */
import { VNCServer } from "../../lib/mod.ts";
import type { StartServer } from "./peers.ts";

/** Serves a display from this process, on a free port of 127.0.0.1. */
export const startPorthole: StartServer = async (display, { password } = {}) => {
  const server = new VNCServer({
    hostname: "127.0.0.1",
    port: 0,
    display,
    frameRate: 60,
    maxConnections: 64,
    ...(password === undefined ? {} : { password }),
  });
  await server.start();
  return {
    port: server.port,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
};
