/**
 * The one shared memory in which all pixels lie: capture, shadow, scratch of kernels and workers (DESIGN §4).
 *
 * It is a shared `WebAssembly.Memory` whose maximum is declared, so that its base address never moves: kernels see
 * all of it, workers can be given it, and a System V segment can be mapped into it.
 *
 * @module
 */

const WASM_PAGE = 65536;
const SYSTEM_PAGE = 4096;
/** Left to the kernels at the start of a memory. */
const KERNEL_PAGES = 16;
/** 4 GiB, all that a WebAssembly memory can have. */
const MOST_PAGES = 65536;

/** Bytes of a shared memory. */
export interface MemoryRange {
  readonly memory: WebAssembly.Memory;
  /** Offset of the first byte, a multiple of 4096. */
  readonly at: number;
  readonly length: number;
}

/** Hands out pieces of one shared memory. */
export class FrameMemory {
  /** For instances of kernels and for workers. */
  readonly memory: WebAssembly.Memory;
  /** The first byte that was never handed out. */
  #top: number;
  /** Behind the last byte that may be handed out. */
  readonly #end: number;
  /** A shared memory has another buffer object after each growth; all of them are the same bytes. */
  readonly #buffers = new WeakSet<ArrayBufferLike>();
  /** Pieces that were given back: byte offset and length. */
  readonly #free: { at: number; length: number }[] = [];

  /**
   * @param range By default a new memory, whose first bytes are left to kernels' own data and stacks; else a part of
   *   one that exists and that its owner leaves to this object: how a worker gets scratch.
   */
  constructor(range?: MemoryRange) {
    this.memory = range?.memory ??
      new WebAssembly.Memory({ initial: KERNEL_PAGES + 1, maximum: MOST_PAGES, shared: true });
    this.#top = range?.at ?? KERNEL_PAGES * WASM_PAGE;
    this.#end = range ? range.at + range.length : MOST_PAGES * WASM_PAGE;
  }

  /**
   * A piece of memory, filled with zeros, that starts at a system page.
   *
   * @param byteLength At least 1; rounded up to whole system pages inside.
   * @throws {RangeError} All of it is used up: 4 GiB, or the range given.
   */
  allocate(byteLength: number): Uint8Array<SharedArrayBuffer> {
    const length = Math.ceil(byteLength / SYSTEM_PAGE) * SYSTEM_PAGE;
    const reused = this.#free.findIndex((piece) => piece.length >= length);
    if (reused >= 0) {
      const piece = this.#free[reused]!;
      const at = piece.at;
      piece.at += length;
      piece.length -= length;
      if (piece.length === 0) this.#free.splice(reused, 1);
      return this.#bytes(at, byteLength).fill(0);
    }
    const at = this.#top;
    if (at + length > this.#end) {
      throw new RangeError(`Cannot allocate ${byteLength} bytes: ${this.#end - at} are left`);
    }
    const missing = at + length - this.memory.buffer.byteLength;
    if (missing > 0) this.memory.grow(Math.ceil(missing / WASM_PAGE));
    this.#top = at + length;
    return this.#bytes(at, byteLength);
  }

  /** Whether an array lies in a piece that was handed out here. */
  owns(array: ArrayBufferView): boolean {
    return this.#buffers.has(array.buffer);
  }

  /** What was given back and not handed out again. Borrowed until then; what is in it may be lost. */
  get spare(): readonly Uint8Array[] {
    return this.#free.map(({ at, length }) => new Uint8Array(this.memory.buffer, at, length));
  }

  /** Gives a piece back; nothing may use it any more. */
  release(piece: Uint8Array): void {
    const length = Math.ceil(piece.byteLength / SYSTEM_PAGE) * SYSTEM_PAGE;
    this.#free.push({ at: piece.byteOffset, length });
    this.#free.sort((a, b) => a.at - b.at);
    for (let i = this.#free.length - 1; i > 0; i--) {
      const before = this.#free[i - 1]!;
      if (before.at + before.length === this.#free[i]!.at) {
        before.length += this.#free[i]!.length;
        this.#free.splice(i, 1);
      }
    }
  }

  #bytes(at: number, length: number): Uint8Array<SharedArrayBuffer> {
    const buffer = this.memory.buffer as unknown as SharedArrayBuffer;
    this.#buffers.add(buffer);
    return new Uint8Array(buffer, at, length);
  }
}
