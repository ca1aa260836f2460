/**
 * From where peers may connect: lists of addresses and networks (RFC 4632, RFC 4291 §2.3).
 *
 * @module
 */
import { addressBytes } from "./address_bytes.ts";

/** A network, and how many of its first bits count. */
interface Network {
  /** 16 bytes: IPv4 lies in ::ffff:0:0/96, where a socket for both kinds has it. */
  readonly address: Uint8Array;
  readonly bits: number;
}

/** Two lists. What is denied is out; if anything is allowed, everything else is out too. */
export class AddressRules {
  readonly #allowed: readonly Network[];
  readonly #denied: readonly Network[];

  /** @throws {RangeError} A text is neither an address nor a network; says which. */
  constructor(allow: readonly string[], deny: readonly string[]) {
    this.#allowed = allow.map(networkOf);
    this.#denied = deny.map(networkOf);
  }

  /**
   * Whether a peer may connect.
   *
   * @param address As in {@linkcode Peer}: "192.0.2.7:51234", "[2001:db8::7]:51234". What is no IP address, such as
   *   "unix", is always let in: files have permissions of their own.
   */
  admits(address: string): boolean {
    const bytes = bytesOf(address);
    if (!bytes) return true;
    const isIn = (network: Network) => contains(network, bytes);
    return !this.#denied.some(isIn) && (this.#allowed.length === 0 || this.#allowed.some(isIn));
  }
}

/** A list of addresses and networks. */
export class AddressList {
  readonly #networks: readonly Network[];

  /** @throws {RangeError} A text is neither an address nor a network; says which. */
  constructor(networks: readonly string[]) {
    this.#networks = networks.map(networkOf);
  }

  /** Whether an address, perhaps with its port, is in it. What is no IP address is not. */
  includes(address: string): boolean {
    const bytes = bytesOf(address);
    return bytes !== undefined && this.#networks.some((network) => contains(network, bytes));
  }
}

/** Of "192.0.2.7:51234", "[2001:db8::7]:51234", with or without the port. */
function bytesOf(address: string): Uint8Array | undefined {
  return mapped(address.replace(/:\d+$/, "").replace(/^\[(.*)\]$/, "$1"));
}

function networkOf(text: string): Network {
  const [host = "", prefix, ...more] = text.split("/");
  const address = mapped(host);
  const width = host.includes(":") ? 128 : 32;
  const bits = prefix === undefined ? width : /^\d{1,3}$/.test(prefix) ? Number(prefix) : NaN;
  if (!address || more.length > 0 || !(bits <= width)) {
    throw new RangeError(
      `Cannot use "${text}" as an address: must be like 192.0.2.7, 192.0.2.0/24 or 2001:db8::/32`,
    );
  }
  return { address, bits: 128 - width + bits };
}

/** The 16 bytes of an address. */
function mapped(text: string): Uint8Array | undefined {
  if (!isAddress(text)) return undefined;
  const bytes = addressBytes(text)!;
  return bytes.length === 16 ? bytes : Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, ...bytes);
}

function isAddress(text: string): boolean {
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) return text.split(".").every((part) => Number(part) < 256);
  try {
    return text.includes(":") && new URL(`http://[${text.split("%")[0]}]/`).hostname !== "";
  } catch {
    return false;
  }
}

function contains({ address, bits }: Network, other: Uint8Array): boolean {
  const whole = bits >> 3;
  for (let i = 0; i < whole; i++) if (address[i] !== other[i]) return false;
  const rest = bits & 7;
  return rest === 0 || (address[whole]! ^ other[whole]!) >> (8 - rest) === 0;
}
