/**
 * Which pages may talk to this server: a browser carries requests of every page that its user looks at, to this
 * machine too.
 *
 * A page of another origin is refused by its Origin. A page whose name was made to point at this machine (DNS rebinding)
 * has the same origin as its requests: it is refused by its Host, as the server is known by addresses, by its own
 * names and by those that the operator has allowed, and by no others.
 *
 * @module
 */
import { parseWebHost, type WebHost, webHostOf, WebOrigins } from "../core/web_origins.ts";

/** What decides. */
export interface AdmissionRules {
  /** Origins ("https://desk.example.org") or hosts ("desk.example.org") besides our own: {@linkcode WebOrigins}. */
  readonly allowedOrigins: readonly string[];
  /** Host names of this machine, in lower case. */
  readonly ownNames: readonly string[];
  /** Whether an address is that of a proxy that is believed; none is by default. */
  isProxy?(address: string): boolean;
  /** Whether somebody for whom a proxy speaks may come from an address; from everywhere by default. */
  admits?(address: string): boolean;
}

/** The parts of a request that tell where it comes from. */
export interface RequestOrigin {
  readonly host: string | undefined;
  /** Programs other than browsers send none. */
  readonly origin: string | undefined;
}

/**
 * Why a request may not go on, or `undefined` when it may.
 *
 * @param needsOrigin For what a page of another origin must not do: an absent Origin is fine, a foreign one is not.
 */
export function objectionTo(
  { host, origin }: RequestOrigin,
  rules: AdmissionRules,
  { checksOrigin }: { readonly checksOrigin: boolean },
): string | undefined {
  const wanted = parseWebHost(host);
  if (!wanted) return "The request says for no host that it is";
  if (!isKnownHost(wanted.name, rules)) {
    return `This server does not know that it is called "${wanted.name}". ` +
      `If it is, allow it: allowed_origins in config.json, or --allowed-origins ${wanted.name}`;
  }
  if (!checksOrigin || origin === undefined || isAllowedOrigin(origin, wanted, rules)) return undefined;
  return `Pages of ${origin} may not connect to this server. ` +
    `To let them, add their origin to allowed_origins in config.json, or --allowed-origins`;
}

function isKnownHost(name: string, { allowedOrigins, ownNames }: AdmissionRules): boolean {
  if (name.includes(":") || /^\d+(\.\d+){3}$/.test(name)) return true; // no name, so nobody can have it changed
  if (name === "localhost" || name.endsWith(".localhost") || ownNames.includes(name)) return true;
  return new WebOrigins(allowedOrigins).namesHost(name);
}

/** Same host and port as the request went to; the scheme may differ where a proxy takes TLS off. */
function isAllowedOrigin(origin: string, wanted: WebHost, { allowedOrigins }: AdmissionRules): boolean {
  const url = URL.parse(origin);
  if (url?.protocol === "http:" || url?.protocol === "https:") {
    const { name, port } = webHostOf(url);
    const wantedPort = wanted.port || (url.protocol === "https:" ? "443" : "80");
    if (name === wanted.name && port === wantedPort) return true;
  }
  return new WebOrigins(allowedOrigins).includes(origin);
}
