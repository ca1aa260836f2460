/**
 * What comes of each message of a client (RFC 6143 §7.5): input, wishes and settings.
 *
 * @module
 */
import { abortable } from "../core/abortable.ts";
import { ByteWriter } from "../core/bytes.ts";
import type { Size } from "../core/geometry.ts";
import type { Desktop } from "../desktop/desktop.ts";
import type { DesktopView } from "../desktop/desktop_view.ts";
import type { ClientMessage } from "../protocol/client_messages.ts";
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
import type { ClientState } from "./client_state.ts";
import type { ClipboardExchange } from "./clipboard_exchange.ts";
import type { Pacer } from "./pacing.ts";
import type { SessionEvents } from "./session_events.ts";

/** What messages act on. Borrows all of it. */
export interface MessageContext {
  readonly client: ClientState;
  readonly desktop: Desktop;
  readonly view: DesktopView;
  readonly pacer: Pacer;
  readonly events: SessionEvents;
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
 * Obeys one message; the next one is to wait for what is returned. Most are obeyed on the spot, which costs a flood of
 * them a fraction of what promises would. @throws {ProtocolError} The client broke the rules.
 */
export type Obey = (message: ClientMessage, signal: AbortSignal) => Promise<void> | void;

/** For one session. */
export function messageHandlers(context: MessageContext): Obey {
  const { client, desktop, view, pacer, events } = context;
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

  function obey(message: ClientMessage, signal: AbortSignal): Promise<void> | void {
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
        return abortable(context.clipboard.message(message), signal);
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
        return abortable(client.resizeBy(() => resize(message)), signal);
      // Understood, so that the stream stays in step, but not served.
      case "Skip":
      case "QemuAudio":
      case "SetScale":
      case "Xvp":
        break;
      default:
        message satisfies never;
    }
  }

  return (message, signal) => {
    const obeying = obey(message, signal);
    if (obeying) return obeying.then(() => fences.after());
    fences.after();
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
  admit(buttons: number, { mayAct }: Pick<MessageContext, "mayAct">): boolean {
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
  after(): void {
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
