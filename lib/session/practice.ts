/**
 * A session for nobody: a server that waits for its first client does once what it will do for that one, from the
 * handshake to the first picture. Code that runs for the first time takes three times as long, and the first picture is
 * the one that people wait for.
 *
 * @module
 */
import { ByteWriter } from "../core/bytes.ts";
import { DisconnectedError } from "../core/errors.ts";
import { nextTurn } from "../core/next_turn.ts";
import { EncodingType, LevelRange, PseudoEncoding } from "../protocol/constants.ts";
import { NATIVE_PIXEL_FORMAT } from "../protocol/pixel_format.ts";
import {
  writeOpening,
  writeSetEncodings,
  writeSetPixelFormat,
  writeUpdateRequest,
} from "../protocol/viewer_messages.ts";
import type { Peer, Transport } from "../transport/transport.ts";
import { Session, type SessionContext } from "./session.ts";
import { OWN_SESSION, silentContext } from "./silent_context.ts";

/** What viewers list, more or less. */
const ENCODINGS: readonly number[] = [
  EncodingType.Tight,
  EncodingType.CopyRect,
  EncodingType.ZRLE,
  EncodingType.Hextile,
  PseudoEncoding.Cursor,
  PseudoEncoding.DesktopSize,
  PseudoEncoding.ExtendedDesktopSize,
  PseudoEncoding.LastRect,
  PseudoEncoding.Fence,
  PseudoEncoding.ContinuousUpdates,
  LevelRange.Compress.first + 2,
  LevelRange.Quality.first + 8,
];

/**
 * Shows the screen to nobody. Only those who watch the screen being read notice.
 *
 * @param context That of the server's sessions.
 * @param isIdle Whether there is nothing better to do; asked between the parts of the picture.
 */
export async function practise(
  context: SessionContext,
  isIdle: () => boolean,
  signal: AbortSignal,
): Promise<void> {
  if (!isIdle()) return;
  const nobody = new Nobody(isIdle);
  const done = { updateSent: () => session.disconnect("Practice is over") };
  const session = new Session(OWN_SESSION, nobody, silentContext(context, [done]));
  await session.run(signal);
}

/** Says at once all that a viewer says until it has the first picture, and hears nothing. */
class Nobody implements Transport {
  readonly peer: Peer = { transport: "practice", address: "nobody", local: true, encrypted: true };
  readonly #isIdle: () => boolean;
  readonly #closed = Promise.withResolvers<null>();
  #words = wordsOfAViewer();

  constructor(isIdle: () => boolean) {
    this.#isIdle = isIdle;
  }

  read(into: Uint8Array): Promise<number | null> {
    const said = this.#words.subarray(0, into.length);
    if (said.length === 0) return this.#closed.promise;
    into.set(said);
    this.#words = this.#words.subarray(said.length);
    return Promise.resolve(said.length);
  }

  async write(): Promise<void> {
    await nextTurn();
    if (!this.#isIdle()) throw new DisconnectedError("Somebody has come");
  }

  close(): Promise<void> {
    this.#closed.resolve(null);
    return Promise.resolve();
  }

  [Symbol.dispose](): void {
    this.#closed.resolve(null);
  }
}

function wordsOfAViewer(): Uint8Array {
  const out = new ByteWriter();
  writeOpening(out);
  writeSetPixelFormat(out, NATIVE_PIXEL_FORMAT);
  writeSetEncodings(out, ENCODINGS);
  writeUpdateRequest(out, false);
  return out.view();
}
