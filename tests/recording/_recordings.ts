/** Looking at recordings while they are made. @module */
import { compareRgb, type RgbImage } from "../support/rgb_image.ts";
import { RecordingError } from "../../lib/core/errors.ts";
import type { Frame } from "../../lib/core/pixels.ts";
import { SessionPlayer } from "../../lib/recording/session_player.ts";

/** A folder that is gone when it is disposed. */
export class TemporaryFolder implements AsyncDisposable {
  readonly path = Deno.makeTempDirSync();

  /** The path of a file in it. */
  file(name: string): string {
    return `${this.path}/${name}`;
  }

  /** Names of the files in it, in order. */
  files(): string[] {
    return [...Deno.readDirSync(this.path)].map(({ name }) => name).sort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path, { recursive: true });
  }
}

/** A frame as tests compare pictures. */
export function rgbOf({ width, height, stride, pixels }: Frame): RgbImage {
  const packed = new Uint32Array(width * height);
  for (let y = 0; y < height; y++) {
    packed.set(pixels.subarray(y * stride, y * stride + width), y * width);
  }
  return { width, height, pixels: packed };
}

/** What a recording shows at its end; `undefined` while it shows nothing. */
export async function lastPicture(path: string): Promise<RgbImage | undefined> {
  try {
    await using player = await SessionPlayer.open(path);
    await player.seek(1e6);
    return player.frame && rgbOf(player.frame);
  } catch (error) {
    if (error instanceof RecordingError) return undefined;
    throw error;
  }
}

/** Waits until a recording that is being made shows a picture at its end, as another reader sees it. */
export async function untilRecorded(path: string, wanted: RgbImage, timeoutMs = 10_000): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const shown = await lastPicture(path);
    if (shown && compareRgb(shown, wanted).wrong === 0) return;
    if (performance.now() > deadline) throw new Error(`${path} never showed what it should`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
