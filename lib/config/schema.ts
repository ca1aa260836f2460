/**
 * Every setting of the server, once. From this table come the type {@linkcode Config}, the check, the defaults, the
 * command line's flags, the environment's variables, config.json, docs/config.schema.json and README.md's table.
 *
 * To add a setting, add its line here and the place that uses it (`toOptions()`), and run `deno task docs`.
 *
 * @module
 */
import { choice, integer, levels, list, number, type Setting, text, toggle } from "./setting.ts";

/** The table. A nested object is a group: `limits.login_seconds` is `--limits-login-seconds`. */
export const SETTINGS = {
  host: text("0.0.0.0", `Address to listen on; "::" is every IPv4 and IPv6 address`, { metavar: "ADDRESS" }),
  localhost: toggle(false, "Listen to this machine only, whatever the addresses to listen on"),
  unix_socket: text("", `Unix socket for viewers besides the port; "" is none`, { metavar: "FILE" }),
  unix_socket_mode: choice(
    "600",
    ["600", "660", "666"],
    "Who can open the Unix socket: you (600), your group too (660), or everybody on this machine (666)",
  ),
  unix_users: list(
    ["@self", "root"],
    "Users, by name or number, who need no password at the Unix socket, all others do; @self is you",
    { live: true, metavar: "USER,..." },
  ),
  trusted_proxies: list(
    [],
    "Addresses and networks of proxies that are believed when they say for whom they connect; none by default",
    { live: true, metavar: "NETWORK,..." },
  ),
  proxy_protocol: choice(
    "off",
    ["off", "viewers", "all"],
    "Where trusted proxies must begin with a PROXY header: nowhere, at the viewers' port, or at that for browsers too",
    { live: true },
  ),
  allow: list([], "Addresses and networks that may connect, such as 192.0.2.0/24; none is all", {
    live: true,
    metavar: "NETWORK,...",
  }),
  deny: list([], "Addresses and networks that may not connect; they rule over those of allow", {
    live: true,
    metavar: "NETWORK,...",
  }),
  port: integer(5900, 0, 65535, "TCP port for viewers; 0 picks a free one", { metavar: "PORT" }),
  web: {
    port: integer(6080, 0, 65535, "TCP port for browsers, http and https; 0 is none", { metavar: "PORT" }),
    host: text("", `Address to listen on for browsers; "" is host`, { metavar: "ADDRESS" }),
    tls: choice(
      "both",
      ["both", "only", "off"],
      "What browsers may speak: http and https, https only, or http only",
    ),
  },
  one_port: toggle(
    false,
    "Speak http, WebSocket and TLS on the viewers' port too; viewers then connect up to 20 ms later",
  ),
  allowed_origins: list(
    [],
    "Web origins and names of this machine, besides its own, from which browsers may connect; * is all",
    { live: true, metavar: "ORIGIN,..." },
  ),
  tls: {
    certificate: text("", `Certificate chain in PEM; "" is one of our own, made at the first start`, {
      live: true,
      metavar: "FILE",
    }),
    key: text("", `Its key in PEM; "" when the certificate's file holds both`, {
      live: true,
      metavar: "FILE",
    }),
  },
  state_folder: text("", `Folder for what is kept, such as the certificate; "" is $XDG_STATE_HOME/porthole`, {
    metavar: "FOLDER",
  }),
  display: text(
    "",
    `X display to share; "" is $DISPLAY, "pattern:" or "pattern:800x600" a test card without X`,
    {
      metavar: "DISPLAY",
    },
  ),
  authority: text("", `X authority file; "" is $XAUTHORITY, then ~/.Xauthority`, { metavar: "FILE" }),
  desktop_name: text("", `Name shown by viewers; "" is "Porthole on" and the display`, {
    metavar: "NAME",
  }),
  capture: choice("auto", ["auto", "shm", "get-image"], "How pixels are read from the X server"),
  scale_factor: number(
    1,
    0.1,
    4,
    "Size of the desktop that viewers get: 0.5 is half as wide and high, with the pointer to match",
    { metavar: "FACTOR" },
  ),
  enable_region_detection: toggle(
    true,
    "Find out what changed; off, the whole screen counts as changed when anything may have",
  ),
  poll_share: integer(
    10,
    1,
    100,
    "Percent of a processor for finding changes, where the X server does not report them",
    { metavar: "PERCENT" },
  ),
  frame_rate: integer(30, 1, 60, "Frames a second at most", { live: true, metavar: "FPS" }),
  password: text(
    "",
    "Password for full access; other people on this machine can see a flag: prefer a password file",
    {
      live: true,
      secret: true,
      metavar: "PASSWORD",
    },
  ),
  read_only_password: text("", "Password that lets viewers look only", {
    live: true,
    secret: true,
    metavar: "PASSWORD",
  }),
  password_file: text(
    "",
    "File with the password on its first line and the read-only one on its second, or as vncpasswd makes it",
    { live: true, metavar: "FILE" },
  ),
  users_file: text("", "File with users, their roles and passwords; porthole passwd --user makes it", {
    live: true,
    metavar: "FILE",
  }),
  pam_service: text(
    "",
    `Service of PAM (a file in /etc/pam.d) by which accounts of this machine log in; "" is none`,
    { live: true, metavar: "NAME" },
  ),
  pam_users: list(
    [],
    "Accounts that may log in by it besides yours, such as anna, viktor:viewer, or *; operators if no role is said",
    { live: true, metavar: "NAME,..." },
  ),
  insecure_no_auth: toggle(false, "Let everybody in from every machine without a password", { live: true }),
  encryption: choice(
    "auto",
    ["auto", "required", "always"],
    "Offer encryption to viewers on other machines, let nobody in from there without it (required), or use it on this machine too (always)",
    { live: true },
  ),
  accept: choice(
    "off",
    ["off", "ask", "view"],
    "Ask the person at the desktop before a viewer comes in, after its login; without an answer it is refused (ask), or may look (view)",
    { live: true },
  ),
  accept_seconds: integer(20, 1, 600, "Time for that person to answer", { live: true, metavar: "SECONDS" }),
  blank_screen: toggle(false, "Make the monitors dark while a viewer is there", { live: true }),
  lock_local_input: toggle(
    false,
    "Have the machine's own keyboards and pointers do nothing while a viewer is there",
    { live: true },
  ),
  apple_dh: choice(
    "off",
    ["off", "1024", "2048"],
    "Offer Apple's Diffie-Hellman login (type 30) with so many bits; weak: whoever is in between reads the password",
    { live: true },
  ),
  view_only: toggle(false, "Ignore keyboard, pointer and clipboard of all viewers", { live: true }),
  input_control_policy: choice(
    "shared",
    ["shared", "single-controller"],
    "Who controls the desktop: everybody with full access, or one at a time while the others look",
    { live: true },
  ),
  control_idle_seconds: integer(
    60,
    0,
    86_400,
    "With single-controller: who does nothing for so long gives control up; 0 is never",
    { live: true, metavar: "SECONDS" },
  ),
  clipboard: choice("both", ["both", "clipboard", "primary", "off"], "X selections that viewers share"),
  shared: choice(
    "disconnect",
    ["always", "never", "disconnect"],
    "A viewer that wants the desktop for itself: disconnect the others, let it share (always), or refuse it while another is there (never)",
    { live: true },
  ),
  network_profile_override: choice(
    "auto",
    ["auto", "localhost", "lan", "wan"],
    "What to assume of viewers' networks; auto goes by their addresses and round trips",
    { live: true },
  ),
  max_connections: integer(10, 1, 10_000, "Viewers at the same time", { live: true }),
  limits: {
    handshake_seconds: integer(10, 1, 600, "Time for a peer to choose version and security type"),
    login_seconds: integer(30, 1, 600, "Time for a peer to log in, from its connection on"),
    idle_seconds: integer(
      0,
      0,
      604_800,
      "A viewer that presses, moves and copies nothing for so long has to go; 0: it may stay",
    ),
    session_seconds: integer(0, 0, 604_800, "Time after which a session ends; 0: it does not"),
    connections_per_address: integer(
      0,
      0,
      10_000,
      "Viewers from one address at the same time, except this machine's own; 0 is all that max_connections lets in",
    ),
    pending_connections: integer(64, 1, 10_000, "Peers that have not logged in, at the same time"),
    pending_connections_per_address: integer(8, 1, 10_000, "The same, from one address"),
    cut_text_bytes: integer(1_048_576, 0, 16_777_216, "Longest clipboard text; longer ones are skipped", {
      metavar: "BYTES",
    }),
  },
  record: text(
    "",
    `File to record the desktop to, or folder for a recording of each session: one that is there or ends with "/"`,
    { metavar: "FILE" },
  ),
  record_keys: toggle(false, "Record which keys were pressed and where the pointer was, passwords included"),
  record_frame_rate: integer(15, 1, 60, "Pictures a second of the desktop's recording at most", {
    metavar: "FPS",
  }),
  record_quality: choice(
    "lossless",
    ["lossless", "high", "medium", "low"],
    "How photographs and videos are in the desktop's recording while they move",
  ),
  record_pointer: toggle(false, "Have the pointer in the desktop's recorded picture"),
  record_format: choice("porthole", ["porthole", "fbs"], "What recordings are; fbs is for other players"),
  log_level: levels("INFO", "Least weight of what is logged", { live: true }),
  log_format: choice(
    "auto",
    ["auto", "pretty", "plain", "json"],
    "How log lines look; auto is pretty on a terminal and JSON elsewhere",
    { live: true },
  ),
  log_file: text("", "File for the log, instead of the standard error", { live: true, metavar: "FILE" }),
  log_max_bytes: integer(10_485_760, 4096, 1_073_741_824, "Size at which a log file is put aside", {
    live: true,
    metavar: "BYTES",
  }),
  log_files: integer(5, 1, 100, "Log files that are kept, the one that is written counted", { live: true }),
  audit_file: text("", "File that tells who came, how, when they went and why, besides the log", {
    live: true,
    metavar: "FILE",
  }),
  enable_metrics: toggle(
    true,
    "Count what happens; /metrics of the web port tells, and that of metrics.port",
  ),
  metrics: {
    port: integer(0, 0, 65535, "TCP port for Prometheus alone, usually 9100; 0 is none", { metavar: "PORT" }),
    host: text("127.0.0.1", "Address to listen on for Prometheus", { metavar: "ADDRESS" }),
  },
  control: {
    socket: text(
      "",
      `Unix socket of porthole ctl and top; "" is one in $XDG_RUNTIME_DIR or /tmp, "off" none`,
      {
        metavar: "FILE",
      },
    ),
  },
} satisfies SettingTable;

