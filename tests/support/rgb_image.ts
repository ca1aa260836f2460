/**
 * Pictures as all tests compare them: `0x00RRGGBB` per pixel, and the PPM files in which programs hand them over.
 *
 * @module
 */
import type { Point } from "../../lib/core/geometry.ts";

/** A picture: `0x00RRGGBB`, row after row, no padding. */
export interface RgbImage {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint32Array<ArrayBuffer>;
}

/** How two pictures differ. */
export interface RgbDifference {
  /** Pixels that differ; all of the larger picture if the sizes do. */
  readonly wrong: number;
  /** The first of them, in reading order, and both colours. */
  readonly firstAt?: Point & { readonly a?: string; readonly b?: string };
}

/**
 * Compares pixel by pixel.
 *
 * @param tolerance Largest difference of a channel that still counts as equal: 0, unless a lossy encoding is compared.
 */
export function compareRgb(a: RgbImage, b: RgbImage, tolerance = 0): RgbDifference {
  if (a.width !== b.width || a.height !== b.height) {
    return { wrong: Math.max(a.pixels.length, b.pixels.length), firstAt: { x: 0, y: 0 } };
  }
  let wrong = 0;
  let first = -1;
  for (let i = 0; i < a.pixels.length; i++) {
    const p = a.pixels[i]!;
    const q = b.pixels[i]!;
    if (p === q || (tolerance > 0 && near(p, q, tolerance))) continue;
    if (wrong++ === 0) first = i;
  }
  if (wrong === 0) return { wrong };
  const hex = (pixel: number) => `#${pixel.toString(16).padStart(6, "0")}`;
  return {
    wrong,
    firstAt: {
      x: first % a.width,
      y: Math.floor(first / a.width),
      a: hex(a.pixels[first]!),
      b: hex(b.pixels[first]!),
    },
  };
}

function near(p: number, q: number, tolerance: number): boolean {
  for (let shift = 0; shift <= 16; shift += 8) {
    if (Math.abs(((p >> shift) & 255) - ((q >> shift) & 255)) > tolerance) return false;
  }
  return true;
}

/** Changes each colour; works out each different one once. */
export function mapRgb(image: RgbImage, map: (rgb: number) => number): RgbImage {
  const known = new Map<number, number>();
  const pixels = image.pixels.map((rgb) => {
    let made = known.get(rgb);
    if (made === undefined) known.set(rgb, made = map(rgb));
    return made;
  });
  return { ...image, pixels };
}

/** The part of a picture at (x, y). @throws {RangeError} It reaches outside. */
export function cropRgb(image: RgbImage, x: number, y: number, width: number, height: number): RgbImage {
  if (x < 0 || y < 0 || x + width > image.width || y + height > image.height) {
    throw new RangeError(`Cannot crop ${width}x${height}+${x}+${y} of ${image.width}x${image.height}`);
  }
  const pixels = new Uint32Array(width * height);
  for (let row = 0; row < height; row++) {
    const from = (y + row) * image.width + x;
    pixels.set(image.pixels.subarray(from, from + width), row * width);
  }
  return { width, height, pixels };
}

/** The first place in reading order where `part` is inside `whole`, or `undefined`. */
export function findRgb(whole: RgbImage, part: RgbImage, tolerance = 0): Point | undefined {
  for (let y = 0; y + part.height <= whole.height; y++) {
    for (let x = 0; x + part.width <= whole.width; x++) {
      if (matchesAt(whole, part, x, y, tolerance)) return { x, y };
    }
  }
  return undefined;
}

function matchesAt(whole: RgbImage, part: RgbImage, x: number, y: number, tolerance: number): boolean {
  for (let row = 0; row < part.height; row++) {
    const from = (y + row) * whole.width + x;
    const at = row * part.width;
    for (let column = 0; column < part.width; column++) {
      const p = whole.pixels[from + column]!;
      const q = part.pixels[at + column]!;
      if (p !== q && (tolerance === 0 || !near(p, q, tolerance))) return false;
    }
  }
  return true;
}

/** Reads a binary PPM (P6, maximum 255). @throws {Error} It is something else. */
export function parsePpm(bytes: Uint8Array): RgbImage {
  const header = new TextDecoder("latin1").decode(bytes.subarray(0, 64));
  const match = /^P6\s+(\d+)\s+(\d+)\s+255\s/.exec(header);
  if (!match) throw new Error(`Not a PPM: "${header.slice(0, 16)}"`);
  const width = Number(match[1]);
  const height = Number(match[2]);
  const data = bytes.subarray(match[0].length);
  if (data.length !== width * height * 3) {
    throw new Error(`PPM of ${width}x${height} has ${data.length} bytes`);
  }
  const pixels = new Uint32Array(width * height);
  for (let i = 0; i < pixels.length; i++) {
    pixels[i] = (data[3 * i]! << 16) | (data[3 * i + 1]! << 8) | data[3 * i + 2]!;
  }
  return { width, height, pixels };
}

/** A binary PPM: to keep what a failing test saw. */
export function toPpm({ width, height, pixels }: RgbImage): Uint8Array<ArrayBuffer> {
  const header = new TextEncoder().encode(`P6\n${width} ${height}\n255\n`);
  const bytes = new Uint8Array(header.length + pixels.length * 3);
  bytes.set(header);
  pixels.forEach((rgb, i) => {
    bytes[header.length + 3 * i] = rgb >> 16;
    bytes[header.length + 3 * i + 1] = rgb >> 8;
    bytes[header.length + 3 * i + 2] = rgb;
  });
  return bytes;
}

/** Writes a picture into the directory $TEST_ARTIFACTS, if that is set: what a failing test saw. */
export async function keepArtifact(name: string, image: RgbImage): Promise<void> {
  const directory = Deno.env.get("TEST_ARTIFACTS");
  if (directory) await Deno.writeFile(`${directory}/${name}`, toPpm(image));
}
