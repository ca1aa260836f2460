/**
 * For whom a proxy asks: Forwarded (RFC 7239) and the older X-Forwarded-For and X-Forwarded-Proto.
 *
 * A client can send such headers as well as a proxy, which adds to what came: so they are read from the end, and only as
 * far as proxies that are believed have written them. A proxy that writes one of the two kinds passes the other one on as
 * its client made it up: so where both are there, they must say the same.
 *
 * @module
 */

/** Entries that are looked at, from the end. */
const MOST_ENTRIES = 32;

/** The headers that matter, as Node.js has them: several of one name are joined by ", ". */
export interface ForwardingHeaders {
  readonly forwarded?: string | undefined;
  readonly "x-forwarded-for"?: string | string[] | undefined;
  readonly "x-forwarded-proto"?: string | string[] | undefined;
}

/** What they say. */
export interface Forwarding {
  /** The client: "192.0.2.7", "192.0.2.7:51234", "[2001:db8::7]"; not there when nobody is named. */
  readonly address?: string;
  /** The client speaks TLS with the proxy. */
  readonly https: boolean;
}

/**
 * Reads them.
 *
 * @param isProxy Whether an address is that of a proxy that is believed.
 * @returns What they say, or what is wrong with them.
 */
export function readForwarding(
  headers: ForwardingHeaders,
  isProxy: (address: string) => boolean,
): Forwarding | { readonly problem: string } {
  const elements = headers.forwarded === undefined ? undefined : parseForwarded(headers.forwarded);
  if (elements === null) return { problem: "The header Forwarded is not as RFC 7239 wants it" };
  const old = headers["x-forwarded-for"];
  const byForwarded = elements &&
    clientOf(elements.map((element) => element.get("for") ?? "unknown"), isProxy);
  const byOld = old === undefined ? undefined : clientOf(String(old).split(","), isProxy);
  if (byForwarded === null) return { problem: "The header Forwarded has no address where one must be" };
  if (byOld === null) return { problem: "The header X-Forwarded-For has no address where one must be" };
  if (byForwarded !== undefined && byOld !== undefined && hostOf(byForwarded) !== hostOf(byOld)) {
    return { problem: "The headers Forwarded and X-Forwarded-For name different clients" };
  }
  const address = byForwarded || byOld;
  const proto = elements?.at(-1)?.get("proto");
  const oldProto = headers["x-forwarded-proto"];
  const https = [proto, ...(oldProto === undefined ? [undefined] : String(oldProto).split(","))]
    .filter((one) => one !== undefined).map((one) => one.trim().toLowerCase());
  return { https: https.length > 0 && https.every((one) => one === "https"), ...(address && { address }) };
}

/**
 * The last one that is no proxy, or the first of all.
 *
 * @returns "" when it is not told; `null` when something else than an address stands there.
 */
function clientOf(nodes: readonly string[], isProxy: (address: string) => boolean): string | null {
  let client = "";
  for (const node of nodes.slice(-MOST_ENTRIES).reverse()) {
    const trimmed = node.trim();
    // RFC 7239 §6.2 and §6.3: a proxy that does not know, or does not say.
    if (/^(unknown|_[A-Za-z0-9._-]+)$/i.test(trimmed)) return client;
    const address = addressOf(trimmed);
    if (address === undefined) return null;
    client = address;
    if (!isProxy(address)) return client;
  }
  return client;
}

/** With brackets around IPv6, and the port if there is one. */
function addressOf(node: string): string | undefined {
  const v4 = /^(\d{1,3}(?:\.\d{1,3}){3})(?::(\d{1,5}))?$/.exec(node);
  if (v4) return v4[1]!.split(".").every((part) => Number(part) < 256) ? node : undefined;
  const v6 = /^(?:\[([0-9a-f:.]{2,45})\](:\d{1,5})?|([0-9a-f:.]{2,45}))$/i.exec(node);
  const host = v6?.[1] ?? v6?.[3];
  if (host === undefined || !host.includes(":") || !URL.canParse(`http://[${host}]/`)) return undefined;
  return `[${host.toLowerCase()}]${v6![2] ?? ""}`;
}

function hostOf(address: string): string {
  return address.replace(/:\d+$/, "");
}

/** RFC 7239 §4: pairs of name and value, ";" between them and "," between elements. @returns `null` when it is not so. */
function parseForwarded(text: string): ReadonlyMap<string, string>[] | null {
  const elements: Map<string, string>[] = [new Map()];
  const pair =
    /\s*(?:([!#$%&'*+.^_`|~0-9A-Za-z-]+)=(?:([!#$%&'*+.^_`|~0-9A-Za-z:[\]-]+)|"((?:[^"\\]|\\.)*)"))?\s*([;,]|$)/y;
  for (;;) {
    const match = pair.exec(text);
    if (!match) return null;
    const [, name, token, quoted, end] = match;
    if (name !== undefined) {
      const element = elements.at(-1)!;
      const key = name.toLowerCase();
      if (element.has(key)) return null;
      element.set(key, token ?? quoted!.replaceAll(/\\(.)/g, "$1"));
    }
    if (end === "") return elements;
    if (end === ",") elements.push(new Map());
    if (elements.length > 4 * MOST_ENTRIES) return null;
  }
}
