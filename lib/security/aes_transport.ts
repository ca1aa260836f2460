/**
 * The messages of the RSA-AES security types as a {@linkcode Transport} (rfbproto "RSA-AES Security Type"): a length in
 * clear, AES-EAX ciphertext, a tag. RFB's messages have nothing to do with their borders.
 *
 * @module
 */
import { ProtocolError } from "../core/errors.ts";
import { Inbox } from "../transport/inbox.ts";
import { SmallTalk } from "../transport/small_talk.ts";
import type { Backlog, Peer, Transport } from "../transport/transport.ts";
import { AesEax, BLOCK } from "./aes_eax.ts";

const SECTION = "rfbproto RSA-AES Security Type";

const HEADER_LENGTH = 2;

/** Bytes in one message that we send: viewers take no more. */
const LONGEST_SENT = 8192;

/** Bytes in one message of a peer that has not come in yet: more than any login needs. */
const LONGEST_BEFORE_LOGIN = 2048;

/** The keys of the two directions. */
export interface AesKeys {
  readonly receive: Uint8Array;
  readonly send: Uint8Array;
}

/** Owns the transport beneath. */
export class AesTransport implements Transport {
  readonly peer: Peer;
  readonly #transport: Transport;
  readonly #inbox: Inbox;
  readonly #receive: AesEax;
  readonly #send: AesEax;
  readonly #received = new Uint8Array(BLOCK);
  readonly #sent = new Uint8Array(BLOCK);
  readonly #smallTalk = new SmallTalk();
  #longest = LONGEST_BEFORE_LOGIN;
  #unread: Uint8Array = new Uint8Array();
  #buffer = new Uint8Array(HEADER_LENGTH + BLOCK + 256);

  /** @param inbox Of the transport; may hold what has come already. */
  constructor(transport: Transport, inbox: Inbox, { receive, send }: AesKeys) {
    this.peer = { ...transport.peer, encrypted: true };
    this.#transport = transport;
    this.#inbox = inbox;
    this.#receive = new AesEax(receive);
    this.#send = new AesEax(send);
  }

  /** The peer has come in: its messages may be as long as they like from now on. */
  trust(): void {
    this.#longest = 0xffff;
  }

  async read(into: Uint8Array): Promise<number | null> {
    while (this.#unread.length === 0) {
      if (!await this.#nextMessage()) return null;
    }
    const count = Math.min(into.length, this.#unread.length);
    into.set(this.#unread.subarray(0, count));
    this.#unread = this.#unread.subarray(count);
    return count;
  }

  async write(bytes: Uint8Array): Promise<void> {
    const messages = Math.ceil(bytes.length / LONGEST_SENT);
    const size = bytes.length + messages * (HEADER_LENGTH + BLOCK);
    if (this.#buffer.length < size) this.#buffer = new Uint8Array(size);
    let end = 0;
    for (let at = 0; at < bytes.length; at += LONGEST_SENT) {
      const part = bytes.subarray(at, at + LONGEST_SENT);
      const header = this.#buffer.subarray(end, end + HEADER_LENGTH);
      header[0] = part.length >> 8;
      header[1] = part.length & 0xff;
      end += HEADER_LENGTH;
      this.#send.seal(this.#sent, header, part, this.#buffer.subarray(end));
      count(this.#sent);
      end += part.length + BLOCK;
    }
    if (end > 0) await this.#transport.write(this.#buffer.subarray(0, end));
  }

  backlog(): Backlog | undefined {
    return this.#transport.backlog?.();
  }

  limitUnsent(bytes: number): void {
    this.#transport.limitUnsent?.(bytes);
  }

  farewell(reason: string, goingAway?: boolean): void {
    this.#transport.farewell?.(reason, goingAway);
  }

  close(graceMs?: number): Promise<void> {
    return this.#transport.close(graceMs);
  }

  [Symbol.dispose](): void {
    this.#transport[Symbol.dispose]();
  }

  /** @returns `false` when the peer has closed between two messages. */
  async #nextMessage(): Promise<boolean> {
    const inbox = this.#inbox;
    if (inbox.available().length === 0 && !await inbox.more()) return false;
    const header = await inbox.take(HEADER_LENGTH);
    const length = header[0]! << 8 | header[1]!;
    if (length > this.#longest) {
      throw new ProtocolError(
        `Encrypted message is ${length} bytes long, allowed are ${this.#longest}`,
        SECTION,
      );
    }
    if (length === 0 && this.#smallTalk.isTooMuch()) {
      throw new ProtocolError("Too many encrypted messages carry nothing", SECTION);
    }
    const ciphertext = await inbox.take(length);
    const tag = await inbox.take(BLOCK);
    const plaintext = this.#receive.open(this.#received, header, ciphertext, tag);
    if (!plaintext) throw new ProtocolError("Encrypted message was changed on its way", SECTION);
    count(this.#received);
    this.#unread = plaintext;
    return true;
  }
}

/** The next number, least significant byte first. */
function count(counter: Uint8Array): void {
  for (let i = 0; i < counter.length; i++) {
    counter[i]!++;
    if (counter[i] !== 0) return;
  }
}
