/**
 * Raw deflate (RFC 1951) that answers at once: the engines under `deflate.ts`.
 *
 * node:zlib compresses on the calling thread but hands the result over later. Its streams have a handle inside that
 * gives it back from the call itself; the handle is no public interface, so it is tried out once
 * ({@linkcode isHandleUsable}) and replaced by public functions where it fails.
 *
 * @module
 */
import * as zlib from "node:zlib";
import { ByteWriter } from "../core/bytes.ts";
import { NativeError } from "../core/errors.ts";
import { getLogger } from "../core/log.ts";

/** A compressor without a header, whose every output ends at a byte and can be inflated up to there. */
export interface RawDeflater extends Disposable {
  /**
   * Appends `data` compressed and flushed (Z_SYNC_FLUSH). It may refer to data given before.
   *
   * @param level 0 (stored) … 9; may differ from call to call.
   */
  deflate(data: Uint8Array, level: number, out: ByteWriter): void;
  /** Forgets all data given before: what comes next refers to nothing before it. */
  reset(): void;
}

/** Distance that deflate can look back, in bytes. */
const WINDOW = 32768;

/** The part of node:zlib's inner handle that is used. */
interface ZlibHandle {
  writeSync(
    flush: number,
    input: Uint8Array,
    inputOffset: number,
    inputLength: number,
    output: Uint8Array,
    outputOffset: number,
    outputLength: number,
  ): void;
  params(level: number, strategy: number): void;
  reset(): void;
}

/** A node:zlib stream with its inner parts. */
interface OpenedDeflateRaw {
  readonly _handle: ZlibHandle;
  /** Left after a write: bytes of room in the output, bytes of input. */
  readonly _writeState: Uint32Array;
  close(): void;
}

/**
 * How much is compressed with the same codes, of 1 … 9: pieces of a desktop differ from each other so much that less than the
 * most is not only cheaper but smaller.
 */
const MEMORY_LEVEL = 7;

/** One compressor that lives on from call to call: some 200 KB of memory. */
export class HandleDeflater implements RawDeflater {
  readonly #stream: OpenedDeflateRaw;
  #level: number;

  /** @param level Of the first data; see {@linkcode RawDeflater.deflate}. */
  constructor(level: number) {
    // The stream's own output buffer is never used: as small as may be.
    const options = { level, memLevel: MEMORY_LEVEL, chunkSize: 64 };
    this.#stream = zlib.createDeflateRaw(options) as unknown as OpenedDeflateRaw;
    this.#level = level;
  }

  deflate(data: Uint8Array, level: number, out: ByteWriter): void {
    const { _handle: handle, _writeState: left } = this.#stream;
    if (level !== this.#level) {
      handle.params(level, zlib.constants.Z_DEFAULT_STRATEGY);
      this.#level = level;
    }
    let at = 0;
    for (;;) {
      const room = out.reserve((data.length - at >> 1) + 256);
      const offered = data.length - at;
      handle.writeSync(zlib.constants.Z_SYNC_FLUSH, data, at, offered, room, 0, room.length);
      out.commit(room.length - left[0]!);
      at = data.length - left[1]!;
      // Room that is left means that nothing waits inside any more.
      if (left[0]! > 0) break;
    }
    if (at !== data.length) {
      throw new NativeError(
        `Cannot deflate: ${data.length - at} of ${data.length} bytes were not taken`,
        "deflate",
      );
    }
  }

  reset(): void {
    this.#stream._handle.reset();
  }

  [Symbol.dispose](): void {
    this.#stream.close();
  }
}

/**
 * The same by public functions: each call compresses anew, with the last 32 KiB as dictionary. Slower, and bigger
 * where the runtime passes over the dictionary of raw deflate (Deno 2.9 does); right in both cases.
 */
export class PublicDeflater implements RawDeflater {
  #window: Uint8Array<ArrayBufferLike> = new Uint8Array(0);

  deflate(data: Uint8Array, level: number, out: ByteWriter): void {
    if (data.length === 0) return;
    const options = { level, memLevel: MEMORY_LEVEL, finishFlush: zlib.constants.Z_SYNC_FLUSH };
    out.bytes(
      this.#window.length > 0
        ? zlib.deflateRawSync(data, { ...options, dictionary: this.#window })
        : zlib.deflateRawSync(data, options),
    );
    const kept = this.#window.subarray(Math.max(0, this.#window.length + data.length - WINDOW));
    const added = data.subarray(Math.max(0, data.length - WINDOW));
    const window = new Uint8Array(kept.length + added.length);
    window.set(kept);
    window.set(added, kept.length);
    this.#window = window;
  }

  reset(): void {
    this.#window = new Uint8Array(0);
  }

  [Symbol.dispose](): void {}
}

let handleIsUsable: boolean | undefined;

/**
 * Whether {@linkcode HandleDeflater} works on this runtime: compresses a little with it once and inflates that.
 * Remembered for the life of the process.
 */
export function isHandleUsable(): boolean {
  handleIsUsable ??= tryHandle();
  return handleIsUsable;
}

/** The fastest engine that this runtime has. */
export function createRawDeflater(level: number): RawDeflater {
  return isHandleUsable() ? new HandleDeflater(level) : new PublicDeflater();
}

function tryHandle(): boolean {
  try {
    return inflatesBack();
  } catch (error) {
    getLogger("encodings").warning("Synchronous zlib handle is not usable, compression will be slower", {
      error,
    });
    return false;
  }
}

/** Noise, so that the output outgrows its first room; views that start inside their buffers; levels; a reset. */
function inflatesBack(): boolean {
  using deflater = new HandleDeflater(6);
  const data = new Uint8Array(8192 + 32).subarray(32);
  for (let i = 0, state = 1; i < data.length; i++) data[i] = (state = Math.imul(state, 48271)) >>> 16;
  const out = new ByteWriter(64).zeros(10);
  deflater.deflate(data, 6, out);
  deflater.deflate(data, 1, out);
  const beforeReset = out.length;
  deflater.reset();
  deflater.deflate(data, 9, out);
  const upToHere = { finishFlush: zlib.constants.Z_SYNC_FLUSH };
  const whole = zlib.inflateRawSync(out.view().subarray(10), upToHere);
  const tail = zlib.inflateRawSync(out.view().subarray(beforeReset), upToHere);
  return whole.length === 3 * data.length && tail.equals(data) &&
    whole.every((byte, i) => byte === data[i % data.length]);
}
