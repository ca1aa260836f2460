/**
 * A session for nobody: a server that waits for its first client does once what it will do for that one, from the
 * handshake to the first picture. Code that runs for the first time takes three times as long, and the first picture is
 * the one that people wait for.
 *
 * @module
 */
import { ByteWriter, latin1 } from "../core/bytes.ts";
import { DisconnectedError } from "../core/errors.ts";
import { nextTurn } from "../core/next_turn.ts";
import {
  ClientMessageType,
  EncodingType,
  LevelRange,
  PseudoEncoding,
  SecurityTypeNumber,
} from "../protocol/constants.ts";
import { NATIVE_PIXEL_FORMAT, writePixelFormat } from "../protocol/pixel_format.ts";
import type { Peer, Transport } from "../transport/transport.ts";
import { Session, type SessionContext } from "./session.ts";
import { silentContext } from "./silent_context.ts";

/** No viewer has it. */
const NO_VIEWER = 0;

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
  const session = new Session(NO_VIEWER, nobody, silentContext(context, [done]));
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

/** RFC 6143 §7.1 to §7.5.3, as version 3.8. */
function wordsOfAViewer(): Uint8Array {
  const out = new ByteWriter();
  out.bytes(latin1("RFB 003.008\n")).u8(SecurityTypeNumber.None).u8(1);
  out.u8(ClientMessageType.SetPixelFormat).zeros(3);
  writePixelFormat(out, NATIVE_PIXEL_FORMAT);
  out.u8(ClientMessageType.SetEncodings).zeros(1).u16(ENCODINGS.length);
  for (const encoding of ENCODINGS) out.i32(encoding);
  out.u8(ClientMessageType.FramebufferUpdateRequest).u8(0).u16(0).u16(0).u16(0xffff).u16(0xffff);
  return out.view();
}
