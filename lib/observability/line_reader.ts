/**
 * Lines from a connection whose peer is not trusted to end them.
 *
 * @module
 */

/** A line is longer than it may be. */
export class LineTooLong extends Error {
  override readonly name = "LineTooLong";
}

/** Reads lines. Borrows the connection. */
export class LineReader {
  readonly #read: (into: Uint8Array) => Promise<number | null>;
  readonly #most: number;
  #buffer: Uint8Array<ArrayBuffer>;
  #length = 0;

  /** @param most Longest line with its end, in bytes. */
  constructor(connection: { read(into: Uint8Array): Promise<number | null> }, most: number) {
    this.#read = (into) => connection.read(into);
    this.#most = most;
    this.#buffer = new Uint8Array(Math.min(most, 4096));
  }

  /**
   * The next line without its end; `undefined` at the end of the stream. What follows the last line end is no line.
   *
   * @throws {LineTooLong}
   */
  async next(): Promise<string | undefined> {
    for (let searched = 0;;) {
      const end = this.#buffer.subarray(0, this.#length).indexOf(10, searched);
      if (end >= 0) {
        const line = new TextDecoder().decode(this.#buffer.subarray(0, end));
        this.#buffer.copyWithin(0, end + 1, this.#length);
        this.#length -= end + 1;
        return line.endsWith("\r") ? line.slice(0, -1) : line;
      }
      searched = this.#length;
      if (this.#length === this.#buffer.length) this.#grow();
      const count = await this.#read(this.#buffer.subarray(this.#length));
      if (count === null) return undefined;
      this.#length += count;
    }
  }

  #grow(): void {
    if (this.#length >= this.#most) throw new LineTooLong(`A line is longer than ${this.#most} bytes`);
    const larger = new Uint8Array(Math.min(this.#most, this.#length * 2));
    larger.set(this.#buffer);
    this.#buffer = larger;
  }
}
