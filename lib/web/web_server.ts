/**
 * HTTP and the beginning of WebSockets, on connections that somebody else has accepted. Node.js' HTTP server does the
 * parsing; it never listens itself.
 *
 * Nothing is read from the file system: what is served is a table of paths.
 *
 * @module
 */
import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from "node:http";
import type { Duplex } from "node:stream";
import { gunzipSync } from "node:zlib";
import { PEER_LIMITS } from "../core/limits.ts";
import { getLogger } from "../core/log.ts";
import { RequestsAhead } from "../core/requests_ahead.ts";
import { StreamTransport } from "../transport/stream_transport.ts";
import type { Peer, Transport } from "../transport/transport.ts";
import { TransportStream } from "../transport/transport_stream.ts";
import { WebSocketTransport } from "../transport/websocket.ts";
import { type AdmissionRules, objectionTo } from "./admission.ts";
import { Bridge, takesConnections } from "./bridge.ts";
import { Deadlines } from "./deadlines.ts";
import { readForwarding } from "./forwarded_for.ts";
import { COMMON_HEADERS, type Page, type Route, textPage } from "./pages.ts";
import { answerHandshake } from "./websocket_handshake.ts";

/** Time for a client to read an answer, in ms. */
const ANSWER_MS = 15_000;

/**
 * Bytes that are read at a time before there is a WebSocket: Node's parser makes requests of all that it is given at once,
 * and each one that is not answered costs an error when its connection is cut. A kilobyte holds some forty.
 */
const REQUEST_READ_BYTES = 1024;

/** Where WebSockets begin: websockify's usual path, and the root, which some clients take. */
const WEBSOCKET_PATHS = ["/websockify", "/"];

/** Headers that only a proxy sends: what comes from this machine is then not from this machine. */
const FORWARDING_HEADERS = ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via"];

/** Who gets no more trust than the network has. */
const STRANGER: Peer = { transport: "tcp", address: "unknown", local: false, encrypted: false };

/** What a WebSocket's address asked for. */
export interface SessionWishes {
  /** Look only, whatever the password allows: `?view_only=1`. */
  readonly viewOnly: boolean;
}

/** What the server is made of. */
export interface WebServerOptions {
  readonly routes: ReadonlyMap<string, Route>;
  /** Read for each request. */
  readonly rules: () => AdmissionRules;
  /** Takes over a WebSocket that has been opened. */
  readonly receive: (transport: WebSocketTransport, wishes: SessionWishes) => void;
}

/** Owns the connections that it serves until they become WebSockets. */
export class WebServer implements Disposable {
  readonly #log = getLogger("web");
  readonly #options: WebServerOptions;
  readonly #server: Server;
  readonly #deadlines = new Deadlines();
  readonly #ahead = new RequestsAhead();
  readonly #bridge: Bridge | undefined;
  /** Connections on which only the way to https is told. */
  readonly #redirected = new WeakSet<Duplex>();

  constructor(options: WebServerOptions) {
    this.#options = options;
    this.#server = createServer({ maxHeaderSize: PEER_LIMITS.webHeaderBytes });
    this.#server.on("request", (request, response) => void this.#answer(request, response));
    this.#server.on("upgrade", (request, stream, head) => this.#upgrade(request, stream, head));
    this.#server.on("clientError", (error, stream) => this.#refuseNonsense(error, stream));
    if (!takesConnections()) this.#bridge = new Bridge(this.#server);
  }

