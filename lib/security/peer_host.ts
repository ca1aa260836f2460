/**
 * Whom an address stands for, as far as limits and locks go.
 *
 * @module
 */

/**
 * An address without its port; of IPv4 within IPv6, that of IPv4. Of IPv6, the network: one machine has as many addresses
 * there as it likes; but on a link of its own, where all have the same network, the address.
 *
 * @param address "192.0.2.7:1000", "[2001:db8::7]:1000"; also without port, without brackets, and as this gives it.
 */
export function hostOf(address: string): string {
  if (address.endsWith("::/64") || address.startsWith("unix")) return address;
  const [, bracketed] = /^\[(.*)\](?::\d+)?$/.exec(address) ?? [];
  const isBare = bracketed === undefined && address.split(":").length > 2;
  const ip = bracketed ?? (isBare ? address : undefined);
  if (ip === undefined) return address.replace(/:\d+$/, "");
  const [, version4] = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip) ?? [];
  if (version4 !== undefined) return version4;
  const groups = networkOf(ip);
  return groups ? `${groups}::/64` : `[${ip}]`;
}

/** The first four groups, without what `::` leaves out; `undefined` for addresses that stand for themselves. */
function networkOf(ip: string): string | undefined {
  if (ip.startsWith("::") || /^fe[89ab]/i.test(ip)) return undefined;
  const [before = "", after] = ip.split("::");
  const head = before.split(":");
  const tail = after ? after.split(":") : [];
  const zeros = after === undefined ? 0 : Math.max(0, 8 - head.length - tail.length);
  const groups = [...head, ...Array.from({ length: zeros }, () => "0"), ...tail];
  return groups.slice(0, 4).join(":");
}

/** Whether it is this machine's own. @param host As `hostOf()` gives it. */
export function isLoopback(host: string): boolean {
  return /^127\.\d+\.\d+\.\d+$/.test(host) || host === "[::1]";
}
