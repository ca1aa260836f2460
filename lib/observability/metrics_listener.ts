/**
 * The HTTP server of metrics. Scrapers are not known by name, so none may hold on to much: few connections, short heads,
 * little time.
 *
 * @module
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { NativeError } from "../core/errors.ts";
import { getLogger } from "../core/log.ts";
import { RequestsAhead } from "../core/requests_ahead.ts";
import type { MetricsPage, MetricsRoute } from "./prometheus_exporter.ts";

/** Connections at the same time. */
const MOST_CONNECTIONS = 32;
/** Longest head of a request, in bytes. */
const MOST_HEADER_BYTES = 8 * 1024;
/** Time for a request to come, in ms. */
const REQUEST_MS = 5000;
/** A connection on which nothing moves for so long is closed, in ms: scrapers come every minute or so, and connect anew. */
const IDLE_MS = 10_000;

/** Where to listen. */
export interface MetricsAddress {
  /** TCP port; 0 picks a free one. */
  readonly port: number;
  /** "127.0.0.1" by default. */
  readonly hostname?: string | undefined;
}

/** Owns its socket and connections. */
export class MetricsListener implements AsyncDisposable {
  readonly #server: Server;
  readonly #log = getLogger("metrics");
  readonly #ahead = new RequestsAhead();

  constructor(routes: ReadonlyMap<string, MetricsRoute>) {
    this.#server = createServer({
      maxHeaderSize: MOST_HEADER_BYTES,
      headersTimeout: REQUEST_MS,
      requestTimeout: REQUEST_MS,
      connectionsCheckingInterval: 1000,
      keepAliveTimeout: IDLE_MS,
    }, (request, response) => {
      if (this.#ahead.admits(request.socket, response)) void this.#answer(routes, request, response);
    });
    this.#server.maxConnections = MOST_CONNECTIONS;
    // Ends those, too, who do not read.
    this.#server.on("connection", (socket) => socket.setTimeout(IDLE_MS, () => socket.destroy()));
  }

  /** @throws {NativeError} The port cannot be had. */
  async start({ port, hostname = "127.0.0.1" }: MetricsAddress): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#server.once("error", reject);
    this.#server.listen(port, hostname, resolve);
    try {
      await promise;
    } catch (cause) {
      const why = (cause as { code?: string }).code === "EADDRINUSE"
        ? "another program does. Choose another port (metrics.port)"
        : (cause as Error).message;
      throw new NativeError(`Cannot listen on ${hostname} port ${port} for metrics: ${why}`, "bind", {
        cause,
      });
    }
    this.#server.on("error", (error) => this.#log.warning("Listener of metrics: {error}", { error }));
  }

  /** The TCP port that was really taken. */
  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#server.listening) return;
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  async #answer(
    routes: ReadonlyMap<string, MetricsRoute>,
    { method, url = "" }: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    response.on("error", () => {}); // a scraper that has gone is no news
    const isAnswered = method === "GET" || method === "HEAD";
    const page = isAnswered
      ? await this.#pageOf(routes.get(url.replace(/[?#].*$/s, "")))
      : text(405, "Only GET and HEAD are answered");
    const bytes = new TextEncoder().encode(page.body);
    response.writeHead(page.status, {
      "Content-Type": page.type,
      "Content-Length": String(bytes.length),
      "Cache-Control": "no-store",
      "X-Content-Type-Options": "nosniff",
      ...(!isAnswered && { Allow: "GET, HEAD" }),
    });
    response.end(method === "HEAD" ? undefined : bytes);
  }

  async #pageOf(route: MetricsRoute | undefined): Promise<MetricsPage> {
    if (!route) return text(404, "Metrics are at /metrics");
    try {
      return await route();
    } catch (error) {
      this.#log.error("Cannot tell metrics: {error}", { error });
      return text(500, "Something is wrong here; the server's log says what");
    }
  }
}

function text(status: number, words: string): MetricsPage {
  return { status, type: "text/plain; charset=utf-8", body: `${words}\n` };
}
