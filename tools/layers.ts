/**
 * Who may import whom. tests/architecture_test.ts checks it; ARCHITECTURE.md explains it.
 *
 * @module
 */

/**
 * For each folder of lib/: the other folders that it may import, besides itself. A folder that is not listed may not
 * exist. An entry `type:folder` allows type imports only.
 */
export const LAYERS: Readonly<Record<string, readonly string[]>> = {
  // The ground.
  core: [],
  kernels: ["core"],
  // The pipeline, in the order the bytes travel.
  protocol: ["core"],
  transport: ["core"],
  security: ["core", "kernels", "protocol", "transport"],
  session: ["core", "type:damage", "desktop", "encodings", "input", "protocol", "security", "transport"],
  desktop: ["core", "capture", "clipboard", "damage", "input", "kernels"],
  damage: ["core", "kernels"],
  encodings: ["core", "kernels", "protocol"],
  // The machine.
  capture: ["core", "kernels", "ffi"],
  input: ["core", "ffi"],
  clipboard: ["core", "ffi"],
  ffi: ["core"],
  workers: ["core", "encodings", "kernels", "type:protocol"],
  // Leaves.
  config: ["core", "security"],
  observability: ["core"],
  recording: ["core", "type:capture", "encodings", "protocol", "type:transport"],
  web: ["core", "transport"],
  cli: ["core", "config", "observability", "security"],
};

/** Files directly in lib/: `undefined` is all of lib. */
export const ROOT_FILES: Readonly<Record<string, readonly string[] | undefined>> = {
  "server.ts": undefined,
  "later.ts": undefined,
  "scaled.ts": ["capture", "input", "kernels"],
  "within_reach.ts": undefined,
  "reception.ts": undefined,
  "listeners.ts": ["core"],
  "arrivals.ts": undefined,
  "local_side.ts": undefined,
  "idle_memory.ts": ["core"],
  "server_options.ts": undefined,
  "server_accounts.ts": undefined,
  "server_credentials.ts": undefined,
  "server_invitations.ts": undefined,
  "server_recording.ts": undefined,
  "from_config.ts": undefined,
  "backends.ts": undefined,
  "web_access.ts": undefined,
  "mod.ts": undefined,
  "serving.ts": undefined,
};

/** What programs outside of lib/ may import of it: main.ts composes the command line and the library. */
export const ENTRIES: Readonly<Record<string, readonly string[]>> = {
  "main.ts": ["lib/serving.ts", "lib/mod.ts", "lib/cli/mod.ts"],
  "examples/": ["lib/mod.ts"],
};

/** npm and node modules that a folder may import; those that are not listed may import none. */
export const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  core: ["@logtape/logtape", "node:buffer", "node:crypto", "node:timers"],
  config: ["valibot"],
  cli: ["@optique/core"],
  observability: ["@logtape/logtape", "node:async_hooks", "node:http", "node:net"],
  encodings: ["node:zlib", "node:buffer"],
  security: ["node:crypto", "node:buffer"],
  transport: ["node:buffer", "node:net", "node:stream", "node:tls"],
  web: ["@novnc/novnc", "node:crypto", "node:http", "node:stream", "node:tls", "node:zlib"],
};

/**
 * What the program does not load before its server listens, to be quick to start: neither main.ts nor what it imports may
 * import it, but by `import()` of what is no literal: Deno reads those with all that they need before a program begins. For
 * folders, lib/later.ts is the place.
 */
export const LATER: { readonly folders: readonly string[]; readonly packages: readonly string[] } = {
  folders: ["damage", "desktop", "encodings", "kernels", "protocol", "recording", "transport", "workers"],
  packages: [
    "@logtape/logtape",
    "@optique/core",
    "@novnc/novnc",
    "node:async_hooks",
    "node:buffer",
    "node:crypto",
    "node:http",
    "node:net",
    "node:process",
    "node:timers",
    "node:zlib",
  ],
};

/** What only one place may say. */
export const CONFINED: readonly { readonly pattern: RegExp; readonly to: RegExp; readonly why: string }[] = [
  { pattern: /\bDeno\s*\.\s*dlopen\b/, to: /^ffi\//, why: "native code is opened in lib/ffi" },
  {
    pattern: /\bDeno\s*\.\s*Unsafe(Pointer\w*|Callback|FnPointer)\b(?!\.create)/,
    to: /^ffi\//,
    why: "native pointers stay in lib/ffi",
  },
  { pattern: /\bnew\s+Worker\b/, to: /^workers\//, why: "threads are started in lib/workers" },
  {
    pattern: /\bDeno\s*\.\s*listen(Tls)?\b/,
    // Operators are no peers of RFB: their socket is a file, and opening it is a matter of files.
    to: /^(listeners|observability\/control_socket)\.ts$/,
    why: "listeners are opened in lib/listeners.ts, the operators' in lib/observability/control_socket.ts",
  },
  {
    pattern: /\bDeno\s*\.\s*(env|exit|args)\b/,
    to: /^(cli|ffi)\//,
    why: "only a program looks at its surroundings, and X at $DISPLAY",
  },
  { pattern: /\bconsole\s*\./, to: /^$/, why: "lib logs by getLogger()" },
];

/** A file with more lines has more than one job. Generated ones and tables are exempt by `LONG_FILES`. */
export const MOST_LINES = 500;

/** Files that may be longer, each with its reason. */
export const LONG_FILES: Readonly<Record<string, string>> = {};
