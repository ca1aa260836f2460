/**
 * A transport that tells how many bytes pass.
 *
 * @module
 */
import type { Transport } from "./transport.ts";
import { TransportLayer } from "./transport_layer.ts";

/** Who is told; called with what one read or write has moved. */
export interface Meter {
  received(bytes: number): void;
  sent(bytes: number): void;
}

/** Passes everything on. Owns the transport beneath. */
export class MeteredTransport extends TransportLayer {
  readonly #meter: Meter;

  constructor(inner: Transport, meter: Meter) {
    super(inner);
    this.#meter = meter;
  }

  override async read(into: Uint8Array): Promise<number | null> {
    const count = await super.read(into);
    if (count !== null) this.#meter.received(count);
    return count;
  }

  override async write(bytes: Uint8Array): Promise<void> {
    await super.write(bytes);
    this.#meter.sent(bytes.length);
  }
}
