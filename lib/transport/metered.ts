/**
 * A transport that tells how many bytes pass.
 *
 * @module
 */
import type { Backlog, Peer, Transport } from "./transport.ts";

/** Who is told; called with what one read or write has moved. */
export interface Meter {
  received(bytes: number): void;
  sent(bytes: number): void;
}

/** Passes everything on. Owns the transport beneath. */
export class MeteredTransport implements Transport {
  readonly #inner: Transport;
  readonly #meter: Meter;

  constructor(inner: Transport, meter: Meter) {
    this.#inner = inner;
    this.#meter = meter;
  }

  get peer(): Peer {
    return this.#inner.peer;
  }

  async read(into: Uint8Array): Promise<number | null> {
    const count = await this.#inner.read(into);
    if (count !== null) this.#meter.received(count);
    return count;
  }

  async write(bytes: Uint8Array): Promise<void> {
    await this.#inner.write(bytes);
    this.#meter.sent(bytes.length);
  }

  backlog(): Backlog | undefined {
    return this.#inner.backlog?.();
  }

  limitUnsent(bytes: number): void {
    this.#inner.limitUnsent?.(bytes);
  }

  farewell(reason: string, goingAway?: boolean): void {
    this.#inner.farewell?.(reason, goingAway);
  }

  close(graceMs?: number): Promise<void> {
    return this.#inner.close(graceMs);
  }

  [Symbol.dispose](): void {
    this.#inner[Symbol.dispose]();
  }
}
