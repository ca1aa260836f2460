/**
 * All that is fuzzed.
 *
 * @module
 */
import type { FuzzTarget } from "../target.ts";
import { CLIPBOARD, RECORDINGS } from "./data.ts";
import { ENCODERS } from "./encoders.ts";
import { HANDSHAKES } from "./handshakes.ts";
import { INNER_LOGINS } from "./inner_logins.ts";
import { RSA_AES_RECORDS, RSA_KEYS, TLS_RECORDS } from "./layers.ts";
import { MESSAGE_PARSERS } from "./messages.ts";
import { SESSIONS } from "./sessions.ts";
import { COMMAND_LINES, CONFIGURATION, FILES } from "./settings.ts";
import { FORWARDING, HTTP, PROXY_PROTOCOL, WEBSOCKET_FRAMES } from "./web.ts";

export const TARGETS: readonly FuzzTarget[] = [
  SESSIONS,
  HANDSHAKES,
  INNER_LOGINS,
  MESSAGE_PARSERS,
  WEBSOCKET_FRAMES,
  HTTP,
  FORWARDING,
  PROXY_PROTOCOL,
  CONFIGURATION,
  COMMAND_LINES,
  FILES,
  RSA_AES_RECORDS,
  RSA_KEYS,
  TLS_RECORDS,
  RECORDINGS,
  CLIPBOARD,
  ENCODERS,
];
