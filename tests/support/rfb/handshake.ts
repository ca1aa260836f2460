/**
 * The client's side of the handshake: version, security, initialisation (RFC 6143 §7.1 to §7.3).
 *
 * @module
 */
import { type ClientPixelFormat, parseFormat } from "../pixel_formats.ts";
import type { Wire } from "./wire.ts";
import { vncAuthResponse } from "./vnc_auth.ts";

/** The server refuses, and says why if the version of the protocol lets it. */
export class Refused extends Error {
  override readonly name = "Refused";
  /** The server's own words; empty if it gave none. */
  readonly reason: string;

  constructor(reason: string, what: string) {
    super(reason ? `${what}: ${reason}` : what);
    this.reason = reason;
  }
}

/** What the handshake is to do. */
export interface HandshakeOptions {
  /** "3.3", "3.7", "3.8", or the twelve bytes to send. */
  readonly version?: string;
  readonly password?: string;
  /** Ask for this security type, whatever is offered. By default VNC Authentication with a password, else None. */
  readonly securityType?: number;
  /** What to do behind the choice of other security types than 1 and 2. */
  readonly security?: Readonly<Record<number, (wire: Wire) => Promise<void>>>;
  /** The shared-flag. */
  readonly shared?: boolean;
}

/** What the server said during the handshake. */
export interface ServerGreeting {
  /** As sent: "RFB 003.008". */
  readonly serverVersion: string;
  /** Types offered, in the server's order; with 3.3 the one that it chose. */
  readonly securityTypes: readonly number[];
  readonly securityType: number;
  readonly width: number;
  readonly height: number;
  readonly format: ClientPixelFormat;
  readonly name: string;
}

/** Goes through the whole handshake. @throws {Refused} The server does not want this client. */
export async function handshake(wire: Wire, options: HandshakeOptions = {}): Promise<ServerGreeting> {
  const serverVersion = new TextDecoder().decode(await wire.bytes(12));
  if (!/^RFB \d{3}\.\d{3}\n$/.test(serverVersion)) {
    throw new Error(`Server version is "${serverVersion}" (§7.1.1)`);
  }
  const { version = "3.8" } = options;
  const line = version.length === 12
    ? version
    : `RFB ${version.split(".").map((part) => part.padStart(3, "0")).join(".")}\n`;
  await wire.write(new TextEncoder().encode(line));
  const minor = Number(line.slice(8, 11));
  const { offered, chosen } = await chooseSecurity(wire, minor, options);
  await authenticate(wire, chosen, options);
  if (minor >= 8 || chosen !== 1) await securityResult(wire, minor);
  await wire.write(Uint8Array.of(options.shared === false ? 0 : 1));
  const width = await wire.u16();
  const height = await wire.u16();
  const format = parseFormat(await wire.bytes(16));
  const name = new TextDecoder().decode(await wire.bytes(await wire.u32()));
  return {
    serverVersion: serverVersion.trim(),
    securityTypes: offered,
    securityType: chosen,
    width,
    height,
    format,
    name,
  };
}

/** §7.1.2: from 3.7 on the client chooses; before, the server tells. */
async function chooseSecurity(
  wire: Wire,
  minor: number,
  { securityType, password }: HandshakeOptions,
): Promise<{ offered: number[]; chosen: number }> {
  if (minor < 7) {
    const type = await wire.u32();
    if (type === 0) throw new Refused(await reason(wire), "Refused");
    return { offered: [type], chosen: type };
  }
  const offered = [...await wire.bytes(await wire.u8())];
  if (offered.length === 0) throw new Refused(await reason(wire), "Refused");
  const wanted = securityType ?? (password !== undefined && offered.includes(2) ? 2 : 1);
  if (securityType === undefined && !offered.includes(wanted)) {
    throw new Error(`Security type ${wanted} is not offered: ${offered.join(", ")}`);
  }
  await wire.write(Uint8Array.of(wanted));
  return { offered, chosen: wanted };
}

async function authenticate(
  wire: Wire,
  type: number,
  { password, security }: HandshakeOptions,
): Promise<void> {
  const own = security?.[type];
  if (own) return await own(wire);
  if (type === 2) await wire.write(vncAuthResponse(await wire.bytes(16), password ?? ""));
  else if (type !== 1) throw new Error(`Security type ${type} is not one of this client's`);
}

/** §7.1.3. */
async function securityResult(wire: Wire, minor: number): Promise<void> {
  const result = await wire.u32();
  if (result === 0) return;
  throw new Refused(minor >= 8 ? await reason(wire) : "", `Security failed with ${result}`);
}

async function reason(wire: Wire): Promise<string> {
  return new TextDecoder().decode(await wire.bytes(await wire.u32()));
}
