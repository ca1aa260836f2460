/**
 * What encodings work with: the kernels, and room for what they make on the way to a client.
 *
 * @module
 */
import { COLOUR_TABLE_LENGTH, type Kernels, MAX_COLOURS, TILE_SCRATCH_BYTES } from "../kernels/kernels.ts";
import { plainKernels } from "../kernels/plain.ts";

/** Hands out memory that the kernels are fastest in; `FrameMemory` is one. */
export interface ScratchMemory {
  /** At least `byteLength` bytes, starting at a multiple of 16. */
  allocate(byteLength: number): Uint8Array;
  /** Takes a piece back; nobody uses it any more. */
  release(piece: Uint8Array): void;
}

/** For `indexColours`, its table included, and for `countRuns`. */
export interface PaletteScratch {
  readonly colours: Uint32Array;
  readonly table: Uint16Array;
  readonly runs: Uint32Array;
}

/** Memory that is nobody else's. */
const OWN_MEMORY: ScratchMemory = {
  allocate: (byteLength) => new Uint8Array(byteLength),
  release: () => {},
};

/**
 * Kernels and scratch of one thread, shared by all its clients: encoding a rectangle is one call that nothing
 * interrupts, and leaves nothing behind. What a method lends is valid until it is called again.
 *
 * Memory is taken when it is first needed and grows with the largest rectangle.
 */
export class Workbench implements Disposable {
  readonly kernels: Kernels;
  readonly #values: GrowingPiece;
  readonly #bytes: GrowingPiece;
  readonly #indices: GrowingPiece;
  readonly #kernelScratch: GrowingPiece;
  readonly #tables: GrowingPiece;
  #palette: PaletteScratch | undefined;

  /**
   * @param kernels By default the plain ones.
   * @param memory The kernels' own memory, so that they work on scratch at full speed.
   */
  constructor(kernels: Kernels = plainKernels, memory: ScratchMemory = OWN_MEMORY) {
    this.kernels = kernels;
    this.#values = new GrowingPiece(memory);
    this.#bytes = new GrowingPiece(memory);
    this.#indices = new GrowingPiece(memory);
    this.#kernelScratch = new GrowingPiece(memory);
    this.#tables = new GrowingPiece(memory);
  }

  /** Room for `count` pixel values. */
  values(count: number): Uint32Array {
    const { buffer, byteOffset } = this.#values.atLeast(count * 4);
    return new Uint32Array(buffer, byteOffset, count);
  }

  /** Room for `length` bytes on their way into an `EncodedRect`. */
  bytes(length: number): Uint8Array {
    return this.#bytes.atLeast(length).subarray(0, length);
  }

  /** Room for `count` indices of a palette. */
  indices(count: number): Uint8Array {
    return this.#indices.atLeast(count).subarray(0, count);
  }

  /** Room for `length` bytes that a kernel asks for as its own scratch. */
  kernelScratch(length: number): Uint8Array {
    return this.#kernelScratch.atLeast(Math.max(length, TILE_SCRATCH_BYTES));
  }

  /** Room for what kernels find out about colours. Always the same memory. */
  palette(): PaletteScratch {
    if (!this.#palette) {
      const runsAt = MAX_COLOURS * 4;
      const tableAt = runsAt + 16;
      const { buffer, byteOffset } = this.#tables.atLeast(tableAt + COLOUR_TABLE_LENGTH * 2);
      this.#palette = {
        colours: new Uint32Array(buffer, byteOffset, MAX_COLOURS),
        runs: new Uint32Array(buffer, byteOffset + runsAt, 3),
        table: new Uint16Array(buffer, byteOffset + tableAt, COLOUR_TABLE_LENGTH),
      };
    }
    return this.#palette;
  }

  [Symbol.dispose](): void {
    for (const piece of [this.#values, this.#bytes, this.#indices, this.#kernelScratch, this.#tables]) {
      piece.release();
    }
    this.#palette = undefined;
  }
}

/** A piece that is replaced by a larger one when it is too small. */
class GrowingPiece {
  readonly #memory: ScratchMemory;
  #piece: Uint8Array = new Uint8Array(0);

  constructor(memory: ScratchMemory) {
    this.#memory = memory;
  }

  atLeast(byteLength: number): Uint8Array {
    if (this.#piece.length < byteLength) {
      this.release();
      this.#piece = this.#memory.allocate(Math.ceil(byteLength / 65536) * 65536);
    }
    return this.#piece;
  }

  release(): void {
    if (this.#piece.length > 0) this.#memory.release(this.#piece);
    this.#piece = new Uint8Array(0);
  }
}

/** For whoever has no shared memory: tests, small tools. */
export const PLAIN_WORKBENCH: Workbench = new Workbench();
