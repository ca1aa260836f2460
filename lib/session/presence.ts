/**
 * Whether a client is still there that sends more than it may. A peer that has gone may have left megabytes in the systems
 * between, and those would be obeyed, slowly, to their end: that it has gone is heard only when it is sent something.
 *
 * @module
 */
import { ByteWriter } from "../core/bytes.ts";
import { PseudoEncoding } from "../protocol/constants.ts";
import { FenceFlag, writeServerFence } from "../protocol/extensions/fence.ts";
import { writeBell, writeFramebufferUpdateHeader } from "../protocol/server_messages.ts";
import type { ClientState } from "./client_state.ts";

/** It is asked when it has had to wait again and again for so long, in ms, and each time that this is over. */
const ASK_AFTER_MS = 500;
/** Who has not had to wait for so long, in ms, is no longer ahead. */
const AHEAD_MS = 250;

/** Of one client; used by its receive loop. */
export class Presence {
  readonly #client: ClientState;
  #since = -Infinity;
  #last = -Infinity;

  constructor(client: ClientState) {
    this.#client = client;
  }

  /** The client has to wait. @param now In ms. */
  ahead(now: number): void {
    if (now - this.#last > AHEAD_MS) this.#since = now;
    this.#last = now;
    if (now - this.#since < ASK_AFTER_MS) return;
    this.#since = now;
    this.#ask();
  }

  /** Sends the client what it understands, at a moment when that may come, and what says least. */
  #ask(): void {
    const client = this.#client;
    const out = new ByteWriter();
    const { wish } = client;
    if (client.encodings.pseudo.has(PseudoEncoding.Fence)) {
      writeServerFence(out, FenceFlag.Request, new Uint8Array());
    } else if (!wish) {
      writeBell(out); // all that may come without a request, but for texts
    } else if (wish.full.isEmpty) {
      writeFramebufferUpdateHeader(out, 0);
      client.answered();
    } else return; // pictures are on their way
    client.reply(out.copy());
  }
}
