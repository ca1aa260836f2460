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

/** Hands out pieces of one shared memory. */
export class FrameMemory {
  /** For instances of kernels and for workers. */
  readonly memory: WebAssembly.Memory;
  /** The first byte that was never handed out. */
  #top: number;
  /** Pieces that were given back: byte offset and length. */
  readonly #free: { at: number; length: number }[] = [];

  /** @param reserved Bytes at the start that are left to kernels' own data and stacks. */
  constructor(reserved = 16 * WASM_PAGE) {
    this.memory = new WebAssembly.Memory({
      initial: Math.ceil(reserved / WASM_PAGE) + 1,
      maximum: 65536,
      shared: true,
    });
    this.#top = reserved;
  }

  /**
   * A piece of memory, filled with zeros, that starts at a system page.
   *
   * @param byteLength At least 1; rounded up to whole system pages inside.
   * @throws {RangeError} 4 GiB are used up.
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
    const missing = at + length - this.memory.buffer.byteLength;
    if (missing > 0) this.memory.grow(Math.ceil(missing / WASM_PAGE));
    this.#top = at + length;
    return this.#bytes(at, byteLength);
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
    return new Uint8Array(this.memory.buffer as unknown as SharedArrayBuffer, at, length);
  }
}
