/**
 * RFB in a WebSocket (RFC 6455, with binary frames): a {@linkcode Transport} over the one that the handshake was made on.
 *
 * Frames have nothing to do with RFB's messages, in either direction. Nothing is queued: payloads are handed on as they
 * come, a write ends when what is beneath has taken it, and of several pings the last is answered.
 *
 * @module
 */
import { DisconnectedError } from "../core/errors.ts";
import { PEER_LIMITS } from "../core/limits.ts";
import { Inbox } from "./inbox.ts";
import { SmallTalk } from "./small_talk.ts";
import type { Backlog, Peer, Transport } from "./transport.ts";
import {
  CloseCode,
  FrameError,
  type FrameHeader,
  FrameWriter,
  Opcode,
  parseClose,
  parseFrameHeader,
  unmask,
} from "./websocket_frame.ts";

/** Longest payload of one frame that we send: browsers hand on whole messages, and pongs go between frames. */
const PAYLOAD_SIZE = 64 * 1024;

/** Pings keep proxies from closing what is idle, in ms; the usual limit is 60 s. */
const PING_INTERVAL_MS = 25_000;

/** Longest wait for a peer to take its leave when the session is just over, in ms. */
const DISPOSE_GRACE_MS = 500;

const NOTHING = new Uint8Array();

/** What a WebSocket is made of. */
export interface WebSocketOptions {
  /** Who is there, as the HTTP request tells it. */
  readonly peer: Peer;
}

/** An open WebSocket, on the server's side. Owns the transport beneath. */
export class WebSocketTransport implements Transport {
  readonly peer: Peer;
  readonly #transport: Transport;
  readonly #inbox: Inbox;
  readonly #writer = new FrameWriter();
  readonly #smallTalk = new SmallTalk();
  readonly #pings: ReturnType<typeof setInterval>;
  readonly #closed = Promise.withResolvers<void>();
  /** The data frame that is being read, and how much of its payload has been. */
  #frame: FrameHeader | undefined;
  #taken = 0;
  /** Inside of a message of several frames. */
  #fragmented = false;
  #sending: Promise<void> = Promise.resolve();
  /** What was handed to the transport beneath is not taken yet: nothing else may be sent now. */
  #midFrame = false;
  #pong: Uint8Array | undefined;
  /** What our Close frame will say. */
  #farewell: { readonly code: number; readonly reason: string } | undefined;
  #state: "open" | "closing" | "closed" = "open";
  #disposed = false;

