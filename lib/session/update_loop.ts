/**
 * Server to client: wishes become updates (RFC 6143 §7.6). The only writer of its transport once a session has begun.
 *
 * @module
 */
import { AbortableWaits } from "../core/abortable.ts";
import { ByteWriter } from "../core/bytes.ts";
import { turnUsedUp, type Work } from "../core/next_turn.ts";
import type { MessagesSent } from "../core/observer.ts";
import { rectOf } from "../core/geometry.ts";
import { Region } from "../core/region.ts";
import type { Desktop } from "../desktop/desktop.ts";
import type { DesktopView } from "../desktop/desktop_view.ts";
import type { DesktopFacts } from "../encodings/pseudo/pseudo_encoding.ts";
import { EncodingType, PseudoEncoding } from "../protocol/constants.ts";
import type { Transport } from "../transport/transport.ts";
import type { ClientState } from "./client_state.ts";
import type { ClipboardExchange } from "./clipboard_exchange.ts";
import { CursorOverlay } from "./cursor_overlay.ts";
import type { Pacer } from "./pacing.ts";
import type { SessionEvents } from "./session_events.ts";
import { Refinement } from "./refinement.ts";
import { Repeats } from "./repeats.ts";
import { SizeNews } from "./size_news.ts";
import type { ComposedUpdate, UpdateComposer } from "./update_composer.ts";
import { UpdatePieces } from "./update_pieces.ts";
import type { WorkAllowance } from "./work_allowance.ts";

/** What the loop works on. Borrows all of it. */
export interface UpdateContext {
  readonly transport: Transport;
  readonly client: ClientState;
  readonly desktop: Desktop;
  readonly view: DesktopView;
  readonly composer: UpdateComposer;
  readonly pacer: Pacer;
  readonly events: SessionEvents;
  /** What the client's messages may cost, answers to them too. */
  readonly work: WorkAllowance;
  readonly desktopName: () => string;
  /** As ServerInit had it. */
  readonly firstName: string;
  /** Whether this client may know of the desktop's clipboard. */
  readonly sharesClipboard: () => boolean;
  readonly clipboard: ClipboardExchange;
}

/**
 * Answers until the session ends.
 *
 * @throws {DisconnectedError} The client has gone.
 */
export async function updateLoop(context: UpdateContext, signal: AbortSignal): Promise<void> {
  const { client } = context;
  const updates = new Updates(context, signal);
  for (;;) {
    await client.wake.wait(signal);
    let work: Work = "new";
    do {
      await turnUsedUp(work); // many clients may have been woken by the same frame
      await updates.sendMessages();
      work = "rest";
    } while (await updates.sendUpdate());
  }
}

/** While a picture is sent piece by piece, its pixels may become so old, in ms. */
const MID_FRAME_LOOK_MS = 100;

/** For a client that has just done something a piece takes so long at most, in ms: what comes of it may be drawn meanwhile. */
const HURRIED_PIECE_MS = 8;

/** Any of these means that the client draws the pointer itself. */
const CURSOR_ENCODINGS = [
  PseudoEncoding.Cursor,
  PseudoEncoding.XCursor,
  PseudoEncoding.CursorWithAlpha,
  PseudoEncoding.VMwareCursor,
];

class Updates {
  readonly #context: UpdateContext;
  readonly #writes: AbortableWaits;
  readonly #sizeNews: SizeNews;
  readonly #overlay = new CursorOverlay();
  readonly #pieces = new UpdatePieces();
  readonly #refinement: Refinement;
  readonly #repeats: Repeats;
  /** The client's link had no room, so the screen was not looked at for it. */
  #wasHeld = false;
  #clipboardSerial: number;

  constructor(context: UpdateContext, signal: AbortSignal) {
    this.#context = context;
    this.#writes = new AbortableWaits(signal);
    this.#sizeNews = new SizeNews(context.desktop, context.view);
    this.#refinement = new Refinement(context, signal);
    this.#repeats = new Repeats(context, signal);
    this.#clipboardSerial = context.desktop.clipboard?.serial ?? 0;
  }

