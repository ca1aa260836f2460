/**
 * For programs that use the library, and configure LogTape as they like: to import this is to have it carry the log.
 *
 * @module
 */
import { carryWithLogTape } from "./log_backend.ts";

carryWithLogTape();
