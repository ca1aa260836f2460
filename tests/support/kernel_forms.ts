/**
 * Both forms of the kernels, each with arrays that it works on, for tests that every form has to pass.
 *
 * @module
 */
import { FrameMemory } from "../../lib/core/frame_memory.ts";
import type { Kernels } from "../../lib/kernels/kernels.ts";
import { plainKernels } from "../../lib/kernels/plain.ts";
import { loadKernels } from "../../lib/kernels/simd.ts";

/** Bytes of the memory that arrays come from; tests use less at a time. */
const ARENA_BYTES = 64 << 20;

/** Kernels and a place for their arguments. */
export interface KernelForm {
  readonly name: string;
  readonly kernels: Kernels;
  /** Arrays of the form's own memory, not cleared; those given out long ago come again. */
  u8(from: number | ArrayLike<number>): Uint8Array;
  u16(from: number | ArrayLike<number>): Uint16Array;
  u32(from: number | ArrayLike<number>): Uint32Array;
  /** Bytes that begin at a multiple of four. */
  scratch(length: number): Uint8Array;
}

type ArrayConstructor<T> = {
  new (buffer: ArrayBufferLike, at: number, length: number): T;
  readonly BYTES_PER_ELEMENT: number;
};

/** Hands out pieces of one buffer, round and round, at odd addresses. */
function form(name: string, kernels: Kernels, arena: Uint8Array): KernelForm {
  let at = 0;
  let salt = 1;
  const make =
    <T extends Uint8Array | Uint16Array | Uint32Array>(Type: ArrayConstructor<T>) =>
    (from: number | ArrayLike<number>): T => {
      const length = typeof from === "number" ? from : from.length;
      const bytes = Type.BYTES_PER_ELEMENT;
      if (at + length * bytes + 128 > arena.length) at = 0;
      salt = (salt * 5 + 3) % 16;
      at = Math.ceil(at / bytes) * bytes + salt * bytes;
      const array = new Type(arena.buffer, arena.byteOffset + at, length);
      at += length * bytes;
      if (typeof from === "number") array.fill(0xa5);
      else array.set(from);
      return array;
    };
  const u32 = make(Uint32Array);
  const scratch = (length: number) => {
    const words = u32(Math.ceil(length / 4));
    return new Uint8Array(words.buffer, words.byteOffset, length);
  };
  return { name, kernels, u8: make(Uint8Array), u16: make(Uint16Array), u32, scratch };
}

const memory = new FrameMemory();

/** Plain first: it is the oracle of the other. */
export const KERNEL_FORMS: readonly [KernelForm, KernelForm] = [
  form("plain", plainKernels, new Uint8Array(ARENA_BYTES)),
  form("SIMD", loadKernels(memory), memory.allocate(ARENA_BYTES)),
];
