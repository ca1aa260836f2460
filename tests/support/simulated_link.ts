/**
 * A link in simulated time: bandwidth, delay, the system's send buffer, and a client that takes its time. With a server
 * that sends by a {@linkcode Pacer}.
 *
 * @module
 */
import { ByteWriter } from "../../lib/core/bytes.ts";
import type { NetworkProfileName } from "../../lib/session/network_profile.ts";
import { Pacer } from "../../lib/session/pacing.ts";
import type { Backlog, Transport } from "../../lib/transport/transport.ts";
import { SimulatedTime } from "./simulated_time.ts";

/** What a link is like. */
export interface LinkTraits {
  /** Bytes per ms. */
  readonly rate: number;
  /** One way, in ms. */
  readonly delayMs: number;
  /** The client's work per 1000 bytes, in ms. */
  readonly clientMsPerKb?: number;
  /** Added to each byte's way, in ms; called in order. */
  readonly jitterMs?: () => number;
}

/** One direction of a link, and the client behind it. */
class Link {
  readonly #time: SimulatedTime;
  traits: LinkTraits;
  /** Bytes handed over, and sent. */
  unsent = 0;
  #freeAt = 0;
  #arrivedAt = 0;
  #clientFreeAt = 0;
  #waiting: { readonly below: number; readonly resolve: () => void } | undefined;

  constructor(time: SimulatedTime, traits: LinkTraits) {
    this.#time = time;
    this.traits = traits;
  }

  /** Resolves when less than `buffer` bytes wait to be sent. `dealtWith` is called when the client is done with them. */
  send(bytes: number, buffer: number, dealtWith: () => void): Promise<void> {
    const { rate, delayMs, clientMsPerKb = 0, jitterMs = () => 0 } = this.traits;
    const now = this.#time.now();
    this.unsent += bytes;
    this.#freeAt = Math.max(now, this.#freeAt) + bytes / rate;
    this.#time.after(this.#freeAt - now, () => {
      this.unsent -= bytes;
      if (this.#waiting && this.unsent <= this.#waiting.below) {
        this.#waiting.resolve();
        this.#waiting = undefined;
      }
    });
    this.#arrivedAt = Math.max(this.#arrivedAt, this.#freeAt + delayMs + jitterMs());
    this.#clientFreeAt = Math.max(this.#clientFreeAt, this.#arrivedAt) + bytes / 1000 * clientMsPerKb;
    this.#time.after(this.#clientFreeAt - now, dealtWith);
    if (this.unsent <= buffer) return Promise.resolve();
    return new Promise((resolve) => this.#waiting = { below: buffer, resolve });
  }
}

/** What came of a run. */
export interface LinkReport {
  /** Bytes that arrived per ms, after the warm-up. */
  readonly rate: number;
  /** How old pixels were when the client had them, in ms: median, 95 of 100, and the worst. */
  readonly ageMs: { readonly median: number; readonly p95: number; readonly worst: number };
  readonly updates: number;
}

/** How a run goes. */
export interface RunTraits extends LinkTraits {
  readonly profile?: NetworkProfileName;
  /** Pictures per second, and bytes of each. */
  readonly framesPerSecond: number;
  readonly frameBytes: number;
  /** The client answers fences, so that the server may cut updates. Default true. */
  readonly fences?: boolean;
  /** No pacing at all, for comparison. */
  readonly unpaced?: boolean;
}

/** A server, a link and a client, all in simulated time. */
export class LinkRun {
  readonly time = new SimulatedTime();
  readonly pacer: Pacer;
  readonly #link: Link;
  readonly #traits: RunTraits;
  readonly #end = new AbortController();
  /** What of the present picture was not sent yet. */
  #left = 0;
  /** A new picture has come meanwhile. */
  #isNew = false;
  #isSending = false;
  #arrived: { readonly at: number; readonly bytes: number; readonly ageMs: number }[] = [];

