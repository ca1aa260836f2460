/**
 * How a server is to be: what embedders pass to `new VNCServer()`.
 *
 * @module
 */
import type { DisplayAddress } from "./backends.ts";
import type { ScreenSource } from "./capture/screen_source.ts";
import type { Clipboard } from "./clipboard/clipboard.ts";
import type { Curtain } from "./core/curtain.ts";
import type { Questioner } from "./core/questioner.ts";
import { DEFAULT_LIMITS, type Limits } from "./core/limits.ts";
import type { ServerObserver } from "./core/observer.ts";
import { WebOrigins } from "./core/web_origins.ts";
import type { EncodingDefinition } from "./encodings/encoding.ts";
import type { InputBackend } from "./input/input_sink.ts";
import type { RecordingFormat } from "./recording/session_recorder.ts";
import { AccountRules, checkPamService } from "./security/accounts.ts";
import type { EncryptionPolicy, SecurityTypeDefinition } from "./security/security_type.ts";
import type { AcceptPolicy } from "./security/consent.ts";
import type { AppleDhBits } from "./security/apple_dh.ts";
import { AddressList, AddressRules } from "./security/address_rules.ts";
import { LocalUsers } from "./security/local_users.ts";
import type { Users } from "./security/users.ts";
import type { ControlPolicy } from "./session/input_control.ts";
import type { NetworkProfileName } from "./session/network_profile.ts";
import type { SharedPolicy } from "./session/session_list.ts";

/** Which X selections are shared with viewers. */
export type ClipboardChoice = "both" | "clipboard" | "primary" | "off";

/** How pixels are read from an X server. */
export type CaptureChoice = "auto" | "shm" | "get-image";

/** What is spoken on the web port: http and https, https only, or http only. */
export type WebTlsChoice = "both" | "only" | "off";

/** Who can open the Unix socket: its owner, its group too, or everybody on this machine. */
export type UnixSocketMode = "600" | "660" | "666";

/** Where proxies that are believed begin with a header of the PROXY protocol. */
export type ProxyProtocolPolicy = "off" | "viewers" | "all";

/** The port for browsers. */
export interface WebOptions {
  /** TCP port; 0 picks a free one. */
  readonly port: number;
  /** Address to listen on; that for viewers by default. */
  readonly hostname?: string;
  /** Do without, with a warning, when another program has the port. */
  readonly optional?: boolean;
}

/** What to record, and how. */
export interface RecordOptions {
  /** A file for the desktop, or a folder with a file for each session: one that is there, or whose name ends with "/". */
  readonly path: string;
  /** Record which keys were pressed and where the pointer was, too; not by default: passwords are keys. */
  readonly keys?: boolean;
  /** Pictures a second of the desktop, 1 to 60; 15 by default. */
  readonly frameRate?: number;
  /** Have the pointer in the desktop's picture; not by default. */
  readonly pointer?: boolean;
  /** Photographs on the desktop may lose what JPEG of this quality loses, 0 to 9, until they stand still; not by default. */
  readonly quality?: number | undefined;
  /** The desktop's recording can be understood from places so far apart; 30 by default. Less makes it larger. */
  readonly keyFrameSeconds?: number;
  /** "porthole" by default; "fbs" for other players. */
  readonly format?: RecordingFormat;
}

/** A screen of the embedder's own, in place of a display. The server owns it from then on. */
export interface CustomDesktop {
  readonly screen: ScreenSource;
  readonly input?: InputBackend;
  readonly clipboard?: Clipboard;
  /** Asks whoever sits there; by default nobody does. */
  readonly questioner?: Questioner;
  /** Hides the desktop from whoever sits there; by default nothing does. */
  readonly curtain?: Curtain;
}

