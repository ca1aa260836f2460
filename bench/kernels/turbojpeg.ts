/**
 * JPEG by libturbojpeg.so.0 (Debian: libturbojpeg0), called in this process, as a measure for the encoder.
 *
 * @module
 */
import type { Subsampling } from "../../lib/kernels/kernels.ts";

/** Constants of turbojpeg.h. */
const TJPF_BGRX = 3;
const TJFLAG_NOREALLOC = 1024;
const TJFLAG_ACCURATEDCT = 4096;
const TJSAMP: Record<Subsampling, number> = { 0: 0, 1: 1, 2: 2, 3: 5, 4: 3 };

const SYMBOLS = {
  tjInitCompress: { parameters: [], result: "pointer" },
  tjCompress2: {
    parameters: ["pointer", "buffer", "i32", "i32", "i32", "i32", "buffer", "buffer", "i32", "i32", "i32"],
    result: "i32",
  },
} as const;

/** Prepares encoding one picture: what is returned encodes it, and returns the number of bytes. */
export type PrepareTurbo = (
  pixels: Uint32Array<ArrayBuffer>,
  width: number,
  height: number,
  quality: number,
  subsampling: Subsampling,
  accurate: boolean,
) => () => number;

/** Opens the library, or gives `undefined` where it is not installed. The library and a handle stay open. */
export function openTurbo(): PrepareTurbo | undefined {
  let library;
  try {
    library = Deno.dlopen("libturbojpeg.so.0", SYMBOLS).symbols;
  } catch {
    return undefined;
  }
  const { tjInitCompress, tjCompress2 } = library;
  const handle = tjInitCompress();
  return (pixels, width, height, quality, subsampling, accurate) => {
    const out = new Uint8Array(width * height * 8 + 4096);
    const address = BigUint64Array.of(Deno.UnsafePointer.value(Deno.UnsafePointer.of(out)));
    const length = BigUint64Array.of(0n);
    const source = new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength);
    const [addressBytes, lengthBytes] = [new Uint8Array(address.buffer), new Uint8Array(length.buffer)];
    const flags = TJFLAG_NOREALLOC | (accurate ? TJFLAG_ACCURATEDCT : 0);
    return () => {
      length[0] = BigInt(out.length);
      const result = tjCompress2(
        handle,
        source,
        width,
        0,
        height,
        TJPF_BGRX,
        addressBytes,
        lengthBytes,
        TJSAMP[subsampling],
        quality,
        flags,
      );
      if (result !== 0) throw new Error("Cannot encode by libturbojpeg");
      return Number(length[0]);
    };
  };
}
