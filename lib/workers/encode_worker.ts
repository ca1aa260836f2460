/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
/**
 * A thread that encodes rectangles. Holds no logic of its own: it calls what the main thread would call.
 *
 * @module
 */
import { FrameMemory } from "../core/frame_memory.ts";
import { type FinishedRect, finishRect } from "../encodings/finished_rect.ts";
import { PixelTarget } from "../encodings/pixel_target.ts";
import { ENCODINGS, withForms } from "../encodings/registry.ts";
import { Workbench } from "../encodings/workbench.ts";
import { loadKernels } from "../kernels/simd.ts";
import type { FromWorker, Outcome, Start, ToWorker, Work } from "./messages.ts";

const DEFINITIONS = withForms(ENCODINGS);

let start: Start | undefined;
let workbench: Workbench | undefined;
let target: PixelTarget | undefined;
let targetKey = "";

self.onmessage = ({ data }: MessageEvent<ToWorker>) => {
  if (data.type === "start") {
    start = data;
    const scratch = new FrameMemory({ memory: data.memory, ...data.scratch });
    workbench = new Workbench(loadKernels(data.memory), scratch);
    return;
  }
  try {
    const outcome = gather(data.works.flatMap(encode));
    self.postMessage(outcome, [outcome.bytes.buffer]);
  } catch (error) {
    const answer: FromWorker = { error: String(error) };
    self.postMessage(answer);
  }
};

function encode({ frame: { at, ...size }, encoding, format, levels, rects }: Work): FinishedRect[] {
  const pixels = new Uint32Array(start!.memory.buffer, at, size.stride * size.height);
  const definition = DEFINITIONS.find(({ name }) => name === encoding);
  if (!definition) throw new RangeError(`Cannot encode as ${encoding}: this worker does not have it`);
  const target = targetFor(format, levels);
  return rects.map((rect) => finishRect({ frame: { ...size, pixels }, rect, encoding: definition, target }));
}

function gather(finished: readonly FinishedRect[]): Outcome {
  const lengths = finished.map(({ bytes }) => bytes.length);
  const bytes = new Uint8Array(lengths.reduce((sum, length) => sum + length, 0));
  let at = 0;
  for (const { bytes: part } of finished) {
    bytes.set(part, at);
    at += part.length;
  }
  return { bytes, lengths, blocks: finished.map(({ blocks }) => blocks) };
}

/** The same as for the job before, mostly. */
function targetFor(format: Work["format"], levels: Work["levels"]): PixelTarget {
  const key = JSON.stringify([format, levels]);
  if (!target || key !== targetKey) {
    target = new PixelTarget(format, levels, workbench);
    targetKey = key;
  }
  return target;
}