/** Settings that can change while the server runs. */
export interface LiveOptions {
  /** Frames per second at most: 1 to 60. */
  readonly frameRate?: number;
  /** Gives full control; "" is none. */
  readonly password?: string;
  /** Lets look only; "" is none. */
  readonly viewOnlyPassword?: string;
  /** Lets peers from other machines in without a password. */
  readonly insecureNoAuth?: boolean;
  /** People with names and passwords of their own; none by default. */
  readonly users?: Users;
  /** Users of this machine, by name or number, who need no password at the Unix socket; `["@self", "root"]` by default. */
  readonly unixUsers?: readonly string[];
  /** Addresses and networks of proxies that are believed when they say for whom they connect; none by default. */
  readonly trustedProxies?: readonly string[];
  /** Where those must begin with a header of the PROXY protocol: nowhere by default, for viewers, or for browsers too. */
  readonly proxyProtocol?: ProxyProtocolPolicy;
  /** PAM's service (a file in /etc/pam.d) that accounts of this machine log in by; "" by default, which is none. */
  readonly pamService?: string;
  /** Accounts that may log in by it besides the one that runs the server: "anna", "anna:viewer", "*"; none by default. */
  readonly pamUsers?: readonly string[];
  /** Addresses and networks, such as "192.0.2.0/24", that may connect; all by default. */
  readonly allow?: readonly string[];
  /** Addresses and networks that may not connect, even if they are allowed. */
  readonly deny?: readonly string[];
  /** Whether viewers' traffic has to be encrypted; "auto" by default, which offers it where it could be read. */
  readonly encryption?: EncryptionPolicy;
  /** Whether the person at the desktop is asked before viewers come in; "off" by default. */
  readonly accept?: AcceptPolicy;
  /** Time to answer, in seconds, 1 to 600; 20 by default. */
  readonly acceptSeconds?: number;
  /** Monitors are dark while viewers are there; not by default. */
  readonly blankScreen?: boolean;
  /** Keyboards and pointers of the machine do nothing while viewers are there; not by default. */
  readonly lockLocalInput?: boolean;
  /** Bits of Apple's Diffie-Hellman login, which is weak: 0 by default, which does not offer it. */
  readonly appleDh?: AppleDhBits | 0;
  /** Nobody may touch anything. */
  readonly viewOnly?: boolean;
  /** Whether everybody with full access controls the desktop, or one at a time; "shared" by default. */
  readonly inputControlPolicy?: ControlPolicy;
  /** Who controls it and does nothing for so long gives it up, in seconds, 0 to 86400; 60 by default, 0 is never. */
  readonly controlIdleSeconds?: number;
  /** What becomes of the others when a viewer wants the desktop for itself. */
  readonly shared?: SharedPolicy;
  /** Viewers at the same time. */
  readonly maxConnections?: number;
  /** What to assume of new viewers' networks; "auto" by default, which goes by address and round trip. */
  readonly networkProfile?: NetworkProfileName;
  /** Origins and host names, besides this machine's own, from which browsers may connect; "*" is every one. */
  readonly allowedOrigins?: readonly string[];
  /** Certificate chain in PEM; "" by default, which is one of our own. */
  readonly certificateFile?: string;
  /** Its key in PEM; "" by default, when the certificate's file holds both. */
  readonly keyFile?: string;
}

/** Metrics for Prometheus. */
export interface MetricsOptions {
  /** TCP port of an HTTP server for them alone, 0 picks a free one; by default there is none but the web port. */
  readonly port?: number;
  /** "127.0.0.1" by default. */
  readonly hostname?: string;
}

