/**
 * The thread in which attacks run: they are not to take time from the client that is measured.
 *
 * @module
 */
/// <reference lib="deno.worker" />
import { attack } from "./attacks.ts";
import type { Order } from "./attacker.ts";

let stop: (() => void) | undefined;

self.addEventListener("message", async ({ data }: MessageEvent<Order>) => {
  let problem = "";
  try {
    stop?.();
    stop = data.name === undefined ? undefined : await attack(data.name, data.target);
  } catch (error) {
    problem = (error as Error).message;
  }
  self.postMessage(problem);
});
