/**
 * What a picture looks like at another size, by the definition alone: the oracle for scaled desktops.
 *
 * @module
 */
import type { Size } from "../../lib/core/geometry.ts";
import type { RgbImage } from "./rgb_image.ts";

/** Parts of a length are counted in so many. */
const PARTS = 256;

/** Each new pixel is the average of what lies under it: along the rows first, then along the columns, rounded in each. */
export function scaleRgb(image: RgbImage, to: Size): RgbImage {
  const narrow = averageRows(image, to.width);
  return turned(averageRows(turned(narrow), to.height));
}

function averageRows({ width, height, pixels }: RgbImage, toWidth: number): RgbImage {
  const result = new Uint32Array(toWidth * height);
  for (let x = 0; x < toWidth; x++) {
    const [begin, end] = [x * width / toWidth, (x + 1) * width / toWidth];
    for (let y = 0; y < height; y++) {
      const sums = [PARTS / 2, PARTS / 2, PARTS / 2];
      for (let at = Math.floor(begin); at < end - 1e-9; at++) {
        // Rounded where each ends, so that all parts together are the whole.
        const share = partsUpTo(at + 1, begin, end) - partsUpTo(at, begin, end);
        const pixel = pixels[y * width + at]!;
        for (let c = 0; c < 3; c++) sums[c]! += share * (pixel >> (8 * c) & 255);
      }
      const [blue, green, red] = sums.map((sum) => Math.floor(sum / PARTS)) as [number, number, number];
      result[y * toWidth + x] = red << 16 | green << 8 | blue;
    }
  }
  return { width: toWidth, height, pixels: result };
}

function partsUpTo(at: number, begin: number, end: number): number {
  const length = Math.max(0, Math.min(at, end) - begin);
  // A hair more, so that halves are rounded up however they were worked out.
  return Math.round(length / (end - begin) * PARTS + 1e-7);
}

function turned({ width, height, pixels }: RgbImage): RgbImage {
  const result = new Uint32Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) result[x * height + y] = pixels[y * width + x]!;
  }
  return { width: height, height: width, pixels: result };
}