/** All settings. */
export interface VNCServerOptions extends LiveOptions {
  /** Address to listen on: "0.0.0.0" by default, "::" for IPv4 and IPv6. */
  readonly hostname?: string;
  /** TCP port, 5900 by default; 0 picks a free one. */
  readonly port?: number;
  /** Path of a Unix socket for viewers, besides the port; "" by default, which is none. */
  readonly unixSocket?: string;
  /** "600" by default: only its owner can connect. */
  readonly unixSocketMode?: UnixSocketMode;
  /** X display, "pattern:" or "pattern:WIDTHxHEIGHT"; "" by default, which is $DISPLAY. */
  readonly display?: string;
  /** X authority file; "" by default, which is $XAUTHORITY or ~/.Xauthority. */
  readonly authority?: string;
  /** In place of `display`. Opened again after it was lost. */
  readonly openDesktop?: () => Promise<CustomDesktop>;
  /** What viewers show as a title. */
  readonly name?: string;
  readonly capture?: CaptureChoice;
  /** Pixels that viewers get for a pixel of the screen, in each direction: 0.1 to 4; 1 by default. */
  readonly scaleFactor?: number;
  /** Compare pixels to find out what changed; `true` by default. */
  readonly compare?: boolean;
  /** Percent of a processor that looking for changes may take on displays that do not report them, 1 to 100; 10 by default. */
  readonly pollShare?: number;
  readonly clipboard?: ClipboardChoice;
  /** Threads that help with big updates, 0 to 16; by default one less than there are processors, at most 4. */
  readonly workers?: number;
  /** Serve a page and WebSockets to browsers; not by default. */
  readonly web?: WebOptions | undefined;
  /** What is spoken to browsers; "both" by default. */
  readonly webTls?: WebTlsChoice;
  /** Speak HTTP, WebSocket and TLS on the viewers' port too. Viewers wait for it: at most 20 ms when they connect. */
  readonly onePort?: boolean;
  /** Folder for what is to outlive the server, such as its certificate; "" by default, which keeps nothing. */
  readonly stateFolder?: string;
  /** Record the desktop or the sessions; not by default. */
  readonly record?: RecordOptions | undefined;
  readonly limits?: Partial<Limits>;
  /** Count what happens, for Prometheus: done by default, `false` does without. */
  readonly metrics?: MetricsOptions | false;
  readonly observers?: readonly ServerObserver[];
  /**
   * Starts somebody who calls `restoreDisplay()` if this process is killed while monitors are dark or devices idle, and does
   * nothing once it is disposed; by default nobody is there, and the next start puts them back.
   */
  readonly watchdog?: ((address: DisplayAddress) => Disposable | undefined) | undefined;
  /** In place of `ENCODINGS`. */
  readonly encodings?: readonly EncodingDefinition[];
  /** In place of `SECURITY_TYPES`. */
  readonly securityTypes?: readonly SecurityTypeDefinition[];
}

/** Their defaults are loaded when the server listens: lib/later.ts. */
type LaterDefault = "encodings" | "securityTypes";

/** Options with nothing left open, but for what has no default. */
export type ResolvedOptions =
  & Required<Omit<VNCServerOptions, LaterDefault | "openDesktop" | "limits" | "web">>
  & {
    readonly [Name in LaterDefault]: VNCServerOptions[Name] | undefined;
  }
  & {
    readonly openDesktop: (() => Promise<CustomDesktop>) | undefined;
    readonly web: WebOptions | undefined;
    readonly limits: Limits;
  };

const DEFAULTS: ResolvedOptions = {
  hostname: "0.0.0.0",
  port: 5900,
  unixSocket: "",
  unixSocketMode: "600",
  unixUsers: ["@self", "root"],
  trustedProxies: [],
  proxyProtocol: "off",
  display: "",
  authority: "",
  openDesktop: undefined,
  name: "",
  capture: "auto",
  scaleFactor: 1,
  compare: true,
  pollShare: 10,
  clipboard: "both",
  frameRate: 30,
  password: "",
  viewOnlyPassword: "",
  insecureNoAuth: false,
  users: new Map(),
  pamService: "",
  pamUsers: [],
  allow: [],
  deny: [],
  encryption: "auto",
  appleDh: 0,
  accept: "off",
  acceptSeconds: 20,
  blankScreen: false,
  lockLocalInput: false,
  viewOnly: false,
  inputControlPolicy: "shared",
  controlIdleSeconds: 60,
  shared: "disconnect",
  maxConnections: 10,
  networkProfile: "auto",
  allowedOrigins: [],
  certificateFile: "",
  keyFile: "",
  web: undefined,
  record: undefined,
  webTls: "both",
  onePort: false,
  stateFolder: "",
  workers: Math.min(4, Math.max(0, navigator.hardwareConcurrency - 1)),
  limits: DEFAULT_LIMITS,
  metrics: { hostname: "127.0.0.1" },
  observers: [],
  watchdog: undefined,
  encodings: undefined,
  securityTypes: undefined,
};

