/**
 * Pixel formats and few colours: from typed arrays to addresses.
 *
 * @module
 */
import { hasRect, requireRoom } from "../bounds.ts";
import { type Kernels, layoutBytes } from "../kernels.ts";
import { plainKernels } from "../plain.ts";
import { requireFields } from "../plain/convert.ts";
import { requirePalette } from "../plain/palette.ts";
import { requireTile } from "../plain/tile.ts";
import type { SharedArrays } from "../shared_arrays.ts";
import { address, type Exports } from "./exports.ts";

/** The kernels of this subject, for arrays of one memory. */
export function valueKernels(wasm: Exports, arrays: SharedArrays) {
  return {
    packValues: (values, offset, stride, width, height, layout, out, outOffset) => {
      if (!arrays.has(values) || !arrays.has(out)) {
        return plainKernels.packValues(values, offset, stride, width, height, layout, out, outOffset);
      }
      if (!hasRect(values, offset, stride, width, height)) return 0;
      const bytes = width * height * layoutBytes(layout);
      requireRoom(out, outOffset, bytes);
      wasm.packValues(
        address(values, offset),
        stride * 4,
        width,
        height,
        layout,
        out.byteOffset + outOffset,
      );
      return bytes;
    },
    packTrueColour: (pixels, offset, stride, width, height, fields, layout, out, outOffset) => {
      if (!arrays.has(pixels) || !arrays.has(out)) {
        return plainKernels.packTrueColour(
          pixels,
          offset,
          stride,
          width,
          height,
          fields,
          layout,
          out,
          outOffset,
        );
      }
      requireFields(fields);
      if (!hasRect(pixels, offset, stride, width, height)) return 0;
      const bytes = width * height * layoutBytes(layout);
      requireRoom(out, outOffset, bytes);
      wasm.packTrueColour(
        address(pixels, offset),
        stride * 4,
        width,
        height,
        fields.redMax,
        fields.greenMax,
        fields.blueMax,
        fields.redShift,
        fields.greenShift,
        fields.blueShift,
        layout,
        out.byteOffset + outOffset,
      );
      return bytes;
    },
    packByTable: (pixels, offset, stride, width, height, table, layout, out, outOffset) => {
      if (!arrays.has(pixels) || !arrays.has(table) || !arrays.has(out)) {
        return plainKernels.packByTable(
          pixels,
          offset,
          stride,
          width,
          height,
          table,
          layout,
          out,
          outOffset,
        );
      }
      requireRoom(table, 0, 768);
      if (!hasRect(pixels, offset, stride, width, height)) return 0;
      const bytes = width * height * layoutBytes(layout);
      requireRoom(out, outOffset, bytes);
      wasm.packByTable(
        address(pixels, offset),
        stride * 4,
        width,
        height,
        table.byteOffset,
        layout,
        out.byteOffset + outOffset,
      );
      return bytes;
    },
    subtractGradient: (values, offset, stride, width, height, out) => {
      if (!arrays.has(values) || !arrays.has(out)) {
        return plainKernels.subtractGradient(values, offset, stride, width, height, out);
      }
      if (!hasRect(values, offset, stride, width, height)) return;
      requireRoom(out, 0, width * height);
      wasm.subtractGradient(address(values, offset), stride * 4, width, height, out.byteOffset);
    },
    indexColours: (values, offset, stride, width, height, max, colours, indices, table) => {
      const inMemory = arrays.has(values) && arrays.has(colours) && arrays.has(indices) && arrays.has(table);
      if (!inMemory) {
        return plainKernels.indexColours(
          values,
          offset,
          stride,
          width,
          height,
          max,
          colours,
          indices,
          table,
        );
      }
      if (!hasRect(values, offset, stride, width, height)) return 0;
      requirePalette(width * height, max, colours, indices, table);
      return wasm.indexColours(
        address(values, offset),
        stride * 4,
        width,
        height,
        max,
        colours.byteOffset,
        indices.byteOffset,
        table.byteOffset,
      );
    },
    countIndexRuns: (indices, length, counts) => {
      if (!arrays.has(indices) || !arrays.has(counts)) {
        return plainKernels.countIndexRuns(indices, length, counts);
      }
      requireRoom(indices, 0, length);
      requireRoom(counts, 0, 3);
      wasm.countIndexRuns(indices.byteOffset, length, counts.byteOffset);
    },
    countRuns: (values, offset, stride, width, height, counts) => {
      if (!arrays.has(values) || !arrays.has(counts)) {
        return plainKernels.countRuns(values, offset, stride, width, height, counts);
      }
      requireRoom(counts, 0, 3);
      if (hasRect(values, offset, stride, width, height)) {
        wasm.countRuns(address(values, offset), stride * 4, width, height, counts.byteOffset);
      } else {
        counts[0] = counts[1] = counts[2] = 0;
      }
    },
    packBits: (values, offset, stride, width, height, background, out, outOffset) => {
      if (!arrays.has(values) || !arrays.has(out)) {
        return plainKernels.packBits(values, offset, stride, width, height, background, out, outOffset);
      }
      if (!hasRect(values, offset, stride, width, height)) return 0;
      const bytes = Math.ceil(width / 8) * height;
      requireRoom(out, outOffset, bytes);
      wasm.packBits(
        address(values, offset),
        stride * 4,
        width,
        height,
        background,
        out.byteOffset + outOffset,
      );
      return bytes;
    },
    packIndices: (indices, width, height, bits, out, outOffset) => {
      if (!arrays.has(indices) || !arrays.has(out)) {
        return plainKernels.packIndices(indices, width, height, bits, out, outOffset);
      }
      if (width <= 0 || height <= 0) return 0;
      requireRoom(indices, 0, width * height);
      const bytes = Math.ceil(width * bits / 8) * height;
      requireRoom(out, outOffset, bytes);
      wasm.packIndices(indices.byteOffset, width, height, bits, out.byteOffset + outOffset);
      return bytes;
    },
    encodeTile: (values, offset, stride, width, height, layout, scratch, out, outOffset) => {
      if (!arrays.has(values) || !arrays.has(scratch) || !arrays.has(out)) {
        return plainKernels.encodeTile(
          values,
          offset,
          stride,
          width,
          height,
          layout,
          scratch,
          out,
          outOffset,
        );
      }
      requireTile(width, height, layout, scratch, out, outOffset);
      hasRect(values, offset, stride, width, height);
      return wasm.encodeTile(
        address(values, offset),
        stride * 4,
        width,
        height,
        layout,
        scratch.byteOffset,
        out.byteOffset + outOffset,
      );
    },
  } satisfies Partial<Kernels>;
}
