/**
 * Client to server: reads messages and has them obeyed (RFC 6143 §7.5), no faster than is fair to others.
 *
 * @module
 */
import { AbortableWaits } from "../core/abortable.ts";
import { type Clock, SYSTEM_CLOCK } from "../core/clock.ts";
import { ProtocolError } from "../core/errors.ts";
import { turnUsedUp } from "../core/next_turn.ts";
import { type ClientMessage, parseClientMessage } from "../protocol/client_messages.ts";
import { PseudoEncoding } from "../protocol/constants.ts";
import type { Inbox } from "../transport/inbox.ts";
import { type MessageContext, messageHandlers, type Obey } from "./message_handlers.ts";
import { Presence } from "./presence.ts";
import { type Allowance, WorkAllowance } from "./work_allowance.ts";

/**
 * Messages that are there are dealt with in one go for so long, in ms: what that costs is known exactly, as nobody else
 * does anything meanwhile, and what comes of them is looked at once.
 */
const BATCH_MS = 0.25;
/** Messages that are dealt with before the clock is looked at. */
const MESSAGES_PER_LOOK = 4;

/**
 * Texts go to all viewers, however many they are and however slow: one of the longest at once, and half a MiB a second
 * from then on. An extended clipboard message may hold much in few bytes.
 */
const TEXTS: Allowance = { share: 512 * 1024 / 1000, burst: 1024 * 1024, portion: 0 };
const LEAST_PACKED_TEXT = 64 * 1024;

/**
 * Sizes change what everybody sees, and all of it has to be sent again: some at once, and two a second from then on, which
 * is as many as viewers send whose window somebody drags by its edge.
 */
const SIZES: Allowance = { share: 2 / 1000, burst: 8, portion: 0 };
/** Who has to wait for so many of them in a row means no good, and would go on after it has gone. */
const MOST_SIZES_AWAITED = 20;

/** What a read costs at least, in ms: most of it is done by the event loop, and is not seen from here. */
const READ_MS = 0.03;

/** What the loop works on. Borrows all of it. */
export interface ReceiveContext extends MessageContext {
  readonly inbox: Inbox;
  readonly maxCutText: number;
  /** What the client's messages may cost. */
  readonly work: WorkAllowance;
  /** Default: the machine's. */
  readonly clock?: Clock;
}

/**
 * Reads and obeys until the client goes.
 *
 * @throws {ProtocolError} The client broke the rules.
 * @throws {DisconnectedError} The client has gone.
 */
export async function receiveLoop(context: ReceiveContext, signal: AbortSignal): Promise<void> {
  const { inbox, clock = SYSTEM_CLOCK } = context;
  const reader = new BatchReader(context, signal);
  const texts = new WorkAllowance(clock.now(), TEXTS);
  const sizes = new SizesAfforded(clock.now());
  inbox.expand(16 * 1024);
  for (;;) {
    const { needed, obeying, postponed } = reader.read();
    await obeying;
    if (postponed) {
      if (postponed.type === "Skip") await reader.skip(postponed.count);
      else if (postponed.type === "SetDesktopSize") await sizes.afford(clock, signal);
      else await texts.afford(textIn(postponed), clock, signal);
      await reader.obey(postponed);
    }
    await reader.pause();
    if (needed !== undefined) await reader.fill(needed);
  }
}

/** How dealing with a batch of messages ended. */
interface Batch {
  /** No whole message is left; the next one takes at least so many bytes. */
  readonly needed?: number;
  /** The last message takes its time. */
  readonly obeying?: Promise<void>;
  /** The last message is not obeyed yet, as there is something to wait for before. */
  readonly postponed?: ClientMessage;
}

/** Reads one client's messages, and charges it for all that is done on the spot. */
class BatchReader {
  readonly #context: ReceiveContext;
  readonly #signal: AbortSignal;
  readonly #reads: AbortableWaits;
  readonly #clock: Clock;
  readonly #obey: Obey;
  readonly #presence: Presence;

