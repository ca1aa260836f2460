/**
 * From settings, as files and flags have them, to options, as the library has them.
 *
 * @module
 */
import type { Config } from "./config/schema.ts";
import { readUsersFile } from "./security/users_file.ts";
import type { LiveOptions, VNCServerOptions } from "./server_options.ts";

/** The options that `config` asks for: `new VNCServer(toOptions(await loadConfig("config.json")))`. */
export function toOptions(config: Config): VNCServerOptions {
  const { limits, metrics, web } = config;
  return {
    ...toLiveOptions(config),
    hostname: config.host,
    unixSocket: config.unix_socket,
    unixSocketMode: config.unix_socket_mode,
    port: config.port,
    display: config.display,
    authority: config.authority,
    name: config.desktop_name,
    capture: config.capture,
    scaleFactor: config.scale_factor,
    compare: config.enable_region_detection,
    pollShare: config.poll_share,
    clipboard: config.clipboard,
    metrics: config.enable_metrics &&
      { hostname: metrics.host, ...(metrics.port !== 0 && { port: metrics.port }) },
    ...(web.port !== 0 && { web: { port: web.port, hostname: web.host, optional: true } }),
    webTls: web.tls,
    onePort: config.one_port,
    stateFolder: config.state_folder,
    record: recordOptions(config),
    limits: {
      handshakeMs: limits.handshake_seconds * 1000,
      loginMs: limits.login_seconds * 1000,
      pendingConnections: limits.pending_connections,
      pendingConnectionsPerAddress: limits.pending_connections_per_address,
      idleMs: limits.idle_seconds * 1000,
      sessionMs: limits.session_seconds * 1000,
      connectionsPerAddress: limits.connections_per_address,
      cutTextBytes: limits.cut_text_bytes,
    },
  };
}

/** JPEG's levels. */
const RECORD_QUALITIES = { lossless: undefined, high: 8, medium: 5, low: 2 } as const;

function recordOptions(config: Config): VNCServerOptions["record"] {
  const { record: path, record_keys: keys, record_frame_rate: frameRate } = config;
  const { record_pointer: pointer, record_format: format } = config;
  const quality = RECORD_QUALITIES[config.record_quality];
  return path === "" ? undefined : { path, keys, frameRate, pointer, format, quality };
}

const APPLE_DH_BITS = { off: 0, 1024: 1024, 2048: 2048 } as const;

/** The options that can change on a running server, for `reload()`. @throws {ConfigError} The users' file is wrong. */
export function toLiveOptions(config: Config): LiveOptions {
  return {
    frameRate: config.frame_rate,
    password: config.password,
    viewOnlyPassword: config.read_only_password,
    insecureNoAuth: config.insecure_no_auth,
    users: readUsersFile(config.users_file),
    pamService: config.pam_service,
    pamUsers: config.pam_users,
    unixUsers: config.unix_users,
    trustedProxies: config.trusted_proxies,
    proxyProtocol: config.proxy_protocol,
    allow: config.allow,
    deny: config.deny,
    encryption: config.encryption,
    appleDh: APPLE_DH_BITS[config.apple_dh],
    accept: config.accept,
    acceptSeconds: config.accept_seconds,
    blankScreen: config.blank_screen,
    lockLocalInput: config.lock_local_input,
    viewOnly: config.view_only,
    inputControlPolicy: config.input_control_policy,
    controlIdleSeconds: config.control_idle_seconds,
    shared: config.shared,
    maxConnections: config.max_connections,
    allowedOrigins: config.allowed_origins,
    certificateFile: config.tls.certificate,
    keyFile: config.tls.key,
    networkProfile: config.network_profile_override,
  };
}
