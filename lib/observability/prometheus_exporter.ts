/**
 * A server's metrics for Prometheus: what happened, as text, on a port of its own or on anybody else's.
 *
 * ```ts ignore
 * const exporter = new PrometheusExporter();
 * await using server = new VNCServer({ observers: [exporter] });
 * await server.start();
 * await exporter.start({ port: 9100 }); // http://localhost:9100/metrics
 * ```
 *
 * @module
 */
import { inTurns } from "../core/in_turns.ts";
import { turnUsedUp } from "../core/next_turn.ts";
import { RELEASE } from "../core/release.ts";
import { METRICS_TYPE, MetricsRegistry } from "./metrics_registry.ts";
import type { MetricsAddress, MetricsListener } from "./metrics_listener.ts";
import { addProcessMetrics } from "./process_figures.ts";
import { ServerMetrics } from "./server_metrics.ts";

/** What an exporter can be given. */
export interface PrometheusExporterOptions {
  /** Gets the metrics; one's own may be in it, too. */
  readonly registry?: MetricsRegistry;
  /** Counts open file descriptors, which takes native code; `undefined` where it cannot. */
  readonly countDescriptors?: () => number | undefined;
}

/** One answer to an HTTP request. */
export interface MetricsPage {
  readonly status: number;
  /** MIME type. */
  readonly type: string;
  readonly body: string;
}

/** Makes the answer for a path. @param peer Who asks, where that is known. */
export type MetricsRoute = (peer?: { readonly local: boolean }) => MetricsPage | Promise<MetricsPage>;

const TEXT = "text/plain; charset=utf-8";

/** Who asks again so soon, in ms, gets the same: making the text takes the main thread a millisecond. */
const PAGE_LASTS_MS = 50;

const NOT_HERE: MetricsPage = {
  status: 403,
  type: TEXT,
  body: "Metrics are told to this machine only; for others, set metrics.port and metrics.host\n",
};

/** Observes a server. Owns its listener. */
export class PrometheusExporter extends ServerMetrics implements AsyncDisposable {
  readonly registry: MetricsRegistry;
  /**
   * What is served at which path, for other HTTP servers to mount. Metrics tell when somebody types, if not what: where a
   * peer is known and not on this machine, it is not told.
   */
  readonly routes: ReadonlyMap<string, MetricsRoute> = new Map<string, MetricsRoute>([
    ["/metrics", (peer) => peer?.local === false ? NOT_HERE : this.#metrics()],
    ["/healthz", () => this.#health()],
  ]);
  #listener: MetricsListener | undefined;
  #starting = false;
  /** What was made last, or is being made. */
  #page: Promise<MetricsPage> | undefined;
  #pageMadeAt = -Infinity;

  constructor(
    { registry = new MetricsRegistry(), countDescriptors = () => undefined }: PrometheusExporterOptions = {},
  ) {
    super(registry);
    this.registry = registry;
    registry.gauge("porthole_build_info", "Always 1; its labels tell the versions", ["version", "deno"])
      .with(RELEASE, Deno.version.deno).value = 1;
    addProcessMetrics(registry, countDescriptors);
  }

  /** Everything, in the text format. */
  text(): string {
    return this.registry.text();
  }

  /**
   * Answers GET and HEAD of `/metrics` and `/healthz`; `undefined` for paths that are none of ours. The text is made in
   * steps, between which others get their turn.
   */
  handle(request: Request): Promise<Response> | undefined {
    const route = this.routes.get(new URL(request.url).pathname);
    return route && this.#respond(route, request);
  }

  async #respond(route: MetricsRoute, request: Request): Promise<Response> {
    if (request.method !== "GET" && request.method !== "HEAD") {
      return new Response("Only GET and HEAD are answered\n", {
        status: 405,
        headers: { Allow: "GET, HEAD" },
      });
    }
    const { status, type, body } = await route();
    const headers = { "Content-Type": type, "Cache-Control": "no-store" };
    return new Response(request.method === "HEAD" ? null : body, { status, headers });
  }

  /**
   * Serves metrics over HTTP, on this machine's loopback address unless told otherwise.
   *
   * @throws {NativeError} The port cannot be had.
   * @throws {TypeError} It does so already.
   */
  async start(address: MetricsAddress): Promise<void> {
    if (this.#starting) throw new TypeError("Cannot start an exporter twice");
    this.#starting = true;
    try {
      // HTTP takes time to load, which those who do without it need not spend.
      const { MetricsListener }: typeof import("./metrics_listener.ts") = await import(
        import.meta.resolve("./metrics_listener.ts")
      );
      const listener = new MetricsListener(this.routes);
      await listener.start(address);
      this.#listener = listener;
    } catch (error) {
      this.#starting = false;
      throw error;
    }
  }

  /** The TCP port that was really taken; `undefined` while not started. */
  get port(): number | undefined {
    return this.#listener?.port;
  }

  /** Stops serving; goes on counting. */
  async stop(): Promise<void> {
    const listener = this.#listener;
    this.#listener = undefined;
    this.#starting = false;
    await listener?.[Symbol.asyncDispose]();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  #metrics(): Promise<MetricsPage> {
    if (!this.#page || performance.now() - this.#pageMadeAt > PAGE_LASTS_MS) {
      this.#pageMadeAt = Infinity; // whoever asks meanwhile gets the same
      this.#page = this.#makePage();
    }
    return this.#page;
  }

  async #makePage(): Promise<MetricsPage> {
    let madeAt = -Infinity;
    try {
      await turnUsedUp("new");
      const begun = performance.now();
      const { value: body } = await inTurns(this.registry.rendering());
      madeAt = begun;
      return { status: 200, type: METRICS_TYPE, body };
    } finally {
      this.#pageMadeAt = madeAt;
    }
  }

  /** Whether viewers get what they came for. */
  #health(): MetricsPage {
    return this.isDisplayUp
      ? { status: 200, type: TEXT, body: "ok\n" }
      : { status: 503, type: TEXT, body: "The display is lost; it is looked for\n" };
  }
}
