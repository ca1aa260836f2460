/**
 * What transports have in common that lie on another one (decision 7): whatever a layer does not do itself, it passes on.
 *
 * @module
 */
import type { Backlog, Peer, Transport } from "./transport.ts";

/** Passes everything on. Owns the transport beneath. */
export abstract class TransportLayer implements Transport {
  /** The transport beneath. */
  protected readonly inner: Transport;

  constructor(inner: Transport) {
    this.inner = inner;
  }

  get peer(): Peer {
    return this.inner.peer;
  }

  read(into: Uint8Array): Promise<number | null> {
    return this.inner.read(into);
  }

  write(bytes: Uint8Array): Promise<void> {
    return this.inner.write(bytes);
  }

  backlog(): Backlog | undefined {
    return this.inner.backlog?.();
  }

  limitUnsent(bytes: number): void {
    this.inner.limitUnsent?.(bytes);
  }

  peerKeepAliveMs(): number | undefined {
    return this.inner.peerKeepAliveMs?.();
  }

  farewell(reason: string, goingAway?: boolean): void {
    this.inner.farewell?.(reason, goingAway);
  }

  close(graceMs?: number): Promise<void> {
    return this.inner.close(graceMs);
  }

  [Symbol.dispose](): void {
    this.inner[Symbol.dispose]();
  }
}
