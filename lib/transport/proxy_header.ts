/**
 * What a proxy says of the peer that it forwards, before that peer's own bytes: HAProxy's PROXY protocol, versions 1 and 2
 * (haproxy.org, proxy-protocol.txt).
 *
 * @module
 */

/** Longest line of version 1, with its end. */
const V1_MOST_BYTES = 107;
const V1_START = "PROXY ";

const V2_SIGNATURE = Uint8Array.of(0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a);
const V2_FIXED_BYTES = 16;

/** Longest header: of version 2 with its extensions, which tell nothing that is needed here. */
export const MOST_HEADER_BYTES = 2048;

/** Where the forwarded peer is. */
export interface ForwardedAddress {
  /** Without brackets. */
  readonly host: string;
  readonly port: number;
}

/** What came of looking at the first bytes. */
export type ProxyHeader =
  /** `source` is not there when the proxy speaks for itself, or does not know. */
  | { readonly done: true; readonly length: number; readonly source?: ForwardedAddress }
  | { readonly done: false }
  /** It is no header; says why. */
  | { readonly done: true; readonly problem: string };

/** Reads a header from the first bytes of a connection, of which more may come. Never throws. */
export function parseProxyHeader(bytes: Uint8Array): ProxyHeader {
  if (bytes.length === 0) return { done: false };
  if (bytes[0] === V2_SIGNATURE[0]) return parseVersion2(bytes);
  return parseVersion1(bytes);
}

/** Section 2.1: a line of words. */
function parseVersion1(bytes: Uint8Array): ProxyHeader {
  const text = String.fromCharCode(...bytes.subarray(0, V1_MOST_BYTES));
  if (!text.startsWith(V1_START.slice(0, text.length))) return wrong("it does not begin with PROXY");
  const end = text.indexOf("\r\n");
  if (end < 0) {
    return bytes.length >= V1_MOST_BYTES
      ? wrong(`its line is longer than ${V1_MOST_BYTES} bytes`)
      : { done: false };
  }
  const length = end + 2;
  const [, family, ...rest] = text.slice(0, end).split(" ");
  if (family === "UNKNOWN") return { done: true, length };
  if (family !== "TCP4" && family !== "TCP6") return wrong("it names neither TCP4, TCP6 nor UNKNOWN");
  const [source = "", destination = "", sourcePort = "", destinationPort = "", ...more] = rest;
  const isAddress = family === "TCP4" ? isIPv4 : isIPv6;
  const areAddresses = isAddress(source) && isAddress(destination);
  if (more.length > 0 || !areAddresses || !isPort(sourcePort) || !isPort(destinationPort)) {
    return wrong(`it has no two ${family} addresses and ports`);
  }
  return { done: true, length, source: { host: source, port: Number(sourcePort) } };
}

/** Section 2.2: 12 bytes that no other protocol begins with, 4 bytes of what follows, addresses, extensions. */
function parseVersion2(bytes: Uint8Array): ProxyHeader {
  for (const [at, byte] of V2_SIGNATURE.entries()) {
    if (at >= bytes.length) return { done: false };
    if (bytes[at] !== byte) return wrong("its signature is not that of version 2");
  }
  if (bytes.length < V2_FIXED_BYTES) return { done: false };
  const [command, family] = [bytes[12]!, bytes[13]!];
  if (command !== 0x20 && command !== 0x21) {
    return wrong("its version and command are neither LOCAL nor PROXY of 2");
  }
  const size = (bytes[14]! << 8) | bytes[15]!;
  const length = V2_FIXED_BYTES + size;
  if (length > MOST_HEADER_BYTES) return wrong(`it is longer than ${MOST_HEADER_BYTES} bytes`);
  if (bytes.length < length) return { done: false };
  if (command === 0x20) return { done: true, length };
  const addresses = new DataView(bytes.buffer, bytes.byteOffset + V2_FIXED_BYTES, size);
  switch (family) {
    case 0x00: // AF_UNSPEC: not known
    case 0x31: // AF_UNIX, a stream: a program beside the proxy, which has no address that means anything here
      return { done: true, length };
    case 0x11:
      if (size < 12) return wrong("it is too short for two IPv4 addresses");
      return { done: true, length, source: { host: ipv4Text(addresses), port: addresses.getUint16(8) } };
    case 0x21:
      if (size < 36) return wrong("it is too short for two IPv6 addresses");
      return { done: true, length, source: { host: ipv6Text(addresses), port: addresses.getUint16(32) } };
    default:
      return wrong(`it is about no stream of IPv4 or IPv6: family and protocol are 0x${family.toString(16)}`);
  }
}

function wrong(problem: string): ProxyHeader {
  return { done: true, problem };
}

/** Decimal, without leading zeros, as section 2.1 wants it. */
function isPort(text: string): boolean {
  return /^(0|[1-9]\d{0,4})$/.test(text) && Number(text) <= 65535;
}

function isIPv4(text: string): boolean {
  const parts = text.split(".");
  return parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256);
}

function isIPv6(text: string): boolean {
  return /^[0-9a-fA-F:.]{2,45}$/.test(text) && text.includes(":") && URL.canParse(`http://[${text}]/`);
}

function ipv4Text(view: DataView): string {
  return [0, 1, 2, 3].map((at) => view.getUint8(at)).join(".");
}

/** In the shortest form; one that stands for an IPv4 address as that. */
function ipv6Text(view: DataView): string {
  const groups = Array.from({ length: 8 }, (_, at) => view.getUint16(2 * at));
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) {
    return [12, 13, 14, 15].map((at) => view.getUint8(at)).join(".");
  }
  const text = groups.map((group) => group.toString(16)).join(":");
  return new URL(`http://[${text}]/`).hostname.slice(1, -1);
}
