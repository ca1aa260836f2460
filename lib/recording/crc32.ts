/**
 * The checksum of gzip (RFC 1952 §8).
 *
 * @module
 */

let table: Uint32Array | undefined;

function crcTable(): Uint32Array {
  if (table) return table;
  const made = new Uint32Array(256);
  for (let byte = 0; byte < 256; byte++) {
    let value = byte;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? value >>> 1 ^ 0xedb8_8320 : value >>> 1;
    made[byte] = value;
  }
  return table = made;
}

/**
 * CRC-32 of bytes.
 *
 * @param before That of the bytes before these, to go on from.
 */
export function crc32(bytes: Uint8Array, before = 0): number {
  const crcs = crcTable();
  let crc = ~before;
  for (let i = 0; i < bytes.length; i++) crc = crcs[(crc ^ bytes[i]!) & 0xff]! ^ crc >>> 8;
  return ~crc >>> 0;
}
