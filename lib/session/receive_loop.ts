/**
 * Client to server: messages become input, wishes and settings (RFC 6143 §7.5).
 *
 * @module
 */
import { abortable } from "../core/abortable.ts";
import { ByteWriter } from "../core/bytes.ts";
import { type Clock, SYSTEM_CLOCK } from "../core/clock.ts";
import { turnUsedUp } from "../core/next_turn.ts";
import type { Desktop } from "../desktop/desktop.ts";
import type { DesktopView } from "../desktop/desktop_view.ts";
import { type ClientMessage, parseClientMessage } from "../protocol/client_messages.ts";
import type { Size } from "../core/geometry.ts";
import { PseudoEncoding } from "../protocol/constants.ts";
import { writeEndOfContinuousUpdates } from "../protocol/extensions/continuous_updates.ts";
import { ClipboardAction } from "../protocol/extensions/extended_clipboard.ts";
import {
  checkScreenLayout,
  DesktopSizeStatus,
  type Screen,
  type SetDesktopSize,
} from "../protocol/extensions/extended_desktop_size.ts";
import {
  FenceFlag,
  isFenceRequest,
  writeFenceAnswer,
  writeServerFence,
} from "../protocol/extensions/fence.ts";
import { checkPixelFormat } from "../protocol/pixel_format.ts";
import { parseClientEncodings } from "../protocol/set_encodings.ts";
import type { Inbox } from "../transport/inbox.ts";
import type { ClientState } from "./client_state.ts";
import type { ClipboardExchange } from "./clipboard_exchange.ts";
import type { Pacer } from "./pacing.ts";
import type { SessionEvents } from "./session_events.ts";
import { type Allowance, WorkAllowance } from "./work_allowance.ts";

/** Messages that are dealt with before the clock is looked at, to see whether it is others' turn. */
const MESSAGES_PER_LOOK = 16;

/**
 * Texts go to all viewers, however many they are and however slow: one of the longest at once, and half a MiB a second
 * from then on. An extended clipboard message may hold much in few bytes.
 */
const TEXTS: Allowance = { share: 512 * 1024 / 1000, burst: 1024 * 1024, portion: 0 };
const LEAST_PACKED_TEXT = 64 * 1024;

/** What the loop works on. Borrows all of it. */
export interface ReceiveContext {
  readonly inbox: Inbox;
  readonly client: ClientState;
  readonly desktop: Desktop;
  readonly view: DesktopView;
  readonly pacer: Pacer;
  readonly events: SessionEvents;
  readonly maxCutText: number;
  /** Default: the machine's. */
  readonly clock?: Clock;
  /** Numbers of the encodings that this server can make; pseudo-encodings are not among them. */
  readonly known: ReadonlySet<number>;
  /** The client has pressed, moved or copied something, whether or not that counts. */
  active(): void;
  /** Whether a key or a movement of this client counts, at this moment. @param press A key or a button goes down. */
  mayAct(press: boolean): boolean;
  /** Whether the size counts that this client wants. */
  mayResize(): boolean;
  readonly clipboard: ClipboardExchange;
}

/**
 * Reads and obeys until the client goes.
 *
 * @throws {ProtocolError} The client broke the rules.
 * @throws {DisconnectedError} The client has gone.
 */
export async function receiveLoop(context: ReceiveContext, signal: AbortSignal): Promise<void> {
  const { inbox, client, clock = SYSTEM_CLOCK } = context;
  const obey = messageHandlers(context);
  const allowance = new WorkAllowance(clock.now());
  const texts = new WorkAllowance(clock.now(), TEXTS);
  inbox.expand(16 * 1024);
  for (let count = 1;; count++) {
    const begun = clock.now();
    const result = parseClientMessage(inbox.available(), {
      maxCutText: context.maxCutText,
      extendedMouseButtons: client.encodings.pseudo.has(PseudoEncoding.ExtendedMouseButtons),
    });
    if (!result.done) {
      await abortable(inbox.fill(result.needed), signal);
      continue;
    }
    inbox.consume(result.length);
    const text = textIn(result.message);
    const parsed = clock.now();
    if (text > 0) {
      texts.spend(0, parsed);
      if (texts.waitMs > 0) await clock.sleep(texts.waitMs, signal);
      texts.spend(text, clock.now());
    }
    const resumed = text > 0 ? clock.now() : parsed;
    const obeying = obey(result.message, signal);
    const now = clock.now();
    allowance.spend(now - resumed + parsed - begun, now);
    await obeying;
    if (allowance.waitMs > 0) await clock.sleep(allowance.waitMs, signal);
    else if (count % MESSAGES_PER_LOOK === 0) await turnUsedUp();
  }
}

/** How much text a message has for others, in characters or, where they are packed, bytes. */
function textIn(message: ClientMessage): number {
  if (message.type === "ClientCutText") return message.text.length;
  // Requests and notices have no body.
  const packed = message.type === "ExtendedClipboard" ? message.body.length : 0;
  return packed > 0 ? Math.max(LEAST_PACKED_TEXT, packed) : 0;
}

type Obey = (message: ClientMessage, signal: AbortSignal) => Promise<void> | void;

