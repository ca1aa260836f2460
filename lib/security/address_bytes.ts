/**
 * Internet addresses as certificates and lists of networks have them.
 *
 * @module
 */

/** The 4 or 16 bytes of an IP address, `undefined` for a host name. */
export function addressBytes(name: string): Uint8Array | undefined {
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(name)) return Uint8Array.from(name.split("."), Number);
  if (!name.includes(":")) return undefined;
  const [head = "", tail] = name.split("%")[0]!.split("::");
  const groups = (text: string) =>
    text.split(":").filter(Boolean).flatMap((group) =>
      group.includes(".") ? group.split(".").map(Number) : [parseInt(group, 16) >> 8, parseInt(group, 16)]
    );
  const [front, back] = [groups(head), groups(tail ?? "")];
  const bytes = new Uint8Array(16);
  bytes.set(front);
  bytes.set(back, 16 - back.length);
  return bytes;
}
