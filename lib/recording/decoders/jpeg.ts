/**
 * JPEG images (ITU-T T.81), baseline: as Tight, TightPNG and JPEG (rfbproto "JPEG Encoding") have them.
 *
 * @module
 */
import { ByteReader } from "../../core/bytes.ts";
import { RecordingError } from "../../core/errors.ts";
import type { Rect } from "../../core/geometry.ts";
import type { Frame } from "../../core/pixels.ts";
import type { DecodeContext } from "./decoder.ts";
import { inverseDct } from "./inverse_dct.ts";
import { JpegCode, JpegScan } from "./jpeg_scan.ts";

/** Second bytes of markers (table B.1). */
const Marker = {
  StartOfBaselineFrame: 0xc0,
  StartOfExtendedFrame: 0xc1,
  HuffmanTables: 0xc4,
  StartOfImage: 0xd8,
  EndOfImage: 0xd9,
  StartOfScan: 0xda,
  QuantizationTables: 0xdb,
  RestartInterval: 0xdd,
} as const;

/** Where in a block the coefficients are that a scan gives one after the other (figure A.6). */
const ZIGZAG = Uint8Array.of(
  ...[0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13],
  ...[6, 7, 14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45],
  ...[38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63],
);

/** One of an image's one or three components. */
interface Component {
  readonly id: number;
  /** Blocks in a unit of the scan, across and down: 1 to 4. */
  readonly across: number;
  readonly down: number;
  readonly table: number;
  /** Bytes from one row of samples to the next. */
  readonly stride: number;
  readonly samples: Uint8ClampedArray;
  dcCode: JpegCode;
  acCode: JpegCode;
}

/** JPEG, the encoding: the image's own end ends it. */
export function decodeJpeg(reader: ByteReader, rect: Rect, { frame }: DecodeContext): void {
  const image = new JpegImage(reader, rect);
  image.draw(rect, frame);
}

/** Draws a JPEG image. @throws {RecordingError} It is damaged, or not as large as `rect`. */
export function drawJpeg(bytes: Uint8Array, rect: Rect, frame: Frame): void {
  new JpegImage(new ByteReader(bytes), rect).draw(rect, frame);
}

class JpegImage {
  readonly #tables = new Map<number, Float32Array>();
  readonly #codes = new Map<number, JpegCode>();
  #components: Component[] = [];
  #restartInterval = 0;
  readonly #mostAcross: number;
  readonly #mostDown: number;

  /** Decodes up to the end of the image. */
  constructor(reader: ByteReader, rect: Rect) {
    if (reader.u16() !== (0xff00 | Marker.StartOfImage)) throw wrong("it does not begin as one");
    for (let marker = nextMarker(reader); marker !== Marker.EndOfImage; marker = nextMarker(reader)) {
      const segment = new ByteReader(reader.bytes(Math.max(2, reader.u16()) - 2));
      this.#segment(marker, segment, rect);
      if (marker === Marker.StartOfScan) this.#scan(reader, rect);
    }
    if (this.#components.length === 0) throw wrong("there is no picture in it");
    this.#mostAcross = Math.max(...this.#components.map(({ across }) => across));
    this.#mostDown = Math.max(...this.#components.map(({ down }) => down));
  }

  #segment(marker: number, segment: ByteReader, rect: Rect): void {
    switch (marker) {
      case Marker.QuantizationTables:
        while (segment.remaining > 0) this.#quantizationTable(segment);
        return;
      case Marker.HuffmanTables:
        while (segment.remaining > 0) this.#codes.set(segment.u8(), new JpegCode(segment));
        return;
      case Marker.StartOfBaselineFrame:
      case Marker.StartOfExtendedFrame:
        return this.#frame(segment, rect);
      case Marker.RestartInterval:
        this.#restartInterval = segment.u16();
        return;
      case Marker.StartOfScan:
        return this.#chooseCodes(segment);
      default:
        // Other kinds of frames are not read; whatever else there is says nothing about pixels.
        if (marker > Marker.StartOfExtendedFrame && marker < 0xd0) {
          throw wrong(`it is of kind ${marker - 0xc0}`);
        }
    }
  }

