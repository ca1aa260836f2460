/**
 * How many requests an HTTP client may send ahead of their answers (RFC 9112 §9.3.2, "Pipelining"). Few clients send any;
 * those that send hundreds at once make the server answer them all in one go.
 *
 * @module
 */

/** Answers that may be owed on one connection. */
const MOST_OWED = 8;

/** A connection, as Node.js has it. */
export interface RequestStream {
  readonly destroyed: boolean;
  destroy(): void;
}

/** A response, as Node.js has it. */
export interface OwedResponse {
  once(event: "finish", listener: () => void): unknown;
}

/** Counts for all connections of a server. */
export class RequestsAhead {
  readonly #owed = new WeakMap<RequestStream, number>();

  /** Whether a request is to be answered. If not, its connection is destroyed, and all that was asked on it is void. */
  admits(stream: RequestStream, response: OwedResponse): boolean {
    if (stream.destroyed) return false;
    const owed = this.#owed.get(stream) ?? 0;
    if (owed >= MOST_OWED) {
      stream.destroy();
      return false;
    }
    this.#owed.set(stream, owed + 1);
    response.once("finish", () => this.#owed.set(stream, this.#owed.get(stream)! - 1));
    return true;
  }
}
