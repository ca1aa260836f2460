/**
 * Tells which arrays lie in the shared memory that an instance of the kernels works on.
 *
 * The buffer of a memory is another object after each growth, and yet another on each thread, though it is the same
 * memory; so memories are known by a random mark at a fixed place in them.
 *
 * @module
 */

/** Bytes of the mark from the memory's start. Constants of the kernels begin behind. */
const MARK_OFFSET = 8;

/** The arrays of one memory. */
export class SharedArrays {
  readonly #mark: bigint;
  /** Buffers that are known to be, or not to be, the memory. */
  readonly #known = new WeakMap<ArrayBufferLike, boolean>();
  /** The buffer that was seen last and is the memory. */
  #last: ArrayBufferLike;

  /** Writes the mark if no other thread has done so. */
  constructor(memory: WebAssembly.Memory) {
    const buffer: ArrayBufferLike = memory.buffer;
    const cells = new BigInt64Array(buffer, MARK_OFFSET, 1);
    const [mark] = crypto.getRandomValues(new BigInt64Array(1));
    Atomics.compareExchange(cells, 0, 0n, mark! | 1n);
    this.#mark = Atomics.load(cells, 0);
    this.#last = buffer;
    this.#known.set(buffer, true);
  }

  /** Whether `array` lies in the memory. */
  has(array: ArrayBufferView): boolean {
    const buffer = array.buffer;
    if (buffer === this.#last) return true;
    if (!(buffer instanceof SharedArrayBuffer)) return false;
    let known = this.#known.get(buffer);
    if (known === undefined) {
      known = buffer.byteLength >= MARK_OFFSET + 8 &&
        Atomics.load(new BigInt64Array(buffer, MARK_OFFSET, 1), 0) === this.#mark;
      this.#known.set(buffer, known);
    }
    if (known) this.#last = buffer;
    return known;
  }
}
