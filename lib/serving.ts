/**
 * The part of lib/mod.ts that a program needs to start a server. What the whole library has besides takes as long to load,
 * and is wanted by few: to play and to export recordings.
 *
 * @module
 */
export { VNCServer } from "./server.ts";
export { resizeDisplay, restoreDisplay } from "./backends.ts";
export { toLiveOptions, toOptions } from "./from_config.ts";