  constructor(context: ReceiveContext, signal: AbortSignal) {
    this.#context = context;
    this.#presence = new Presence(context.client);
    this.#signal = signal;
    this.#reads = new AbortableWaits(signal);
    this.#clock = context.clock ?? SYSTEM_CLOCK;
    this.#obey = messageHandlers(context);
  }

  /** Deals with messages that are there, without a pause. */
  read(): Batch {
    return this.#paid((begun) => this.#readUntil(begun + BATCH_MS));
  }

  /** Deals with a message that was postponed. */
  obey(message: ClientMessage): Promise<void> | void {
    return this.#paid(() => this.#obey(message, this.#signal));
  }

  /** Waits until the client may go on. */
  async pause(): Promise<void> {
    const { waitMs } = this.#context.work;
    if (waitMs === 0) return await turnUsedUp();
    this.#presence.ahead(this.#clock.now());
    await this.#clock.sleep(waitMs, this.#signal);
  }

  /** Waits until so many bytes are at hand. Of a fast peer they are read on the spot, which is work like any other. */
  fill(count: number): Promise<void> {
    const { inbox, work } = this.#context;
    const filling = this.#paid(() => inbox.fill(count));
    work.spend(READ_MS, this.#clock.now());
    return this.#reads.until(filling);
  }

  /** Passes over so many bytes as they come, without keeping them. */
  async skip(count: number): Promise<void> {
    const { inbox } = this.#context;
    for (let left = count;;) {
      const now = Math.min(left, inbox.available().length);
      inbox.consume(now);
      left -= now;
      if (left === 0) return;
      await this.pause();
      await this.fill(1);
    }
  }

  #readUntil(end: number): Batch {
    const { inbox, client, maxCutText } = this.#context;
    for (let count = 1;; count++) {
      const result = parseClientMessage(inbox.available(), {
        maxCutText,
        extendedMouseButtons: client.encodings.pseudo.has(PseudoEncoding.ExtendedMouseButtons),
      });
      if (!result.done) return { needed: result.needed };
      const { message } = result;
      inbox.consume(result.length);
      if (needsLeave(message)) return { postponed: message };
      const obeying = this.#obey(message, this.#signal);
      if (obeying) return { obeying };
      if (count % MESSAGES_PER_LOOK === 0 && this.#clock.now() >= end) return {};
    }
  }

  /** Runs something that does not pause, or what it does until it pauses. */
  #paid<T>(run: (begun: number) => T): T {
    const begun = this.#clock.now();
    const result = run(begun);
    const now = this.#clock.now();
    this.#context.work.spend(now - begun, now);
    return result;
  }
}

/** Counts sizes that a client asks for. */
class SizesAfforded {
  readonly #allowance: WorkAllowance;
  #awaited = 0;

  constructor(now: number) {
    this.#allowance = new WorkAllowance(now, SIZES);
  }

  /** Waits for the next one. @throws {ProtocolError} There have been too many. */
  async afford(clock: Clock, signal: AbortSignal): Promise<void> {
    const before = clock.now();
    await this.#allowance.afford(1, clock, signal);
    this.#awaited = clock.now() > before + 1 ? this.#awaited + 1 : 0;
    if (this.#awaited > MOST_SIZES_AWAITED) {
      throw new ProtocolError("Client asks for other sizes again and again", "SetDesktopSize");
    }
  }
}

/** Whether there may be something to wait for before a message is obeyed. */
function needsLeave(message: ClientMessage): boolean {
  return message.type === "Skip" || message.type === "SetDesktopSize" || textIn(message) > 0;
}

/** How much text a message has for others, in characters or, where they are packed, bytes. */
function textIn(message: ClientMessage): number {
  if (message.type === "ClientCutText") return message.text.length;
  // Requests and notices have no body.
  const packed = message.type === "ExtendedClipboard" ? message.body.length : 0;
  return packed > 0 ? Math.max(LEAST_PACKED_TEXT, packed) : 0;
}