  /** Who is connected and has no session. */
  get peers(): readonly Peer[] {
    return Array.from(this.#deadlines)
      .filter((stream) => !stream.destroyed)
      .map((stream) => (stream as TransportStream).peer);
  }

  /** Serves HTTP on a connection, and owns it. @param httpsOnly Tell no more than that https must be spoken. */
  serve(transport: Transport, { httpsOnly = false } = {}): void {
    if (this.#bridge) return void this.#bridge.carry(transport).catch(() => {});
    const stream = new TransportStream(transport, REQUEST_READ_BYTES);
    stream.on("error", () => {}); // a client that has gone is no news
    this.#deadlines.set(stream, PEER_LIMITS.webRequestMs);
    if (httpsOnly) this.#redirected.add(stream);
    this.#server.emit("connection", stream);
  }

  /** Cuts the connections that have no session. */
  [Symbol.dispose](): void {
    this.#deadlines[Symbol.dispose]();
    this.#bridge?.[Symbol.dispose]();
  }

  #beneath(stream: Duplex): Transport | undefined {
    return stream instanceof TransportStream ? stream.transport : this.#bridge?.behind(stream);
  }

  #limitTime(stream: Duplex, ms: number): void {
    if (stream instanceof TransportStream) this.#deadlines.set(stream, ms);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const stream = request.socket;
    if (!this.#ahead.admits(stream, response)) return;
    this.#limitTime(stream, ANSWER_MS);
    response.once("finish", () => this.#limitTime(stream, PEER_LIMITS.webRequestMs));
    response.on("error", () => {});
    // Nobody sends us bodies. One that comes all the same is not waited for.
    const hasBody = request.headers["transfer-encoding"] !== undefined ||
      (request.headers["content-length"] ?? "0") !== "0";
    let page: Page;
    try {
      page = await this.#pageFor(request);
    } catch (error) {
      this.#log.error("Cannot answer {path}: {error}", { path: pathOf(request), error });
      page = textPage(500, "Something is wrong here; the server's log says what");
    }
    send(request, response, page, hasBody);
  }

  #pageFor(request: IncomingMessage): Page | Promise<Page> {
    const host = hostIn(request);
    const { origin } = request.headers;
    const objection = objectionTo({ host, origin }, this.#options.rules(), { checksOrigin: false });
    if (objection) return this.#objected(request, objection);
    const peer = this.#peerBehind(request);
    if ("problem" in peer) return this.#objected(request, peer.problem);
    if (this.#redirected.has(request.socket)) {
      return textPage(308, "https is spoken here", { Location: `https://${host}${request.url}` });
    }
    if (request.method !== "GET" && request.method !== "HEAD") {
      return textPage(405, "Only GET and HEAD are answered", { Allow: "GET, HEAD" });
    }
    const route = this.#options.routes.get(pathOf(request));
    return route ? route(peer) : textPage(404, "There is nothing here; the page is at /");
  }

  #objected(request: IncomingMessage, objection: string): Page {
    const { host, origin } = request.headers;
    this.#log.warning("{address} was refused: {objection}", {
      address: this.#beneath(request.socket)?.peer.address,
      objection,
      host,
      origin,
    });
    return textPage(403, objection);
  }

  #upgrade(request: IncomingMessage, stream: Duplex, head: Uint8Array): void {
    this.#limitTime(stream, ANSWER_MS);
    stream.on("error", () => {});
    const { origin } = request.headers;
    const objection = objectionTo({ host: hostIn(request), origin }, this.#options.rules(), {
      checksOrigin: true,
    });
    if (objection) return refuse(stream, this.#objected(request, objection));
    const peer = this.#peerBehind(request);
    if ("problem" in peer) return refuse(stream, this.#objected(request, peer.problem));
    if (this.#redirected.has(stream)) return refuse(stream, textPage(403, "wss is spoken here, not ws"));
    if (!WEBSOCKET_PATHS.includes(pathOf(request))) {
      return refuse(stream, textPage(404, `WebSockets begin at ${WEBSOCKET_PATHS[0]}`));
    }
    const answer = answerHandshake(request);
    if (!answer.accepted) return refuse(stream, textPage(answer.status, answer.reason, answer.headers));
    stream.write(answer.response);
    // What the client has sent after its request, without waiting for the answer.
    if (head.length > 0) stream.unshift(head);
    this.#deadlines.release(stream);
    if (stream instanceof TransportStream) stream.widen();
    const transport = this.#beneath(stream);
    this.#options.receive(
      new WebSocketTransport(new StreamTransport(stream, peer, transport), { peer }),
      wishesOf(request),
    );
  }

  /** Who is there really: headers of proxies that are not believed may take trust away, never give it. */
  #peerBehind({ socket, headers }: IncomingMessage): Peer | { readonly problem: string } {
    const peer = this.#beneath(socket)?.peer ?? STRANGER;
    if (!peer.proxy) {
      const forwarded = FORWARDING_HEADERS.some((name) => headers[name] !== undefined);
      const { address, local, encrypted } = peer;
      return {
        transport: "websocket",
        address,
        local: local && !forwarded,
        encrypted: encrypted && !forwarded,
      };
    }
    const { isProxy = () => false, admits = () => true } = this.#options.rules();
    const forwarding = readForwarding(headers, isProxy);
    if ("problem" in forwarding) return forwarding;
    const { address = peer.address, https } = forwarding;
    if (!admits(address)) return { problem: `${address} may not connect from there (allow, deny)` };
    const common = { transport: "websocket", address, local: false, encrypted: peer.encrypted && https };
    return forwarding.address === undefined ? { ...common, proxy: true } : common;
  }

  #refuseNonsense(error: Error, stream: Duplex): void {
    if (!stream.writable) {
      stream.destroy();
      return;
    }
    const tooLong = (error as { code?: unknown }).code === "HPE_HEADER_OVERFLOW";
    refuse(
      stream,
      tooLong ? textPage(431, "The request's head is too long") : textPage(400, "This is not HTTP"),
    );
  }
}

