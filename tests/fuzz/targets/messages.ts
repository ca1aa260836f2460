/**
 * The parsers of what clients say: they read no further than the message, and read the same however it comes in pieces.
 *
 * @module
 */
import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import type { ClientMessage } from "../../../lib/protocol/client_messages.ts";
import { parseClientVersion } from "../../../lib/protocol/version.ts";
import { checkPixelFormat } from "../../../lib/protocol/pixel_format.ts";
import { parseClientEncodings } from "../../../lib/protocol/set_encodings.ts";
import { readMessages } from "../../protocol/message_stream.ts";
import { hex } from "../../support/hex.ts";
import viewers from "../../vectors/protocol/viewers.json" with { type: "json" };
import { below, joined, mutate, oneOf, some } from "../mutations.ts";
import { MESSAGES } from "../streams.ts";
import { type FuzzTarget, simply, tolerate } from "../target.ts";

const RECORDED = viewers.map(({ bytes }) => hex(bytes.join("")));

/** What has been read before it was no good any more. */
function read(stream: Uint8Array, cuts: readonly number[], control: number): ClientMessage[] | string {
  const options = { maxCutText: control & 1 ? 100 : 1 << 20, extendedMouseButtons: (control & 2) !== 0 };
  try {
    return readMessages(stream, cuts, options).messages;
  } catch (error) {
    tolerate(error, "ProtocolError");
    return (error as Error).message;
  }
}

export const MESSAGE_PARSERS: FuzzTarget = {
  name: "client messages",
  share: 2,
  open: simply({
    make: (random) =>
      joined(
        some(2, random),
        mutate(
          random() < 0.2
            ? oneOf(RECORDED, random)
            : joined(...Array.from({ length: 1 + below(4, random) }, () => oneOf(MESSAGES, random)(random))),
          random,
        ),
      ),
    attempt(bytes) {
      const [control = 0, step = 0] = bytes;
      const stream = bytes.subarray(2);
      const whole = read(stream, [], control);
      // Byte by byte takes long: mostly it comes in two pieces.
      const size = control & 0x3c ? 1 + step % (stream.length + 1) : 1 + step % 40;
      const pieces = control & 0x3c ? 1 : Math.floor(stream.length / size);
      const cuts = Array.from({ length: pieces }, (_, i) => (i + 1) * size).filter((cut) =>
        cut <= stream.length
      );
      assert.ok(isDeepStrictEqual(read(stream, cuts, control), whole), "In pieces it is something else");
      if (typeof whole === "string") return;
      for (const message of whole) {
        try {
          if (message.type === "SetPixelFormat") checkPixelFormat(message.format);
          if (message.type === "SetEncodings") parseClientEncodings(message.encodings);
        } catch (error) {
          tolerate(error, "ProtocolError");
        }
      }
      if (stream.length >= 12) {
        try {
          parseClientVersion(stream);
        } catch (error) {
          tolerate(error, "ProtocolError");
        }
      }
    },
  }),
};