/** Fills in what was not said. @throws {RangeError} A number is out of its range. */
export function resolveOptions(options: VNCServerOptions): ResolvedOptions {
  return checked({
    ...DEFAULTS,
    ...definedOf(options),
    limits: { ...DEFAULT_LIMITS, ...definedOf(options.limits ?? {}) },
  });
}

/** Other settings for a server that runs. @throws {RangeError} A number is out of its range. */
export function changeOptions(options: ResolvedOptions, changes: LiveOptions): ResolvedOptions {
  const live: (keyof LiveOptions)[] = [
    "frameRate",
    "password",
    "viewOnlyPassword",
    "insecureNoAuth",
    "users",
    "pamService",
    "pamUsers",
    "unixUsers",
    "trustedProxies",
    "proxyProtocol",
    "allow",
    "deny",
    "encryption",
    "appleDh",
    "accept",
    "acceptSeconds",
    "blankScreen",
    "lockLocalInput",
    "viewOnly",
    "inputControlPolicy",
    "controlIdleSeconds",
    "shared",
    "maxConnections",
    "networkProfile",
    "allowedOrigins",
    "certificateFile",
    "keyFile",
  ];
  const wanted = live.filter((key) => changes[key] !== undefined).map((key) => [key, changes[key]]);
  return checked({ ...options, ...Object.fromEntries(wanted) });
}

function checked(options: ResolvedOptions): ResolvedOptions {
  check("port", options.port, 0, 65535);
  if (options.web) check("web.port", options.web.port, 0, 65535);
  if (options.record) check("record.frameRate", options.record.frameRate ?? 15, 1, 60);
  if (options.record) check("record.quality", options.record.quality ?? 9, 0, 9);
  check("frameRate", options.frameRate, 1, 60);
  for (const [name, value] of Object.entries(options.limits)) check(`limits.${name}`, value, 0, 2 ** 31 - 1);
  check("controlIdleSeconds", options.controlIdleSeconds, 0, 86_400);
  check("pollShare", options.pollShare, 1, 100);
  check("acceptSeconds", options.acceptSeconds, 1, 600);
  check("maxConnections", options.maxConnections, 1, 10_000);
  check("workers", options.workers, 0, 16);
  const { scaleFactor } = options;
  if (!(scaleFactor >= 0.1 && scaleFactor <= 4)) {
    throw new RangeError(`Cannot use scaleFactor ${scaleFactor}: must be a number from 0.1 to 4`);
  }
  new AddressRules(options.allow, options.deny);
  new AddressList(options.trustedProxies);
  new WebOrigins(options.allowedOrigins);
  if (options.unixSocket !== "") new LocalUsers(options.unixUsers);
  new AccountRules(options.pamUsers, undefined);
  checkPamService(options.pamService);
  if (![0, 1024, 2048].includes(options.appleDh)) {
    throw new RangeError(`Cannot use appleDh ${options.appleDh}: must be 0, 1024 or 2048`);
  }
  return options;
}

function check(name: string, value: number, least: number, most: number): void {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new RangeError(`Cannot use ${name} ${value}: must be an integer from ${least} to ${most}`);
  }
}

/** Without the properties that are there but undefined: they must not hide defaults. */
function definedOf<T extends object>(options: T): Partial<T> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Partial<T>;
}
