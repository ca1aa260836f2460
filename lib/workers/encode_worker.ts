/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
/**
 * A thread that encodes rectangles. Holds no logic of its own: it calls what the main thread would call.
 *
 * @module
 */
import { FrameMemory } from "../core/frame_memory.ts";
import { finishRect } from "../encodings/finished_rect.ts";
import { PixelTarget } from "../encodings/pixel_target.ts";
import { ENCODINGS, withForms } from "../encodings/registry.ts";
import { Workbench } from "../encodings/workbench.ts";
import { loadKernels } from "../kernels/simd.ts";
import type { FromWorker, Job, Start, ToWorker } from "./messages.ts";

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
    const outcomes = data.jobs.map((job) => {
      const { bytes, blocks } = encode(job);
      return { bytes: bytes.slice(), blocks };
    });
    const answer: FromWorker = { outcomes };
    self.postMessage(answer, outcomes.map(({ bytes }) => bytes.buffer));
  } catch (error) {
    const answer: FromWorker = { error: String(error) };
    self.postMessage(answer);
  }
};

function encode({ frame: { at, ...size }, rect, encoding, format, levels }: Job) {
  const pixels = new Uint32Array(start!.memory.buffer, at, size.stride * size.height);
  const definition = DEFINITIONS.find(({ name }) => name === encoding);
  if (!definition) throw new RangeError(`Cannot encode as ${encoding}: this worker does not have it`);
  return finishRect({
    frame: { ...size, pixels },
    rect,
    encoding: definition,
    target: targetFor(format, levels),
  });
}

/** The same as for the job before, mostly. */
function targetFor(format: Job["format"], levels: Job["levels"]): PixelTarget {
  const key = JSON.stringify([format, levels]);
  if (!target || key !== targetKey) {
    target = new PixelTarget(format, levels, workbench);
    targetKey = key;
  }
  return target;
}
