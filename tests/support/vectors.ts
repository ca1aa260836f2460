/**
 * Golden vectors: bytes of encoded rectangles and the pixels that they stand for, as data with a provenance
 * (tests/vectors). Those by hand are written from the specification; those captured come from other people's servers, by
 * `tools/make_vectors.ts`.
 *
 * @module
 */
import { type Rect, rect } from "../../lib/core/geometry.ts";

/** One vector, or several rectangles one after another on one connection. */
export interface Vector {
  /** File and place in it, for messages. */
  readonly title: string;
  readonly spec: string;
  /** "by hand from the RFC", or "captured from SERVER VERSION". */
  readonly source: string;
  readonly about: string;
  /** A name of `PIXEL_FORMATS`. */
  readonly format: string;
  /** Of the client's framebuffer. */
  readonly size: readonly [width: number, height: number];
  readonly rects: readonly VectorRect[];
  /** Pixel values, in the client's format, of the whole framebuffer after all rectangles; 0 where none was. */
  readonly pixels: Uint32Array<ArrayBuffer>;
}

/** A rectangle of a vector. */
export interface VectorRect {
  readonly encoding: number;
  readonly rect: Rect;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** A vector as it stands in a file. */
export interface StoredVector {
  spec: string;
  source: string;
  about: string;
  format: string;
  size: [width: number, height: number];
  /** `bytes` in hexadecimal, with spaces as one likes. `encoding` if it is another one than the file's. */
  rects: { encoding?: number; rect: [x: number, y: number, width: number, height: number]; bytes: string }[];
  /** Rows of pixel values in hexadecimal; "7*16" is sixteen times 7, "x3" behind a row is three times the row. */
  pixels: string[];
}

/** A file of vectors. */
export interface VectorFile {
  /** The number of the encoding. */
  encoding: number;
  vectors: StoredVector[];
}

/** The folders of tests/vectors that hold vectors of encodings. */
const FOLDERS = ["raw", "copy_rect", "rre", "corre", "hextile", "zlib", "tight", "trle", "zrle"];

/** All vectors of encodings under tests/vectors. */
export async function readVectors(): Promise<Vector[]> {
  const root = new URL("../vectors/", import.meta.url);
  const vectors: Vector[] = [];
  for (const name of FOLDERS) {
    const directory = new URL(`${name}/`, root);
    for (const file of await jsonFiles(directory)) {
      const stored: VectorFile = JSON.parse(await Deno.readTextFile(new URL(file, directory)));
      vectors.push(
        ...stored.vectors.map((vector, i) => parse(vector, stored.encoding, `${name}/${file} ${i}`)),
      );
    }
  }
  return vectors;
}

async function jsonFiles(directory: URL): Promise<string[]> {
  const found: string[] = [];
  for await (const { name } of Deno.readDir(directory)) if (name.endsWith(".json")) found.push(name);
  return found.sort();
}

function parse(stored: StoredVector, encoding: number, title: string): Vector {
  const { spec, source, about, format, size, rects } = stored;
  const values = stored.pixels.flatMap(parseRow);
  if (values.length !== size[0] * size[1]) {
    throw new Error(`${title}: ${values.length} pixels, must be ${size[0] * size[1]}`);
  }
  return {
    title: `${title} (${about})`,
    spec,
    source,
    about,
    format,
    size,
    rects: rects.map((r) => ({
      encoding: r.encoding ?? encoding,
      rect: rect(...r.rect),
      bytes: fromHex(r.bytes),
    })),
    pixels: Uint32Array.from(values),
  };
}

/** "7*16 a" is sixteen times 7 and once 10; "7*16 a x3" is that three times. */
function parseRow(row: string): number[] {
  const words = row.trim().split(/\s+/);
  const last = words.at(-1)!;
  const times = last.startsWith("x") ? Number(words.pop()!.slice(1)) : 1;
  const values = words.flatMap((word) => {
    const [value, count = "1"] = word.split("*");
    return new Array<number>(Number(count)).fill(parseInt(value!, 16));
  });
  return Array.from({ length: times }, () => values).flat();
}

/** Rows as {@linkcode StoredVector.pixels} has them. */
export function formatPixels(values: Uint32Array, width: number): string[] {
  const rows: { text: string; times: number }[] = [];
  for (let at = 0; at < values.length; at += width) {
    const words: string[] = [];
    for (let x = 0; x < width;) {
      const value = values[at + x]!;
      let end = x + 1;
      while (end < width && values[at + end] === value) end++;
      words.push(value.toString(16) + (end - x > 1 ? `*${end - x}` : ""));
      x = end;
    }
    const text = words.join(" ");
    const last = rows.at(-1);
    if (last?.text === text) last.times++;
    else rows.push({ text, times: 1 });
  }
  return rows.map(({ text, times }) => times > 1 ? `${text} x${times}` : text);
}

/** Bytes of hexadecimal digits; spaces and "|" between them mean nothing. */
export function fromHex(text: string): Uint8Array<ArrayBuffer> {
  const digits = text.replace(/[\s|]/g, "");
  if (digits.length % 2 || /[^0-9a-f]/i.test(digits)) throw new Error(`Not bytes in hexadecimal: "${text}"`);
  return Uint8Array.from(
    { length: digits.length / 2 },
    (_, i) => parseInt(digits.slice(2 * i, 2 * i + 2), 16),
  );
}

/** Hexadecimal digits. */
export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