function messageHandlers(context: ReceiveContext): Obey {
  const { client, desktop, view, pacer, events, inbox } = context;
  const fences = new FenceAnswers(client);
  const announced = new Set<number>();
  const buttons = new ButtonGate();

  /** Fence and ContinuousUpdates are announced by a message, the first time that the client lists them. */
  function announce(): void {
    const { pseudo } = client.encodings;
    const first = (type: number) => pseudo.has(type) && !announced.has(type) && announced.add(type);
    const out = new ByteWriter();
    if (first(PseudoEncoding.Fence)) writeServerFence(out, FenceFlag.Request, new Uint8Array());
    // Without fences a client cannot tell which updates are under way when it switches.
    if (pseudo.has(PseudoEncoding.Fence) && first(PseudoEncoding.ContinuousUpdates)) {
      writeEndOfContinuousUpdates(out);
    }
    if (out.length > 0) client.reply(out.copy());
  }

  function resize(
    { layout: { size, screens: wanted } }: SetDesktopSize,
  ): DesktopSizeStatus | Promise<DesktopSizeStatus> {
    const screens = withoutNonsense(size, wanted);
    const judged = checkScreenLayout({ size, screens });
    if (judged !== DesktopSizeStatus.Ok) return judged;
    return context.mayResize() ? desktop.resize(size, screens, view) : DesktopSizeStatus.Prohibited;
  }

  /** What comes of input is to be seen without waiting for anybody's turn. */
  function hurry(): void {
    desktop.hurry();
    pacer.hurry();
  }

  return async (message, signal) => {
    switch (message.type) {
      case "FramebufferUpdateRequest":
        pacer.requested();
        client.request(message.area, message.incremental);
        break;
      case "PointerEvent":
        context.active();
        if (!buttons.admit(message.buttons, context)) break;
        events.pointer(message.at, buttons.counted);
        view.input.pointer(message.at, buttons.counted);
        hurry();
        break;
      case "KeyEvent":
        context.active();
        if (!context.mayAct(message.down)) break;
        events.key(message.keysym, message.down);
        view.input.key(message.keysym, message.down);
        hurry();
        break;
      case "QemuExtendedKeyEvent":
        context.active();
        if (!context.mayAct(message.down)) break;
        events.key(message.keysym, message.down);
        view.input.keyByPosition(message.scancode, message.keysym, message.down);
        hurry();
        break;
      case "ClientCutText":
        context.active();
        context.clipboard.cutText(message.text);
        break;
      case "ExtendedClipboard":
        // Other messages of it answer ours, which is no sign of life.
        if ((message.flags & ClipboardAction.Notify) !== 0) context.active();
        await abortable(context.clipboard.message(message), signal);
        break;
      case "SetPixelFormat":
        client.setFormat(checkPixelFormat(message.format));
        break;
      case "SetEncodings":
        client.setEncodings(parseClientEncodings(message.encodings, context.known));
        announce();
        context.clipboard.encodingsSet();
        break;
      case "ClientFence":
        if (isFenceRequest(message)) fences.request(message);
        else pacer.answered(message.payload);
        break;
      case "EnableContinuousUpdates":
        client.setContinuous(message.enable ? message.area : undefined);
        // Answered even when they were off: the client counts the answers.
        if (!message.enable) client.reply(endOfContinuousUpdates());
        break;
      case "SetDesktopSize":
        await abortable(client.resizeBy(() => resize(message)), signal);
        break;
      case "Skip":
        await abortable(inbox.discard(message.count), signal);
        break;
      // Understood, so that the stream stays in step, but not served.
      case "QemuAudio":
      case "SetScale":
      case "Xvp":
        break;
      default:
        message satisfies never;
    }
    fences.after(message);
  };
}

/**
 * A single screen that is as large as the framebuffer and lies wholly outside of it is all of it: libvncclient fills in
 * the size, and sends what was in its memory before for the rest.
 */
function withoutNonsense(size: Size, screens: readonly Screen[]): readonly Screen[] {
  const [only] = screens;
  const isAll = screens.length === 1 && only!.width === size.width && only!.height === size.height &&
    only!.x >= size.width && only!.y >= size.height && size.width > 0 && size.height > 0;
  return isAll ? [{ id: 0, flags: 0, x: 0, y: 0, ...size }] : screens;
}

/** Buttons of a client that may have to wait for control: one that went down before does not count until it is up. */
class ButtonGate {
  #held = 0;
  #muted = 0;

  /** @returns Whether the event counts, with the buttons `counted`. */
  admit(buttons: number, { mayAct }: Pick<ReceiveContext, "mayAct">): boolean {
    const pressed = buttons & ~this.#held;
    this.#held = buttons;
    this.#muted &= buttons;
    if (mayAct(pressed !== 0)) return true;
    this.#muted = buttons;
    return false;
  }

  get counted(): number {
    return this.#held & ~this.#muted;
  }
}

/** Answers to fences: one with SyncNext waits until the message behind it has been dealt with. */
class FenceAnswers {
  readonly #client: ClientState;
  #held: Uint8Array | undefined;
  #holdNow = false;

  constructor(client: ClientState) {
    this.#client = client;
  }

  request(fence: Parameters<typeof writeFenceAnswer>[1]): void {
    const out = new ByteWriter();
    writeFenceAnswer(out, fence);
    if (fence.flags & FenceFlag.SyncNext) {
      this.#release();
      this.#held = out.copy();
      this.#holdNow = true;
    } else {
      this.#client.reply(out.copy());
    }
  }

  /** A message has been dealt with. */
  after(_message: ClientMessage): void {
    if (this.#holdNow) this.#holdNow = false;
    else this.#release();
  }

  #release(): void {
    if (this.#held) this.#client.reply(this.#held);
    this.#held = undefined;
  }
}

function endOfContinuousUpdates(): Uint8Array {
  const out = new ByteWriter();
  writeEndOfContinuousUpdates(out);
  return out.copy();
}
