/**
 * Web origins (RFC 6454 §4) and hosts, as operators write them and requests carry them.
 *
 * @module
 */

/** A host of a request: "desk.example.org:6080", "[::1]". */
export interface WebHost {
  /** In lower case, without brackets. */
  readonly name: string;
  /** "" for the scheme's own. */
  readonly port: string;
}

/** Reads a Host header's value; `undefined` when it is something else. */
export function parseWebHost(text: string | undefined): WebHost | undefined {
  const match = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::(\d{1,5}))?$/i.exec(text ?? "");
  return match ? { name: (match[1] ?? match[2]!).toLowerCase(), port: match[3] ?? "" } : undefined;
}

/** The host that a web page's URL names, with its scheme's port where it says none. */
export function webHostOf(url: URL): WebHost {
  return { name: bare(url.hostname), port: url.port || (url.protocol === "https:" ? "443" : "80") };
}

/** One that is allowed: everything, an origin, or a host with all of its origins. */
type Allowed = { readonly origin: string; readonly host: string | undefined } | WebHost | "*";

/** Origins and hosts that are allowed. */
export class WebOrigins {
  readonly #allowed: readonly Allowed[];

  /**
   * @param texts "https://desk.example.org:8443", also with a slash behind it; "desk.example.org", with a port or
   *   without; "*" for everything.
   * @throws {RangeError} One is none of these; says which.
   */
  constructor(texts: readonly string[]) {
    this.#allowed = texts.map(allowedOf);
  }

  /** Whether a host is named. @param name In lower case, without brackets and port. */
  namesHost(name: string): boolean {
    return this.#allowed.some((one) => one === "*" || ("origin" in one ? one.host : one.name) === name);
  }

  /** Whether pages of an origin are allowed. @param origin As browsers write it. */
  includes(origin: string): boolean {
    const url = URL.parse(origin);
    const host = url && url.hostname !== "" ? webHostOf(url) : undefined;
    return this.#allowed.some((one) =>
      one === "*" ||
      ("origin" in one
        ? one.origin === originOf(origin)
        : one.name === host?.name && (one.port === "" || one.port === host.port))
    );
  }
}

function allowedOf(text: string): Allowed {
  if (text === "*") return text;
  if (text === "null") return { origin: text, host: undefined };
  const host = parseWebHost(text);
  if (host) return host;
  const url = text.includes("://") ? URL.parse(text) : null;
  // With a path, a query or a user's name it is no origin: who wrote it may have meant less than he would get.
  if (!url || url.hostname === "" || !/^[a-z][a-z0-9+.-]*:\/\/[^/?#@]+\/?$/i.test(text)) {
    throw new RangeError(
      `Cannot use "${text}" as an origin: must be like https://desk.example.org:8443, desk.example.org or *`,
    );
  }
  return { origin: originOf(text), host: bare(url.hostname) };
}

/** In one spelling: "HTTPS://Desk.example.org:443/" is "https://desk.example.org". */
function originOf(text: string): string {
  const origin = URL.parse(text)?.origin;
  // What has a scheme of its own, as extensions of browsers have, is none to the URL's parser.
  return origin === undefined || origin === "null" ? text.toLowerCase().replace(/\/$/, "") : origin;
}

/** Without the brackets of an IPv6 address. */
function bare(hostname: string): string {
  return hostname.toLowerCase().replace(/^\[(.*)\]$/, "$1");
}
