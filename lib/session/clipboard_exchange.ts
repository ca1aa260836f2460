/**
 * One client's clipboard and the desktop's: cut texts in Latin-1 (RFC 6143 §7.5.6, §7.6.4), or Unicode on demand with
 * clients that list the extended clipboard (rfbproto "Extended Clipboard Pseudo-encoding").
 *
 * The receive loop tells what the client says; the update loop takes what is to be sent.
 *
 * @module
 */
import { ByteWriter } from "../core/bytes.ts";
import type { SharedClipboard } from "../desktop/shared_clipboard.ts";
import { PseudoEncoding } from "../protocol/constants.ts";
import {
  ClipboardAction,
  type ClipboardCaps,
  ClipboardFormat,
  DEFAULT_CLIENT_CAPS,
  type ExtendedClipboard,
  parseClipboardMessage,
  writeClipboardCaps,
  writeClipboardNotify,
  writeClipboardProvide,
  writeClipboardRequest,
} from "../protocol/extensions/extended_clipboard.ts";
import { writeServerCutText } from "../protocol/server_messages.ts";
import type { ClientState } from "./client_state.ts";
import { packText, unpackText } from "./clipboard_content.ts";

/** Who asks again so soon, in ms, for the text that it has just been given has it. */
const AGAIN_MS = 250;

/** What we can do. Nothing is to be provided without a request: who has nothing to paste need not be sent it. */
const CAPS: ClipboardCaps = {
  actions: ClipboardAction.Request | ClipboardAction.Peek | ClipboardAction.Notify | ClipboardAction.Provide,
  sizes: new Map([[ClipboardFormat.Text, 0]]),
};

/** What the exchange works on. Borrows all of it. */
export interface ClipboardExchangeOptions {
  readonly client: ClientState;
  /** What is on the desktop's clipboard now. */
  readonly clipboard: () => SharedClipboard | undefined;
  /** Puts a text of the client there. Line ends are LF. */
  readonly offer: (text: string) => void;
  /** Whether clipboards are shared at all. */
  readonly isShared: boolean;
  /** Whether the client may know of the desktop's clipboard, at this moment. */
  maySee(): boolean;
  /** Whether the client's own counts, at this moment. */
  mayOffer(): boolean;
  /** Longest text of the client, in bytes. */
  readonly maxBytes: number;
}

/** Compressed once for all clients. */
const packed = new WeakMap<SharedClipboard, Promise<Uint8Array<ArrayBuffer>>>();

/** See the module. */
export class ClipboardExchange {
  readonly #options: ClipboardExchangeOptions;
  #caps = DEFAULT_CLIENT_CAPS;
  /** The client has asked for the text; asked many times, it gets it once. */
  #isWanted = false;

  /** What the client was given last when it had asked, and when. */
  #given: { readonly clipboard: SharedClipboard; readonly at: number } | undefined;

  constructor(options: ClipboardExchangeOptions) {
    this.#options = options;
  }

  /** The client has listed its encodings: it is told each time what we can do. */
  encodingsSet(): void {
    if (this.#isExtended && this.#options.isShared) this.#reply((out) => writeClipboardCaps(out, CAPS));
  }

  /** A text has come without a request. @param text Line ends are LF. */
  cutText(text: string): void {
    if (this.#options.mayOffer()) this.#options.offer(text);
  }

  /** @throws {ProtocolError} The message says nothing that can be understood. */
  async message(message: ExtendedClipboard): Promise<void> {
    const { maySee, mayOffer, clipboard, maxBytes, client } = this.#options;
    if (!this.#isExtended) return;
    const understood = parseClipboardMessage(message);
    switch (understood.action) {
      case "Caps":
        this.#caps = understood.caps;
        break;
      case "Notify":
        if ((understood.formats & ClipboardFormat.Text) !== 0 && mayOffer()) {
          this.#reply((out) => writeClipboardRequest(out, ClipboardFormat.Text));
        }
        break;
      case "Request":
        this.#isWanted = (understood.formats & ClipboardFormat.Text) !== 0;
        client.wake.set();
        break;
      case "Peek":
        this.#reply((out) => writeClipboardNotify(out, maySee() && clipboard() ? ClipboardFormat.Text : 0));
        break;
      case "Provide": {
        if (!mayOffer()) break;
        const text = await unpackText(understood.formats, understood.compressed, maxBytes);
        // What is there already, perhaps because we have told the client of it, is no news.
        if (text && mayOffer() && text !== clipboard()?.text) this.#options.offer(text);
        break;
      }
      default:
        understood satisfies never;
    }
  }

  /** Writes that something new is on the desktop's clipboard. */
  async announce(out: ByteWriter, clipboard: SharedClipboard): Promise<void> {
    const { actions, sizes } = this.#caps;
    const textBytes = this.#isExtended ? sizes.get(ClipboardFormat.Text) : undefined;
    if (textBytes === undefined) writeServerCutText(out, clipboard.text);
    else if ((actions & ClipboardAction.Notify) !== 0) writeClipboardNotify(out, ClipboardFormat.Text);
    else if ((actions & ClipboardAction.Provide) !== 0 && clipboard.text.length < textBytes) {
      await this.#provide(out, clipboard);
    } else writeServerCutText(out, clipboard.text);
  }

  /** Writes the text that the client has asked for, if it has. */
  async answer(out: ByteWriter): Promise<void> {
    if (!this.#isWanted) return;
    this.#isWanted = false;
    const { maySee, clipboard } = this.#options;
    const present = clipboard();
    if (!present || !maySee()) return;
    const now = performance.now();
    if (present === this.#given?.clipboard && now - this.#given.at < AGAIN_MS) return;
    this.#given = { clipboard: present, at: now };
    await this.#provide(out, present);
  }

  get #isExtended(): boolean {
    return this.#options.client.encodings.pseudo.has(PseudoEncoding.ExtendedClipboard);
  }

  async #provide(out: ByteWriter, clipboard: SharedClipboard): Promise<void> {
    const known = packed.get(clipboard);
    const packing = known ?? packText(clipboard.text);
    if (!known) packed.set(clipboard, packing);
    writeClipboardProvide(out, ClipboardFormat.Text, await packing);
  }

  #reply(write: (out: ByteWriter) => void): void {
    const out = new ByteWriter();
    write(out);
    this.#options.client.reply(out.copy());
  }
}
