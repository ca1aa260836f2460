/**
 * Internet addresses, from text to the form in which the system has them.
 *
 * @module
 */

/**
 * The 16 bytes of an IPv6 address; an IPv4 address is mapped into ::ffff:0:0/96 (RFC 4291 §2.5.5.2), where a socket for
 * both kinds has it.
 *
 * @param text "192.0.2.7", "2001:db8::7", "::ffff:192.0.2.7", "fe80::7%eth0".
 * @returns `undefined` if it is something else.
 */
export function addressBytes(text: string): Uint8Array<ArrayBuffer> | undefined {
  const plain = text.replace(/%.*$/, "");
  if (!plain.includes(":")) {
    const v4 = v4Bytes(plain);
    return v4 && Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, ...v4);
  }
  const [head, tail, ...more] = plain.split("::").map(groupBytes);
  if (more.length > 0 || !head) return undefined;
  if (!plain.includes("::")) return head.length === 16 ? Uint8Array.from(head) : undefined;
  if (!tail || head.length + tail.length > 14) return undefined;
  const bytes = new Uint8Array(16);
  bytes.set(head);
  bytes.set(tail, 16 - tail.length);
  return bytes;
}

function v4Bytes(text: string): number[] | undefined {
  const numbers = text.split(".").map((part) => /^\d{1,3}$/.test(part) ? Number(part) : 256);
  return numbers.length === 4 && numbers.every((number) => number < 256) ? numbers : undefined;
}

/** "2001:db8" and "ffff:192.0.2.7": groups of 16 bits, and perhaps an IPv4 address behind them. */
function groupBytes(text: string): number[] | undefined {
  if (text === "") return [];
  const bytes: number[] = [];
  const groups = text.split(":");
  for (const [at, group] of groups.entries()) {
    if (/^[0-9a-f]{1,4}$/i.test(group)) {
      const value = parseInt(group, 16);
      bytes.push(value >> 8, value & 255);
      continue;
    }
    const v4 = at === groups.length - 1 ? v4Bytes(group) : undefined;
    if (!v4) return undefined;
    bytes.push(...v4);
  }
  return bytes;
}
