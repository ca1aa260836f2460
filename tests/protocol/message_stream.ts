/**
 * What a receive loop does with the parser, made small: for tests that feed it streams.
 *
 * @module
 */
import assert from "node:assert/strict";
import {
  type ClientMessage,
  parseClientMessage,
  type ParseOptions,
} from "../../lib/protocol/client_messages.ts";

/**
 * Reads all messages of `stream`, which comes in pieces that end at `cuts`.
 *
 * Checks on the way that the parser asks for more than it was given, and that giving it less than it asked for gives the
 * same answer again.
 *
 * @param cuts Rising numbers of bytes; the end of the stream is one by itself.
 * @return Messages, those too that say "skip", and how many bytes at the end belong to a message that is not whole.
 */
export function readMessages(
  stream: Uint8Array,
  cuts: readonly number[],
  options: ParseOptions,
): { messages: ClientMessage[]; rest: number } {
  const messages: ClientMessage[] = [];
  let at = 0;
  let skip = 0;
  let needed = 1;
  for (const available of [...cuts, stream.length]) {
    while (true) {
      const skipped = Math.min(skip, available - at);
      at += skipped;
      skip -= skipped;
      const given = available - at;
      if (skip > 0 || given === 0) break;
      const result = parseClientMessage(stream.slice(at, available), options);
      if (!result.done) {
        assert.ok(result.needed > given, `asks for ${result.needed} bytes and has ${given}`);
        assert.ok(given >= needed || result.needed === needed, "changes its mind without need");
        needed = result.needed;
        break;
      }
      assert.ok(result.length >= 1 && result.length <= given, `took ${result.length} bytes of ${given}`);
      assert.ok(given >= needed, `was content with ${given} bytes and had asked for ${needed}`);
      messages.push(result.message);
      at += result.length;
      needed = 1;
      if (result.message.type === "Skip") skip = result.message.count;
    }
  }
  return { messages, rest: stream.length - at };
}
