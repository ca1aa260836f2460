/**
 * What is assumed of a client's network: where pacing starts from, and what it may come to.
 *
 * @module
 */
import type { Peer } from "../transport/transport.ts";
import type { WindowLimits } from "./congestion_window.ts";

/** As a configuration names them; "auto" goes by the peer's address and by what is measured. */
export type NetworkProfileName = "auto" | "localhost" | "lan" | "wan";

/** Assumptions for one client. */
export interface NetworkProfile {
  /** Bytes on their way. */
  readonly window: WindowLimits;
  /** What the system takes ahead of the network, in bytes. */
  readonly unsentBytes: number;
  /** Updates per second at most; `Infinity`: as many as the desktop is looked at. */
  readonly frameRate: number;
  /** For clients that leave it open: 0 to 9, or what all get. */
  readonly compressLevel: number | undefined;
}

const KIB = 1024;

/** What holds whatever is measured. */
const PROFILES: Readonly<Record<Exclude<NetworkProfileName, "auto">, NetworkProfile>> = {
  localhost: {
    window: { least: 256 * KIB, start: 1024 * KIB, most: 64 * 1024 * KIB },
    unsentBytes: 256 * KIB,
    frameRate: Infinity,
    compressLevel: 1,
  },
  lan: {
    window: { least: 32 * KIB, start: 128 * KIB, most: 16 * 1024 * KIB },
    unsentBytes: 128 * KIB,
    frameRate: Infinity,
    compressLevel: undefined,
  },
  wan: {
    window: { least: 4 * KIB, start: 16 * KIB, most: 4 * 1024 * KIB },
    unsentBytes: 16 * KIB,
    frameRate: 30,
    compressLevel: 6,
  },
};

/** From a round trip of so many ms on, a network counts as wide. */
const WIDE_FROM_MS = 12;

/**
 * The assumptions for a client.
 *
 * @param name "auto" starts by the peer's address. It trusts no address in the end, since tunnels make far peers look
 *   near: the window may become small, and the rest goes by the round trip once it is known.
 * @param roundTripMs The least that was measured.
 */
export function networkProfile(
  name: NetworkProfileName,
  peer: Peer,
  roundTripMs: number | undefined,
): NetworkProfile {
  if (name !== "auto") return PROFILES[name];
  const near = nearness(peer);
  const isWide = roundTripMs === undefined ? near === "wan" : roundTripMs >= WIDE_FROM_MS;
  const { frameRate, compressLevel } = PROFILES[isWide ? "wan" : "lan"];
  const { start } = PROFILES[near === "localhost" ? "lan" : near].window;
  return {
    window: { least: PROFILES.wan.window.least, start, most: PROFILES.localhost.window.most },
    unsentBytes: isWide ? PROFILES.wan.unsentBytes : PROFILES.lan.unsentBytes,
    frameRate,
    compressLevel,
  };
}

/** By address alone: private ones (RFC 1918, RFC 4193, link-local) are taken for a local network's. */
function nearness({ local, address }: Peer): Exclude<NetworkProfileName, "auto"> {
  if (local) return "localhost";
  const host = address.replace(/^\[?(::ffff:)?/i, "");
  const isPrivate =
    /^(10\.|192\.168\.|169\.254\.|172\.(1[6-9]|2\d|3[01])\.|f[cd][0-9a-f]{2}:|fe[89ab][0-9a-f]:)/i;
  return isPrivate.test(host) ? "lan" : "wan";
}
