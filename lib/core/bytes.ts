/**
 * Big-endian bytes, in and out (RFC 6143 §7: multiple-byte integers are big-endian unless said otherwise).
 *
 * @module
 */

const UTF8 = new TextEncoder();

/** Bytes of a string in UTF-8. */
export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return UTF8.encode(text);
}

/** Bytes of a string in Latin-1; what Latin-1 lacks becomes "?". */
export function latin1(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length);
  let length = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    bytes[length++] = code < 0x100 ? code : 0x3f;
    if (code >= 0xd800 && text.codePointAt(at)! > 0xffff) at++; // two units, one character
  }
  return length === bytes.length ? bytes : bytes.slice(0, length);
}

/** The string whose Latin-1 bytes these are. */
export function fromLatin1(bytes: Uint8Array): string {
  // Units of UTF-16 have the same numbers; a megabyte takes 2 ms so, and 200 by String.fromCharCode.
  return new TextDecoder("utf-16le").decode(new Uint16Array(bytes));
}

/** A buffer that grows as it is written to. Reused from message to message: `clear()` keeps the memory. */
export class ByteWriter {
  #bytes: Uint8Array<ArrayBuffer>;
  #view: DataView<ArrayBuffer>;
  #length = 0;

  /** @param capacity Bytes to take at once. */
  constructor(capacity = 256) {
    this.#bytes = new Uint8Array(capacity);
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** Bytes written. */
  get length(): number {
    return this.#length;
  }

  /** Forgets what was written, keeps the memory. */
  clear(): void {
    this.#length = 0;
  }

  /** Cuts back to `length` bytes. */
  truncate(length: number): void {
    if (length < 0 || length > this.#length) {
      throw new RangeError(`Cannot truncate to ${length} of ${this.#length} bytes`);
    }
    this.#length = length;
  }

  u8(value: number): this {
    const at = this.#advance(1);
    this.#bytes[at] = value;
    return this;
  }

  u16(value: number): this {
    const at = this.#advance(2);
    this.#view.setUint16(at, value);
    return this;
  }

  u32(value: number): this {
    const at = this.#advance(4);
    this.#view.setUint32(at, value);
    return this;
  }

  i32(value: number): this {
    const at = this.#advance(4);
    this.#view.setInt32(at, value);
    return this;
  }

  /** `count` bytes of 0: padding is always zero, so that nothing of our memory goes out with it. */
  zeros(count: number): this {
    const at = this.#advance(count);
    this.#bytes.fill(0, at, at + count);
    return this;
  }

  /** Copies `source` behind what is there. */
  bytes(source: Uint8Array): this {
    const at = this.#advance(source.length);
    this.#bytes.set(source, at);
    return this;
  }

  /** Overwrites the u16 at `at`, for counts that are known only at the end. */
  patchU16(at: number, value: number): void {
    this.#view.setUint16(at, value);
  }

  /** Overwrites the u32 at `at`. */
  patchU32(at: number, value: number): void {
    this.#view.setUint32(at, value);
  }

  /** Overwrites the byte at `at`. */
  patchU8(at: number, value: number): void {
    this.#bytes[at] = value;
  }

  /**
   * Makes room for at least `count` bytes behind what is written and lends the memory: write into it, then call
   * {@linkcode ByteWriter.commit}. Valid until the next call that writes.
   */
  reserve(count: number): Uint8Array<ArrayBuffer> {
    this.#grow(this.#length + count);
    return this.#bytes.subarray(this.#length);
  }

  /** Takes `count` bytes of what {@linkcode ByteWriter.reserve} lent as written. */
  commit(count: number): void {
    if (this.#length + count > this.#bytes.length) {
      throw new RangeError(`Cannot commit ${count} bytes that were not reserved`);
    }
    this.#length += count;
  }

  /** What was written: a view, valid until the next call that writes or clears. */
  view(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#length);
  }

  /** What was written, as a copy. */
  copy(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length);
  }

  #advance(count: number): number {
    const at = this.#length;
    if (at + count > this.#bytes.length) this.#grow(at + count);
    this.#length = at + count;
    return at;
  }

  #grow(needed: number): void {
    if (needed <= this.#bytes.length) return;
    let capacity = Math.max(64, this.#bytes.length);
    while (capacity < needed) capacity *= 2;
    const grown = new Uint8Array(capacity);
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }
}

/** A cursor over bytes that cannot overrun: reading past the end throws `RangeError`. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Bytes read so far. */
  get offset(): number {
    return this.#at;
  }

  /** Bytes left. */
  get remaining(): number {
    return this.#bytes.length - this.#at;
  }

  u8(): number {
    return this.#view.getUint8(this.#take(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#take(2));
  }

  i16(): number {
    return this.#view.getInt16(this.#take(2));
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4));
  }

  i32(): number {
    return this.#view.getInt32(this.#take(4));
  }

  skip(count: number): void {
    this.#take(count);
  }

  /** The next `count` bytes, as a view. */
  bytes(count: number): Uint8Array {
    const at = this.#take(count);
    return this.#bytes.subarray(at, at + count);
  }

  #take(count: number): number {
    const at = this.#at;
    if (count < 0 || at + count > this.#bytes.length) {
      throw new RangeError(`Cannot read ${count} bytes: ${this.remaining} are left`);
    }
    this.#at = at + count;
    return at;
  }
}
