/**
 * What this machine is called, and where it is, as far as an embedder lets us ask.
 *
 * @module
 */

/** Names by which clients may call this machine. */
export function hostNames(): string[] {
  let hostname = "localhost";
  try {
    hostname = Deno.hostname().toLowerCase();
  } catch { /* not permitted */ }
  return [...new Set([hostname, `${hostname}.local`, "localhost"])];
}

/** Addresses of its network interfaces. */
export function hostAddresses(): string[] {
  try {
    return Deno.networkInterfaces().map(({ address }) => address);
  } catch {
    return ["127.0.0.1", "::1"];
  }
}
