/**
 * Links to the page, with what lets in.
 *
 * The password stands behind "#": browsers keep that to themselves, so it comes into no server's log and no Referer
 * (RFC 9110 §10.1.3). The page takes it out of the address bar at once.
 *
 * @module
 */

/** Where the page is. */
export interface PagePlace {
  readonly https: boolean;
  readonly port: number;
  /** What the web port listens on: "0.0.0.0", "::", or one address. */
  readonly hostname: string;
  /** All addresses of this machine. */
  readonly addresses: readonly string[];
}

/** The links by which the page can be reached, the likeliest first; never none. */
export function pageLinks({ https, port, hostname, addresses }: PagePlace, token: string): string[] {
  const everywhere = hostname === "0.0.0.0" || hostname === "::";
  const theirs = addresses.filter((address) =>
    !isLoopback(address) && !address.startsWith("fe80:") && (hostname === "::" || !address.includes(":"))
  );
  const hosts = !everywhere ? [isLoopback(hostname) ? "localhost" : hostname] : theirs;
  return (hosts.length > 0 ? hosts : ["localhost"]).map((host) =>
    `${https ? "https" : "http"}://${host.includes(":") ? `[${host}]` : host}:${port}/#token=${token}`
  );
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host.startsWith("127.");
}