  constructor(traits: RunTraits) {
    this.#traits = traits;
    this.#link = new Link(this.time, traits);
    this.pacer = new Pacer({
      transport: transportOver(this.#link),
      profile: traits.profile ?? "wan",
      clock: this.time,
      wake: () => void this.#send(),
    }, this.#end.signal);
    this.pacer.usesFences = traits.fences ?? true;
    if (this.pacer.usesFences) this.pacer.answered(new Uint8Array()); // as to the announcement
    this.#draw();
  }

  /** Changes what the link is like. */
  become(traits: Partial<LinkTraits>): void {
    this.#link.traits = { ...this.#link.traits, ...traits };
  }

  /** Lets time pass. @returns What arrived after `warmUpMs` of it. */
  async pass(ms: number, warmUpMs = 0): Promise<LinkReport> {
    const start = this.time.now() + warmUpMs;
    await this.time.pass(ms);
    const counted = this.#arrived.filter(({ at }) => at >= start);
    this.#arrived = [];
    const ages = counted.map(({ ageMs }) => ageMs).sort((a, b) => a - b);
    const quantile = (q: number) => ages[Math.min(ages.length - 1, Math.floor(q * ages.length))] ?? NaN;
    return {
      rate: counted.reduce((sum, { bytes }) => sum + bytes, 0) / (ms - warmUpMs),
      ageMs: { median: quantile(0.5), p95: quantile(0.95), worst: quantile(1) },
      updates: counted.length,
    };
  }

  /** Ends timers. */
  stop(): void {
    this.#end.abort();
  }

  #draw(): void {
    this.#isNew = true;
    this.time.after(1000 / this.#traits.framesPerSecond, () => this.#draw());
    void this.#send();
  }

  async #send(): Promise<void> {
    if (this.#isSending) return;
    this.#isSending = true;
    const { unpaced = false, frameBytes } = this.#traits;
    while (this.#left > 0 || this.#isNew) {
      const isFrame = this.#left === 0;
      if (!unpaced && !this.pacer.mayBegin(isFrame)) break;
      if (isFrame) {
        this.#left = frameBytes;
        this.#isNew = false;
      }
      const bytes = unpaced ? this.#left : Math.min(this.#left, this.pacer.pieceBytes);
      this.#left -= bytes;
      await this.#update(bytes, isFrame);
    }
    this.#isSending = false;
  }

  async #update(bytes: number, isFrame: boolean): Promise<void> {
    const drawnAt = this.time.now();
    const out = new ByteWriter();
    this.pacer.begin(isFrame, out);
    await this.#write(out.view());
    const body = new ByteWriter();
    body.zeros(bytes);
    this.pacer.end(body);
    const fence = body.view().subarray(bytes);
    await this.#write(fence, bytes, () => {
      const at = this.time.now();
      this.#arrived.push({ at, bytes, ageMs: at - drawnAt });
    });
    this.pacer.sent(bytes + fence.length);
  }

  /** Writes a fence, and other bytes before it. */
  #write(fence: Uint8Array, before = 0, dealtWith = () => {}): Promise<void> {
    if (fence.length + before === 0) return Promise.resolve();
    const payload = fence.slice(9);
    return this.#link.send(before + fence.length, 32 * 1024, () => {
      dealtWith();
      if (payload.length === 0) return;
      this.time.after(this.#link.traits.delayMs, () => this.pacer.answered(payload));
    });
  }
}

function transportOver(link: Link): Transport {
  return {
    peer: { transport: "tcp", address: "192.0.2.7:5", local: false, encrypted: false },
    read: () => Promise.resolve(null),
    write: () => Promise.resolve(),
    close: () => Promise.resolve(),
    backlog: (): Backlog => ({
      unsent: link.unsent,
      unacknowledged: 0,
      roundTripMs: 2 * link.traits.delayMs,
      leastRoundTripMs: 2 * link.traits.delayMs,
      rate: link.traits.rate,
    }),
    [Symbol.dispose]: () => {},
  };
}
