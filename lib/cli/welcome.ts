/**
 * What a server says when it is ready: who can connect, and how.
 *
 * @module
 */
import type { Config } from "../config/schema.ts";
import { RELEASE } from "../core/release.ts";

/** What the text is made of. */
export interface WelcomeFacts {
  readonly config: Config;
  /** The port that was really taken. */
  readonly port: number;
  /** The one for browsers; `undefined` when there is none, though one may have been wished for. */
  readonly webPort?: number | undefined;
  /** SHA-256 of the certificate that browsers are shown, if any. */
  readonly fingerprint?: string | undefined;
  /** What is shared: name and size. */
  readonly desktop: string;
  /** Of this machine, loopback ones left out. */
  readonly addresses: readonly string[];
  /** The configuration file that was read, if any. */
  readonly configFile?: string | undefined;
}

/** Texts stand in this column. */
const COLUMN = 25;

/** The lines to print. */
export function welcomeLines(facts: WelcomeFacts): string[] {
  const { config, port, desktop, fingerprint, configFile } = facts;
  const lines = [
    `Porthole ${RELEASE} shares ${desktop}`,
    "",
    ...item("from this machine", ...waysIn([nameFromHere(config.host)], "http", facts)),
    ...item("from other machines", ...fromElsewhere(facts)),
  ];
  if (!isLoopback(config.host) && !isProtected(config) && config.encryption === "auto") {
    lines.push(...item(
      "",
      "viewers that know neither TLS nor RSA-AES do not encrypt: --encryption required keeps them out;",
      `for them there is ssh -L ${port}:localhost:${port} this-machine`,
    ));
  }
  if (fingerprint && !config.tls.certificate) {
    lines.push(...item(
      "certificate",
      "made here, so browsers warn of it once; its SHA-256 fingerprint is",
      ...fingerprint.match(/.{48}|.+/g)!,
    ));
  }
  if (configFile) lines.push(...item("configuration", configFile));
  lines.push(...item("stop", "Ctrl+C"), "");
  return lines;
}

/** Whether nobody from another machine can come in, for lack of a password. */
export function isProtected(config: Config): boolean {
  return config.password === "" && config.read_only_password === "" && config.users_file === "" &&
    config.pam_service === "" && !config.insecure_no_auth;
}

function fromElsewhere(facts: WelcomeFacts): string[] {
  const { config, addresses } = facts;
  if (isLoopback(config.host)) return [`not possible: the server listens on ${config.host} only`];
  if (isProtected(config)) {
    return ["refused until a password is set: --password-file FILE, or PORTHOLE_PASSWORD"];
  }
  const theirs = isWildcard(config.host)
    ? addresses.filter((address) => config.host === "::" || !address.includes(":"))
    : [config.host];
  if (theirs.length === 0) return ["this machine has no address but its own loopback"];
  return waysIn(theirs, config.web.tls === "off" ? "http" : "https", facts);
}

/** What to start, or to open in a browser. */
function waysIn(hosts: readonly string[], scheme: string, facts: WelcomeFacts): string[] {
  const { config, port, webPort } = facts;
  const viewers = hosts.map((host) => `vncviewer ${viewerAddress(host, port)}`);
  const page = webPort ?? (config.one_port ? port : undefined);
  if (page === undefined) return viewers;
  const shown = config.web.tls === "only" ? "https" : scheme;
  const theirs = webPort === undefined || isWildcard(config.web.host || config.host)
    ? hosts
    : [nameFromHere(config.web.host || config.host)];
  return [...viewers, ...theirs.map((host) => `${shown}://${bracketed(host)}:${page}/`)];
}

function nameFromHere(host: string): string {
  return isWildcard(host) || isLoopback(host) ? "localhost" : host;
}

function bracketed(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}

/** A name, and what belongs to it below each other. */
function item(name: string, ...texts: readonly string[]): string[] {
  return texts.map((text, index) => (index === 0 ? `  ${name}` : "").padEnd(COLUMN) + text);
}

/** Two colons are understood as a port by all viewers; one is a display number to many. */
function viewerAddress(host: string, port: number): string {
  return `${bracketed(host)}::${port}`;
}

function isWildcard(host: string): boolean {
  return host === "0.0.0.0" || host === "::";
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host.startsWith("127.");
}
