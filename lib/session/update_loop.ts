/**
 * Server to client: wishes become updates (RFC 6143 §7.6). The only writer of its transport once a session has begun.
 *
 * @module
 */
import { abortable } from "../core/abortable.ts";
import { ByteWriter } from "../core/bytes.ts";
import { Region } from "../core/region.ts";
import type { Desktop } from "../desktop/desktop.ts";
import type { DesktopView } from "../desktop/desktop_view.ts";
import type { DesktopFacts } from "../encodings/pseudo/pseudo_encoding.ts";
import { EncodingType, PseudoEncoding } from "../protocol/constants.ts";
import { writeServerCutText } from "../protocol/server_messages.ts";
import type { Transport } from "../transport/transport.ts";
import type { ClientState } from "./client_state.ts";
import { CursorOverlay } from "./cursor_overlay.ts";
import type { SessionEvents } from "./session_events.ts";
import { SizeNews } from "./size_news.ts";
import type { UpdateComposer } from "./update_composer.ts";

/** What the loop works on. Borrows all of it. */
export interface UpdateContext {
  readonly transport: Transport;
  readonly client: ClientState;
  readonly desktop: Desktop;
  readonly view: DesktopView;
  readonly composer: UpdateComposer;
  readonly events: SessionEvents;
  readonly desktopName: () => string;
  /** Whether this client may know of the desktop's clipboard. */
  readonly sharesClipboard: () => boolean;
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
    do await updates.sendMessages(); while (await updates.sendUpdate());
  }
}

/** Any of these means that the client draws the pointer itself. */
const CURSOR_ENCODINGS = [
  PseudoEncoding.Cursor,
  PseudoEncoding.XCursor,
  PseudoEncoding.CursorWithAlpha,
  PseudoEncoding.VMwareCursor,
];

class Updates {
  readonly #context: UpdateContext;
  readonly #signal: AbortSignal;
  readonly #sizeNews: SizeNews;
  readonly #overlay = new CursorOverlay();
  #clipboardSerial: number;

  constructor(context: UpdateContext, signal: AbortSignal) {
    this.#context = context;
    this.#signal = signal;
    this.#sizeNews = new SizeNews(context.desktop, context.view);
    this.#clipboardSerial = context.desktop.clipboard?.serial ?? 0;
  }

  /** What needs no request: answers, and the clipboard. */
  async sendMessages(): Promise<void> {
    const { client, desktop, view, sharesClipboard } = this.#context;
    const out = new ByteWriter();
    for (const reply of client.takeReplies()) out.bytes(reply);
    const { clipboard } = desktop;
    if (clipboard && clipboard.serial !== this.#clipboardSerial) {
      this.#clipboardSerial = clipboard.serial;
      if (clipboard.origin !== view && sharesClipboard()) writeServerCutText(out, clipboard.text);
    }
    if (out.length > 0) await this.#send(out.view());
  }

  /**
   * Sends one FramebufferUpdate, if the client waits for one and there is something to tell.
   *
   * @returns Whether it did.
   */
  async sendUpdate(): Promise<boolean> {
    const { client, desktop, view, composer } = this.#context;
    if (composer.adopt(client)) view.tracker.invalidate(Region.of({ x: 0, y: 0, ...client.size }));
    view.drawsPointer = !CURSOR_ENCODINGS.some((type) => client.encodings.pseudo.has(type));
    // A move would take the pointer that we have drawn along.
    view.tracker.acceptsMoves = client.encodings.order.includes(EncodingType.CopyRect) && !view.drawsPointer;
    const { wish } = client;
    view.hungry = wish !== undefined;
    if (!wish || client.isResizing) return false;
    if (!wish.full.isEmpty) {
      client.fullNoted();
      view.tracker.invalidate(wish.full);
      await desktop.catchUp();
    }
    if (this.#sizeNews.isPending(client)) return await this.#sendSize();
    this.#followPointer();
    const facts = this.#facts();
    if (!view.tracker.isPending(wish.area) && !composer.hasNews(facts)) return false;
    await this.#sendPixels(wish.area, facts);
    return true;
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
    if (this.#sizeNews.write(client, out)) client.answered();
    view.hungry = client.wish !== undefined;
    await this.#send(out.view());
    return true;
  }

  async #sendPixels(area: Region, facts: DesktopFacts): Promise<void> {
    const { client, desktop, view, composer, events } = this.#context;
    const overlay = view.drawsPointer ? this.#overlay : undefined;
    const content = { frame: desktop.frame, facts, pending: view.tracker.take(area), overlay };
    client.answered();
    view.hungry = client.wish !== undefined;
    const { rects, bytes, encodeMs, writeMs } = await composer.compose(
      client,
      content,
      (bytes) => this.#send(bytes),
      () => view.tracker.composed(),
    );
    events.update(rects, bytes, encodeMs, writeMs);
  }

  #facts(): DesktopFacts {
    const { desktop, desktopName } = this.#context;
    return { name: desktopName(), cursor: desktop.cursor, leds: desktop.leds };
  }

  async #send(bytes: Uint8Array): Promise<void> {
    await abortable(this.#context.transport.write(bytes), this.#signal);
  }
}