  /** What needs no request: answers, and the clipboard. */
  async sendMessages(): Promise<void> {
    if (this.#context.client.hasReplies) await this.#sendReplies();
    await this.#sendClipboard();
  }

  /** The client has made us answer, so it pays. */
  #sendReplies(): Promise<void> {
    const { client, work } = this.#context;
    const begun = performance.now();
    const out = new ByteWriter();
    for (const reply of client.takeReplies()) out.bytes(reply);
    const sending = this.#send(out.view());
    const now = performance.now();
    work.spend(now - begun, now);
    return sending;
  }

  async #sendClipboard(): Promise<void> {
    const { desktop, view, sharesClipboard, clipboard: exchange } = this.#context;
    const out = new ByteWriter();
    const { clipboard } = desktop;
    if (clipboard && clipboard.serial !== this.#clipboardSerial) {
      this.#clipboardSerial = clipboard.serial;
      if (clipboard.origin !== view && sharesClipboard()) await exchange.announce(out, clipboard);
    }
    await exchange.answer(out);
    if (out.length > 0) await this.#send(out.view());
  }

  /**
   * Sends one FramebufferUpdate, if the client waits for one and there is something to tell.
   *
   * @returns Whether it did.
   */
  async sendUpdate(): Promise<boolean> {
    const { client, desktop, view, composer, pacer, events } = this.#context;
    client.suggestCompressLevel(pacer.profile.compressLevel);
    view.drawsPointer = !CURSOR_ENCODINGS.some((type) => client.encodings.pseudo.has(type));
    // A move would take the pointer that we have drawn along.
    view.tracker.acceptsMoves = client.encodings.order.includes(EncodingType.CopyRect) && !view.drawsPointer;
    const { wish } = client;
    view.hungry = wish !== undefined;
    if (!wish || client.isResizing) return false;
    const isVoid = composer.isVoid(client);
    const mayRepeat = !isVoid && wish.full.isEmpty || this.#repeats.mayBegin;
    // What has changed can be sent while what has not has to wait, but not in two formats.
    if (isVoid && !mayRepeat) return this.#hold();
    // Not before something is wanted: there may be many changes of settings until then.
    if (composer.adopt(client)) this.#repeat(Region.of(rectOf(client.size)));
    events.format(client.format);
    const isFrame = !this.#isMidFrame(wish.area);
    if (!this.#mayBegin(isFrame)) return false;
    if (!wish.full.isEmpty && mayRepeat) {
      client.fullNoted();
      this.#repeat(wish.full);
      await desktop.catchUp();
    } else if (!isFrame && pacer.isHurried) {
      await desktop.glance();
    } else if (this.#wasHeld || !isFrame) {
      await desktop.lookIfDue(isFrame ? 0 : MID_FRAME_LOOK_MS);
    }
    this.#wasHeld = false;
    if (this.#sizeNews.isPending(client)) return await this.#sendSize();
    this.#followPointer();
    const facts = this.#facts();
    const refined = this.#refinement.next(wish.area, desktop.frame);
    if (!view.tracker.isPending(wish.area) && !composer.hasNews(facts) && refined.isEmpty) return false;
    await this.#sendPixels(wish.area, facts, isFrame, refined);
    return true;
  }

  /** Whether what was pending at some time has been sent in part only. */
  #isMidFrame(area: Region): boolean {
    return this.#pieces.isUnderWay(() => this.#context.view.tracker.changedIn(area));
  }

  /** Whether the client's link has room. If not, nobody needs to look at the screen for it. */
  #mayBegin(isFrame: boolean): boolean {
    const { client, pacer } = this.#context;
    pacer.usesFences = client.encodings.pseudo.has(PseudoEncoding.Fence);
    return pacer.mayBegin(isFrame) || this.#hold();
  }

  /** Nothing is sent for now, so nobody needs to look at the screen. */
  #hold(): false {
    this.#context.view.hungry = false;
    this.#wasHeld = true;
    return false;
  }

  /** The client is to have these pixels, whether they have changed or not. */
  #repeat(area: Region): void {
    const { tracker } = this.#context.view;
    this.#repeats.add(area.subtract(tracker.changedIn(area)).area);
    tracker.invalidate(area);
  }

  /** Where we draw the pointer for this client, its old and its new place have changed when it moves. */
  #followPointer(): void {
    const { desktop, view } = this.#context;
    const stale = view.drawsPointer
      ? this.#overlay.update(desktop.cursor, desktop.pointer)
      : this.#overlay.update(undefined, undefined);
    const { client } = this.#context;
    if (stale) view.tracker.invalidate(Region.of(stale).intersect({ x: 0, y: 0, ...client.size }));
  }

  async #sendSize(): Promise<boolean> {
    const { client, view } = this.#context;
    const out = new ByteWriter();
    // Requests for a framebuffer of another size are void; others are not answered by a layout: pixels follow.
    if (this.#sizeNews.write(client, out)) client.forgetRequests();
    view.hungry = client.wish !== undefined;
    await this.#send(out.view());
    return true;
  }

  async #sendPixels(area: Region, facts: DesktopFacts, isFrame: boolean, refined: Region): Promise<void> {
    const { client, desktop, view, composer, events, pacer } = this.#context;
    const overlay = view.drawsPointer ? this.#overlay : undefined;
    const pending = view.tracker.take(this.#pieceOf(area));
    const content = { frame: desktop.frame, facts, pending, refined, overlay };
    // Until all of a picture has been sent, requests of its parts stay open.
    if (!this.#isMidFrame(area)) client.answered();
    // What is looked at now would only be merged with what comes until this update has gone.
    view.hungry = false;
    const lead = new ByteWriter();
    pacer.begin(isFrame, lead);
    if (lead.length > 0) await this.#send(lead.view());
    const update = await composer.compose(
      client,
      content,
      (bytes) => this.#sendPart(bytes),
      (out) => {
        view.tracker.composed();
        pacer.end(out);
      },
    );
    this.#noteCost(update);
    events.update(update.rects, update.bytes, update.encodeMs, update.writeMs);
  }

  /**
   * What the next update is about: all of `area`, or less for a client that gets the rest without asking, or that has
   * just done something and looks for what comes of it.
   */
  #pieceOf(area: Region): Region {
    const { client, view, pacer } = this.#context;
    const { moved, changed } = view.tracker.pendingIn(area);
    if (client.isContinuous) {
      const mostMs = pacer.isHurried ? HURRIED_PIECE_MS : Infinity;
      return this.#pieces.next(changed, pacer.pieceBytes, mostMs).union(moved);
    }
    const urgent = pacer.isHurried ? this.#pieces.urgent(changed) : undefined;
    if (urgent) return urgent.union(moved);
    this.#pieces.whole(changed);
    return area;
  }

  #noteCost({ rects, encodeMs }: ComposedUpdate): void {
    const withPixels = rects.filter(({ encoding }) => encoding !== EncodingType.CopyRect);
    const pixels = withPixels.reduce((sum, { rect }) => sum + rect.width * rect.height, 0);
    this.#repeats.sent(pixels, encodeMs);
    this.#pieces.cost(pixels, withPixels.reduce((sum, { bytes }) => sum + bytes, 0), encodeMs);
  }

  async #sendPart(bytes: Uint8Array): Promise<void> {
    await this.#send(bytes, "update part");
    this.#context.pacer.sent(bytes.length);
  }

  #facts(): DesktopFacts {
    const { desktop, desktopName, firstName } = this.#context;
    return { name: desktopName(), firstName, cursor: desktop.cursor, leds: desktop.leds };
  }

  async #send(bytes: Uint8Array, form: MessagesSent["form"] = "messages"): Promise<void> {
    this.#context.events.messages(form, bytes);
    await this.#writes.until(this.#context.transport.write(bytes));
  }
}
