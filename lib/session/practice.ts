/**
 * A session for nobody: a server that waits for its first client does once what it will do for that one, from the
 * handshake to the first picture. Code that runs for the first time takes three times as long, and the first picture is
 * the one that people wait for.
 *
 * @module
 */
import { ByteWriter } from "../core/bytes.ts";
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

/** What it is called where peers have addresses. */
export const NOBODY: Peer = { transport: "practice", address: "nobody", local: true, encrypted: true };

/**
 * Shows the screen to nobody. Only those who watch the screen being read notice.
 *
 * @param context That of the server's sessions.
 * @param line Its two ends, owned from now on: the server's, and that of nobody. As those of viewers, if it can be.
 * @param isIdle Whether there is nothing better to do; asked between the parts of the picture.
 */
export async function practise(
  context: SessionContext,
  [near, far]: readonly [Transport, Transport],
  isIdle: () => boolean,
  signal: AbortSignal,
): Promise<void> {
  using viewer = far;
  const done = { updateSent: () => session.disconnect("Practice is over") };
  const session = new Session(OWN_SESSION, near, silentContext(context, [done]));
  void view(viewer, isIdle);
  await session.run(signal);
}

/** Says at once all that a viewer says until it has the first picture, and goes when there is something better to do. */
async function view(line: Transport, isIdle: () => boolean): Promise<void> {
  const buffer = new Uint8Array(65536);
  try {
    await line.write(wordsOfAViewer());
    while (isIdle() && await line.read(buffer) !== null);
  } catch { /* the session has ended */ }
  line[Symbol.dispose]();
}

function wordsOfAViewer(): Uint8Array {
  const out = new ByteWriter();
  writeOpening(out);
  writeSetPixelFormat(out, NATIVE_PIXEL_FORMAT);
  writeSetEncodings(out, ENCODINGS);
  writeUpdateRequest(out, false);
  return out.view();
}
