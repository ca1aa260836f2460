/** Recordings in memory, and such as disks make trouble for. @module */
import type { RecordingSource } from "../../lib/recording/recording_reader.ts";
import type { RecordingFile } from "../../lib/recording/recording_writer.ts";

/** A file that can be full, or slow. */
export class MemoryFile implements RecordingFile {
  readonly #parts: Uint8Array[] = [];
  #length = 0;
  closed = 0;
  /** Bytes that there is room for. */
  capacity = Infinity;
  /** Writes wait until this is taken away. */
  #gate: PromiseWithResolvers<void> | undefined;

  get length(): number {
    return this.#length;
  }

  /** All that was written. */
  get bytes(): Uint8Array {
    const bytes = new Uint8Array(this.#length);
    let at = 0;
    for (const part of this.#parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return bytes;
  }

  stall(): void {
    this.#gate ??= Promise.withResolvers();
  }

  resume(): void {
    this.#gate?.resolve();
    this.#gate = undefined;
  }

  async write(bytes: Uint8Array): Promise<number> {
    await this.#gate?.promise;
    const room = this.capacity - this.#length;
    // As the system has it: what fits is written, and the next call fails.
    if (room <= 0) throw new Error("No space left on device (os error 28)");
    const taken = bytes.slice(0, room);
    this.#parts.push(taken);
    this.#length += taken.length;
    return taken.length;
  }

  close(): void {
    this.closed++;
  }
}

/** Bytes as a file to read from. */
export function sourceOf(bytes: Uint8Array): RecordingSource & { closed: number } {
  return {
    size: bytes.length,
    closed: 0,
    read(offset, into) {
      const part = bytes.subarray(offset, offset + into.length);
      into.set(part);
      return Promise.resolve(part.length);
    },
    close() {
      this.closed++;
    },
  };
}