  constructor(transport: Transport, { peer }: WebSocketOptions) {
    this.peer = peer;
    this.#transport = transport;
    this.#inbox = new Inbox(transport);
    this.#pings = setInterval(() => {
      if (!this.#midFrame) this.#inBackground(this.#send(Opcode.Ping, NOTHING));
    }, PING_INTERVAL_MS);
  }

  /** Resolves when the connection is closed, which may be some moments after it was disposed. */
  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  async read(into: Uint8Array): Promise<number | null> {
    try {
      while (!this.#frame) {
        if (!await this.#nextFrame()) return null;
      }
      await this.#inbox.fill(1);
    } catch (error) {
      if (error instanceof FrameError) this.#farewell = { code: error.code, reason: error.message };
      throw error;
    }
    const { mask, payloadLength } = this.#frame;
    const available = this.#inbox.available();
    const count = Math.min(into.length, available.length, payloadLength - this.#taken);
    const bytes = into.subarray(0, count);
    bytes.set(available.subarray(0, count));
    unmask(bytes, mask, this.#taken);
    this.#inbox.consume(count);
    this.#taken += count;
    if (this.#taken === payloadLength) this.#frame = undefined;
    return count;
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; at += PAYLOAD_SIZE) {
      await this.#send(Opcode.Binary, bytes.subarray(at, at + PAYLOAD_SIZE));
    }
  }

  backlog(): Backlog | undefined {
    return this.#transport.backlog?.();
  }

  limitUnsent(bytes: number): void {
    this.#transport.limitUnsent?.(bytes);
  }

  /** What the peer is told when the connection is closed. A broken rule, if there was one, comes first. */
  farewell(reason: string, goingAway = false): void {
    this.#farewell ??= { code: goingAway ? CloseCode.GoingAway : CloseCode.Normal, reason };
  }

  async close(graceMs: number = PEER_LIMITS.closeGraceMs): Promise<void> {
    if (this.#state !== "open") return await this.closed;
    this.#state = "closing";
    clearInterval(this.#pings);
    const deadline = performance.now() + graceMs;
    const timer = setTimeout(() => this.#transport[Symbol.dispose](), graceMs);
    try {
      await this.#sending;
      const { code, reason } = this.#farewell ?? { code: CloseCode.Normal, reason: "" };
      await this.#transport.write(this.#writer.close(code, reason));
      await this.#transport.close(Math.max(1, deadline - performance.now()));
    } catch {
      /* it has gone, which is what we want */
    } finally {
      clearTimeout(timer);
      this.#cut();
    }
  }

  /** Says why if that can be done without waiting for the peer to read, in the background; see {@linkcode closed}. */
  [Symbol.dispose](): void {
    if (this.#disposed) return;
    this.#disposed = true;
    if (this.#state === "open" && !this.#midFrame) this.#inBackground(this.close(DISPOSE_GRACE_MS));
    else this.#cut();
  }

  #cut(): void {
    this.#state = "closed";
    clearInterval(this.#pings);
    this.#transport[Symbol.dispose]();
    this.#closed.resolve();
  }

  /** Reads a frame's header; deals with control frames. @returns `false` when the peer has closed. */
  async #nextFrame(): Promise<boolean> {
    let parsed = parseFrameHeader(this.#inbox.available());
    while (!parsed.done) {
      if (!await this.#fill(parsed.needed)) return false;
      parsed = parseFrameHeader(this.#inbox.available());
    }
    const { header, length } = parsed;
    this.#inbox.consume(length);
    const carriesNothing = header.opcode >= Opcode.Close || header.payloadLength === 0;
    if (carriesNothing && this.#smallTalk.isTooMuch()) {
      throw new FrameError("Too many frames carry nothing", "5.5", CloseCode.PolicyViolation);
    }
    if (header.opcode >= Opcode.Close) return await this.#control(header);
    if (header.opcode === Opcode.Text) {
      throw new FrameError("RFB is sent in binary frames only", "5.6", CloseCode.UnsupportedData);
    }
    if (this.#fragmented !== (header.opcode === Opcode.Continuation)) {
      throw new FrameError(
        this.#fragmented ? "A message begins inside of another" : "A message goes on that has not begun",
        "5.4",
      );
    }
    this.#fragmented = !header.final;
    this.#taken = 0;
    if (header.payloadLength > 0) this.#frame = header;
    return true;
  }

  /** Waits for bytes. @returns `false` when the peer has closed between two frames, though without a word. */
  async #fill(count: number): Promise<boolean> {
    try {
      await this.#inbox.fill(count);
      return true;
    } catch (error) {
      if (error instanceof DisconnectedError && this.#inbox.available().length === 0) return false;
      throw error;
    }
  }

  async #control({ opcode, payloadLength, mask }: FrameHeader): Promise<boolean> {
    const payload = await this.#inbox.take(payloadLength);
    unmask(payload, mask, 0);
    if (opcode === Opcode.Ping) this.#answer(payload);
    if (opcode !== Opcode.Close) return true;
    this.#farewell = { code: parseClose(payload) ?? CloseCode.Normal, reason: "" };
    return false;
  }

  /** The last ping is answered, after the frame that is under way. */
  #answer(ping: Uint8Array): void {
    const underWay = this.#pong !== undefined;
    this.#pong = ping;
    if (!underWay) this.#inBackground(this.#send(Opcode.Pong));
  }

  /** Sends one frame, after those before it. */
  #send(opcode: number, payload?: Uint8Array): Promise<void> {
    const sent = this.#sending.then(async () => {
      if (this.#state !== "open") throw new DisconnectedError("Connection is closed");
      const frame = this.#writer.frame(opcode, payload ?? this.#pong ?? NOTHING);
      if (opcode === Opcode.Pong) this.#pong = undefined;
      this.#midFrame = true;
      await this.#transport.write(frame);
      this.#midFrame = false;
    });
    // Who waits for it hears of a failure; who comes after finds out by itself.
    this.#sending = sent.catch(() => {});
    return sent;
  }

  #inBackground(task: Promise<void>): void {
    task.catch(() => {}); // the reader finds out that the connection broke
  }
}
