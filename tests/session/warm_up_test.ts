/** Practice before the first client comes. @module */
import assert from "node:assert/strict";
import { FrameMemory } from "../../lib/core/frame_memory.ts";
import type { EncodingDefinition } from "../../lib/encodings/encoding.ts";
import { ENCODINGS } from "../../lib/encodings/registry.ts";
import { Workbench } from "../../lib/encodings/workbench.ts";
import { loadKernels } from "../../lib/kernels/simd.ts";
import { EncodingType } from "../../lib/protocol/constants.ts";
import { warmUp } from "../../lib/session/warm_up.ts";
import { image } from "../support/images.ts";

/** Encodes and counts the pixels. */
function counting(): { readonly encodings: readonly EncodingDefinition[]; pixels: number } {
  const counter = {
    pixels: 0,
    encodings: ENCODINGS.map((encoding): EncodingDefinition => ({
      ...encoding,
      encode(frame, rect, target, out) {
        if (encoding.type === EncodingType.Tight) counter.pixels += rect.width * rect.height;
        encoding.encode(frame, rect, target, out);
      },
    })),
  };
  return counter;
}

Deno.test("warmUp() encodes all of the frame as usual viewers want it, and leaves it as it is", async () => {
  const memory = new FrameMemory();
  const workbench = new Workbench(loadKernels(memory), memory);
  const frame = image("text").make(300, 200);
  const before = frame.pixels.slice();
  const counter = counting();
  await warmUp({ frame, workbench, encodings: counter.encodings, isIdle: () => true });
  assert.equal(counter.pixels, 300 * 200, "for those who read Tight without loss");
  assert.deepEqual(frame.pixels, before);
});

Deno.test("warmUp() stops when somebody has come", async () => {
  const memory = new FrameMemory();
  const workbench = new Workbench(loadKernels(memory), memory);
  const frame = image("text").make(300, 200);
  const counter = counting();
  await warmUp({ frame, workbench, encodings: counter.encodings, isIdle: () => counter.pixels === 0 });
  assert.equal(counter.pixels, 300 * 200);
});