function send(request: IncomingMessage, response: ServerResponse, page: Page, close: boolean): void {
  const { status = 200, type, etag, headers } = page;
  const known = etag !== undefined && request.headers["if-none-match"] === etag;
  const takesGzip = /\bgzip\b/.test(String(request.headers["accept-encoding"] ?? ""));
  const packed = page.gzip === true && takesGzip;
  const body = page.gzip && !takesGzip ? unpacked(page.body as Uint8Array) : toBytes(page.body);
  response.writeHead(known ? 304 : status, {
    ...COMMON_HEADERS,
    "Content-Type": type,
    "Cache-Control": etag === undefined ? "no-store" : "no-cache",
    ...(page.gzip && { Vary: "Accept-Encoding" }),
    ...(etag !== undefined && { ETag: etag }),
    ...(close && { Connection: "close" }),
    ...(!known && { "Content-Length": String(body.length) }),
    ...(!known && packed && { "Content-Encoding": "gzip" }),
    ...headers,
  });
  if (known || request.method === "HEAD") response.end();
  else response.end(body);
}

const unpackedBodies = new WeakMap<Uint8Array, Uint8Array>();

/** For the few that cannot unpack by themselves; they may be many requests. */
function unpacked(body: Uint8Array): Uint8Array {
  let bytes = unpackedBodies.get(body);
  if (!bytes) unpackedBodies.set(body, bytes = gunzipSync(body));
  return bytes;
}

/** Answers where there is no response object, and closes. */
function refuse(stream: Duplex, { status = 200, type, body, headers }: Page): void {
  const bytes = toBytes(body);
  const all = {
    ...COMMON_HEADERS,
    "Content-Type": type,
    "Content-Length": String(bytes.length),
    Connection: "close",
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  stream.write(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\n${lines.join("")}\r\n`);
  stream.end(bytes);
}

function toBytes(body: Uint8Array | string): Uint8Array {
  return typeof body === "string" ? new TextEncoder().encode(body) : body;
}

/** The one host that it names (RFC 9112 §3.2): of several, who stands before us may have looked at another. */
function hostIn({ headers, rawHeaders }: IncomingMessage): string | undefined {
  const isHost = (name: string, at: number) => at % 2 === 0 && name.toLowerCase() === "host";
  return rawHeaders.filter(isHost).length === 1 ? headers.host : undefined;
}

/** Without the query; what is no path at all is none of ours either. */
function pathOf({ url = "" }: IncomingMessage): string {
  return url.replace(/[?#].*$/s, "");
}

function wishesOf({ url = "" }: IncomingMessage): SessionWishes {
  const query = new URLSearchParams(url.includes("?") ? url.slice(url.indexOf("?")) : "");
  return { viewOnly: ["", "1", "true", "yes"].includes(query.get("view_only") ?? "no") };
}
