/**
 * zlib streams (RFC 1950) as a client's inflater sees them: one header at the start, then blocks for ever, cut into
 * pieces that each end at a byte.
 *
 * Whose blocks they are is of no matter to the inflater, so a stream also takes blocks that were compressed
 * elsewhere ({@linkcode independentBlock}): one compression serves every client that wants the same bytes.
 *
 * @module
 */
import { ByteWriter } from "../core/bytes.ts";
import { createRawDeflater, type RawDeflater } from "./raw_deflater.ts";

/** CMF and FLG: deflate, 32 KiB window, no dictionary, "default" level (RFC 1950 §2.2); says nothing that binds. */
const ZLIB_HEADER = Uint8Array.of(0x78, 0x9c);

/** One zlib stream of one client. Owns its compressor, which is made when it is first needed. */
export class DeflateStream implements Disposable {
  readonly #create: (level: number) => RawDeflater;
  #deflater: RawDeflater | undefined;
  #started = false;
  /** The client has inflated bytes that the compressor does not know of: distances would be wrong. */
  #spliced = false;

  /** @param create Makes the engine; tests choose one. */
  constructor(create: (level: number) => RawDeflater = createRawDeflater) {
    this.#create = create;
  }

  /**
   * Appends `data`, compressed. The client can inflate all of it with what it then has.
   *
   * @param level 0 (stored) … 9; may differ from call to call.
   */
  compress(data: Uint8Array, level: number, out: ByteWriter): void {
    this.#deflater ??= this.#create(level);
    if (this.#spliced) {
      this.#deflater.reset();
      this.#spliced = false;
    }
    this.#start(out);
    this.#deflater.deflate(data, level, out);
  }

  /**
   * Appends what {@linkcode independentBlock} made. The next own data refers to nothing before it.
   */
  splice(block: Uint8Array, out: ByteWriter): void {
    this.#start(out);
    out.bytes(block);
    this.#spliced = true;
  }

  [Symbol.dispose](): void {
    this.#deflater?.[Symbol.dispose]();
    this.#deflater = undefined;
  }

  #start(out: ByteWriter): void {
    if (this.#started) return;
    this.#started = true;
    out.bytes(ZLIB_HEADER);
  }
}

/** More than this costs time and gains nothing where hardly anything repeats (zlib-rs: 0.3 % for 15 % more time). */
const MOST_FOR_RICH = 2;

/** Data so short takes no time at any level. */
const SHORT = 4096;

/**
 * The level for a piece of data.
 *
 * @param wanted What the client's settings ask for, 0 … 9.
 * @param isRich See `DeflateMark.isRich`.
 */
export function levelFor(length: number, wanted: number, isRich = false): number {
  if (isRich) return Math.min(wanted, MOST_FOR_RICH);
  return length <= SHORT && wanted > 0 && wanted < 6 ? wanted + 1 : wanted;
}

let independent: RawDeflater | undefined;

/**
 * Compresses `data` so that it may be spliced into any stream: raw deflate blocks that refer to nothing before them
 * and end at a byte.
 *
 * @param level 0 (stored) … 9.
 * @returns Bytes of their own, to be kept as long as wanted.
 */
export function independentBlock(data: Uint8Array, level: number): Uint8Array<ArrayBuffer> {
  const out = new ByteWriter((data.length >> 1) + 64);
  writeIndependentBlock(data, level, out);
  return out.copy();
}

/** Appends what {@linkcode independentBlock} makes. */
export function writeIndependentBlock(data: Uint8Array, level: number, out: ByteWriter): void {
  independent ??= createRawDeflater(level);
  independent.reset();
  independent.deflate(data, level, out);
}
