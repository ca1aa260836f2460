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
  /** What is shared: name and size. */
  readonly desktop: string;
  /** Of this machine, loopback ones left out. */
  readonly addresses: readonly string[];
  /** The configuration file that was read, if any. */
  readonly configFile?: string | undefined;
}

/** The lines to print. */
export function welcomeLines({ config, port, desktop, addresses, configFile }: WelcomeFacts): string[] {
  const here = isWildcard(config.host) || isLoopback(config.host) ? "localhost" : config.host;
  const lines = [
    `Porthole ${RELEASE} shares ${desktop}`,
    "",
    `  from this machine      vncviewer ${viewerAddress(here, port)}`,
    `  from other machines    ${fromElsewhere(config, port, addresses)}`,
  ];
  if (!isLoopback(config.host) && !isProtected(config)) {
    lines.push(
      "                         nothing is encrypted: over networks that you do not trust, use an SSH tunnel:",
    );
    lines.push(`                         ssh -L ${port}:localhost:${port} this-machine`);
  }
  if (configFile) lines.push(`  configuration          ${configFile}`);
  lines.push("  stop                   Ctrl+C", "");
  return lines;
}

/** Whether nobody from another machine can come in, for lack of a password. */
export function isProtected(config: Config): boolean {
  return config.password === "" && config.read_only_password === "" && !config.insecure_no_auth;
}

function fromElsewhere(config: Config, port: number, addresses: readonly string[]): string {
  if (isLoopback(config.host)) return `not possible: the server listens on ${config.host} only`;
  if (isProtected(config)) {
    return "refused until a password is set: --password-file FILE, or PORTHOLE_PASSWORD";
  }
  const theirs = isWildcard(config.host)
    ? addresses.filter((address) => config.host === "::" || !address.includes(":"))
    : [config.host];
  if (theirs.length === 0) return "this machine has no address but its own loopback";
  return theirs.map((address) => `vncviewer ${viewerAddress(address, port)}`).join("\n" + " ".repeat(25));
}

/** Two colons are understood as a port by all viewers; one is a display number to many. */
function viewerAddress(host: string, port: number): string {
  return `${host.includes(":") ? `[${host}]` : host}::${port}`;
}

function isWildcard(host: string): boolean {
  return host === "0.0.0.0" || host === "::";
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host.startsWith("127.");
}