/** Settings by name, in groups. */
export interface SettingTable {
  readonly [key: string]: Setting<unknown> | SettingTable;
}

/** Values by the same names. */
export type Values<Table> = {
  readonly [Key in keyof Table]: Table[Key] extends Setting<infer Value> ? Value : Values<Table[Key]>;
};

/** A whole configuration, every value of its type and in its range. */
export type Config = Values<typeof SETTINGS>;

/** Some settings, the others as they are. */
export type PartialConfig = PartialValues<typeof SETTINGS>;
type PartialValues<Table> = {
  readonly [Key in keyof Table]?: Table[Key] extends Setting<infer Value> ? Value : PartialValues<Table[Key]>;
};

/** A setting with its place in the table. */
export interface Entry {
  /** Keys from the root: "limits.login_seconds". */
  readonly path: string;
  /** The flag: "--limits-login-seconds". */
  readonly flag: `--${string}`;
  /** The environment variable: "PORTHOLE_LIMITS_LOGIN_SECONDS". */
  readonly variable: string;
  readonly setting: Setting<unknown>;
}

/** Every setting of `table` in order, groups opened up. */
export function entriesOf(table: SettingTable = SETTINGS, prefix = ""): Entry[] {
  return Object.entries(table).flatMap(([key, value]) => {
    const path = prefix + key;
    if (!isSetting(value)) return entriesOf(value, `${path}.`);
    return [{
      path,
      flag: `--${path.replaceAll(/[._]/g, "-")}` as const,
      variable: `PORTHOLE_${path.replaceAll(".", "_").toUpperCase()}`,
      setting: value,
    }];
  });
}

/** Whether a part of the table is a setting and not a group. */
export function isSetting(value: SettingTable[string]): value is Setting<unknown> {
  return typeof (value as Setting<unknown>).fromText === "function";
}

/** The value at `path` in a configuration. */
export function valueAt(config: Config, path: string): unknown {
  return path.split(".").reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], config);
}
