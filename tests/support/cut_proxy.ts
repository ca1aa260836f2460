/**
 * A way to a server that breaks after so many bytes of the client's.
 *
 * @module
 */
import { closeConnection, LoopbackProxy } from "./loopback_proxy.ts";

/** Listens on a port of its own; each connection breaks by the rule at that moment. Owns its connections. */
export class CutProxy extends LoopbackProxy {
  /** Bytes of the client's that still pass on connections that begin now. */
  cutAfter = Infinity;

  static to(port: number): CutProxy {
    return new CutProxy(port);
  }

  protected async pass(from: Deno.TcpConn, to: Deno.TcpConn, isDown: boolean): Promise<void> {
    const buffer = new Uint8Array(16384);
    let left = isDown ? Infinity : this.cutAfter;
    try {
      while (left > 0) {
        const count = await from.read(buffer);
        if (count === null) break;
        const part = buffer.subarray(0, Math.min(count, left));
        for (let at = 0; at < part.length;) at += await to.write(part.subarray(at));
        left -= part.length;
      }
    } catch { /* one of the two has gone */ }
    closeConnection(from);
    closeConnection(to);
  }
}