  #quantizationTable(segment: ByteReader): void {
    const head = segment.u8();
    const table = new Float32Array(64);
    for (let i = 0; i < 64; i++) table[ZIGZAG[i]!] = head >> 4 ? segment.u16() : segment.u8();
    this.#tables.set(head & 15, table);
  }

  #frame(segment: ByteReader, rect: Rect): void {
    const depth = segment.u8();
    const height = segment.u16();
    const width = segment.u16();
    if (depth !== 8 || width !== rect.width || height !== rect.height) {
      throw wrong(`${width}x${height} of ${depth} bits, in a rectangle of ${rect.width}x${rect.height}`);
    }
    const count = segment.u8();
    if (count !== 1 && count !== 3) throw wrong(`it has ${count} components`);
    const told = Array.from({ length: count }, () => {
      const id = segment.u8();
      const sampling = segment.u8();
      // A single component is not cut into units (§A.2.2).
      return {
        id,
        across: count === 1 ? 1 : sampling >> 4,
        down: count === 1 ? 1 : sampling & 15,
        table: segment.u8(),
      };
    });
    if (told.some(({ across, down }) => across < 1 || across > 4 || down < 1 || down > 4)) {
      throw wrong("its sampling factors are not 1 to 4");
    }
    const unitsAcross = Math.ceil(width / (8 * Math.max(...told.map(({ across }) => across))));
    const unitsDown = Math.ceil(height / (8 * Math.max(...told.map(({ down }) => down))));
    this.#components = told.map((component) => {
      const stride = unitsAcross * component.across * 8;
      const samples = new Uint8ClampedArray(stride * unitsDown * component.down * 8);
      return { ...component, stride, samples, dcCode: JpegCode.NONE, acCode: JpegCode.NONE };
    });
  }

  #chooseCodes(segment: ByteReader): void {
    const count = segment.u8();
    if (count !== this.#components.length || count === 0) throw wrong("its components come one by one");
    for (let i = 0; i < count; i++) {
      const id = segment.u8();
      const component = this.#components.find((one) => one.id === id);
      const codes = segment.u8();
      const dcCode = this.#codes.get(codes >> 4);
      const acCode = this.#codes.get(0x10 | codes & 15);
      if (!component || !dcCode || !acCode) throw wrong("it lacks a code");
      component.dcCode = dcCode;
      component.acCode = acCode;
    }
  }

  #scan(reader: ByteReader, rect: Rect): void {
    const components = this.#components;
    const unitWidth = 8 * Math.max(...components.map(({ across }) => across));
    const unitHeight = 8 * Math.max(...components.map(({ down }) => down));
    const unitsAcross = Math.ceil(rect.width / unitWidth);
    const units = unitsAcross * Math.ceil(rect.height / unitHeight);
    const scan = new JpegScan(reader);
    const before = new Int32Array(components.length);
    const block = new Float32Array(64);
    for (let unit = 0; unit < units; unit++) {
      if (this.#restartInterval > 0 && unit > 0 && unit % this.#restartInterval === 0) {
        scan.restart();
        before.fill(0);
      }
      const column = unit % unitsAcross;
      const row = Math.floor(unit / unitsAcross);
      for (const [index, component] of components.entries()) {
        const table = this.#tables.get(component.table);
        if (!table) throw wrong("it lacks a quantization table");
        const { across, down, stride } = component;
        for (let i = 0; i < across * down; i++) {
          before[index] = readBlock(scan, component, before[index]!, table, block);
          const x = (column * across + i % across) * 8;
          const y = (row * down + Math.floor(i / across)) * 8;
          inverseDct(block, component.samples, y * stride + x, stride);
        }
      }
    }
    scan.end();
  }

  /** Turns samples into colours (JFIF: YCbCr, full range); each sample of a coarser component counts for several pixels. */
  draw({ x, y, width, height }: Rect, frame: Frame): void {
    const [luma, blue, red] = this.#components as [Component, Component?, Component?];
    for (let row = 0; row < height; row++) {
      const to = (y + row) * frame.stride + x;
      for (let column = 0; column < width; column++) {
        const light = this.#sample(luma, column, row);
        if (!blue || !red) {
          frame.pixels[to + column] = light << 16 | light << 8 | light;
          continue;
        }
        const cb = this.#sample(blue, column, row) - 128;
        const cr = this.#sample(red, column, row) - 128;
        frame.pixels[to + column] = clamped(light + 1.402 * cr) << 16 |
          clamped(light - 0.344136 * cb - 0.714136 * cr) << 8 | clamped(light + 1.772 * cb);
      }
    }
  }

  #sample({ across, down, samples, stride }: Component, column: number, row: number): number {
    const x = across === this.#mostAcross ? column : Math.floor(column * across / this.#mostAcross);
    const y = down === this.#mostDown ? row : Math.floor(row * down / this.#mostDown);
    return samples[y * stride + x]!;
  }
}

/** Reads a block's coefficients (§F.2.2), multiplied by the table. @returns Its first one, before that. */
function readBlock(
  scan: JpegScan,
  { dcCode, acCode }: Component,
  before: number,
  table: Float32Array,
  block: Float32Array,
): number {
  block.fill(0);
  const first = before + scan.signed(scan.symbol(dcCode));
  block[0] = first * table[0]!;
  for (let i = 1; i < 64; i++) {
    const symbol = scan.symbol(acCode);
    const size = symbol & 15;
    if (size === 0) {
      if (symbol !== 0xf0) break; // the rest is zeros
      i += 15;
      continue;
    }
    i += symbol >> 4;
    if (i > 63) throw wrong("a block has more than 64 coefficients");
    const at = ZIGZAG[i]!;
    block[at] = scan.signed(size) * table[at]!;
  }
  return first;
}

function nextMarker(reader: ByteReader): number {
  let byte = reader.u8();
  if (byte !== 0xff) throw wrong("a marker is missing");
  while (byte === 0xff) byte = reader.u8(); // fill bytes
  return byte;
}

function clamped(value: number): number {
  return value < 0 ? 0 : value > 255 ? 255 : value + 0.5 | 0;
}

function wrong(what: string): RecordingError {
  return new RecordingError(`Cannot decode a JPEG image: ${what}`);
}
