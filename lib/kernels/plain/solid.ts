/**
 * Areas of one value: plain form.
 *
 * @module
 */
import { hasRect } from "../bounds.ts";
import type { Kernels } from "../kernels.ts";

/** Whether `count` values from `start` on are all `value`. */
function isSolidRow(values: Uint32Array, start: number, count: number, value: number): boolean {
  for (let i = start; i < start + count; i++) if (values[i] !== value) return false;
  return true;
}

/** See {@linkcode Kernels.isSolid}. */
export const isSolid: Kernels["isSolid"] = (values, offset, stride, width, height) => {
  if (!hasRect(values, offset, stride, width, height)) return true;
  return leadingSolidRows(values, offset, stride, width, height, values[offset]!) === height;
};

/** See {@linkcode Kernels.leadingSolidRows}. */
export const leadingSolidRows: Kernels["leadingSolidRows"] = (
  values,
  offset,
  stride,
  width,
  height,
  value,
) => {
  if (!hasRect(values, offset, stride, width, height)) return 0;
  let rows = 0;
  while (rows < height && isSolidRow(values, offset + rows * stride, width, value)) rows++;
  return rows;
};

/** See {@linkcode Kernels.trailingSolidRows}. */
export const trailingSolidRows: Kernels["trailingSolidRows"] = (
  values,
  offset,
  stride,
  width,
  height,
  value,
) => {
  if (!hasRect(values, offset, stride, width, height)) return 0;
  let rows = 0;
  while (rows < height && isSolidRow(values, offset + (height - 1 - rows) * stride, width, value)) rows++;
  return rows;
};

/** See {@linkcode Kernels.leadingSolidColumns}. */
export const leadingSolidColumns: Kernels["leadingSolidColumns"] = (
  values,
  offset,
  stride,
  width,
  height,
  value,
) => {
  if (!hasRect(values, offset, stride, width, height)) return 0;
  let columns = width;
  for (let y = 0; y < height && columns > 0; y++) {
    const row = offset + y * stride;
    let x = 0;
    while (x < columns && values[row + x] === value) x++;
    columns = x;
  }
  return columns;
};

/** See {@linkcode Kernels.trailingSolidColumns}. */
export const trailingSolidColumns: Kernels["trailingSolidColumns"] = (
  values,
  offset,
  stride,
  width,
  height,
  value,
) => {
  if (!hasRect(values, offset, stride, width, height)) return 0;
  let columns = width;
  for (let y = 0; y < height && columns > 0; y++) {
    const last = offset + y * stride + width - 1;
    let x = 0;
    while (x < columns && values[last - x] === value) x++;
    columns = x;
  }
  return columns;
};
