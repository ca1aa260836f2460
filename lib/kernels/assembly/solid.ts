/** Areas of one value. Pointers are at the first value of the rectangle. */

/** Number of values from the left that are `value`. */
function leadingEqual(at: usize, count: i32, value: u32): i32 {
  const wanted = i32x4.splat(value);
  let x = 0;
  // Far steps first; the step that fails is looked at again below.
  for (; x + 16 <= count; x += 16) {
    const p = at + (<usize>x << 2);
    const first = v128.or(v128.xor(v128.load(p), wanted), v128.xor(v128.load(p, 16), wanted));
    const second = v128.or(v128.xor(v128.load(p, 32), wanted), v128.xor(v128.load(p, 48), wanted));
    if (v128.any_true(v128.or(first, second))) break;
  }
  for (; x + 4 <= count; x += 4) {
    const differing = i32x4.bitmask(i32x4.ne(v128.load(at + (<usize>x << 2)), wanted));
    if (differing) return x + ctz(differing);
  }
  while (x < count && load<u32>(at + (<usize>x << 2)) == value) x++;
  return x;
}

/** Number of values from the right that are `value`; `end` is behind the last. */
function trailingEqual(end: usize, count: i32, value: u32): i32 {
  const wanted = i32x4.splat(value);
  let x = 0;
  for (; x + 4 <= count; x += 4) {
    const differing = i32x4.bitmask(i32x4.ne(v128.load(end - (<usize>x << 2) - 16), wanted));
    if (differing) return x + (clz(differing) - 28);
  }
  while (x < count && load<u32>(end - (<usize>x << 2) - 4) == value) x++;
  return x;
}

export function leadingSolidRows(at: usize, stride: usize, width: i32, height: i32, value: u32): i32 {
  let rows = 0;
  for (; rows < height; rows++) {
    if (leadingEqual(at, width, value) < width) break;
    at += stride;
  }
  return rows;
}

export function trailingSolidRows(at: usize, stride: usize, width: i32, height: i32, value: u32): i32 {
  at += stride * <usize>(height - 1);
  let rows = 0;
  for (; rows < height; rows++) {
    if (leadingEqual(at, width, value) < width) break;
    at -= stride;
  }
  return rows;
}

export function leadingSolidColumns(at: usize, stride: usize, width: i32, height: i32, value: u32): i32 {
  let columns = width;
  for (let y = 0; y < height && columns > 0; y++) {
    columns = leadingEqual(at, columns, value);
    at += stride;
  }
  return columns;
}

export function trailingSolidColumns(at: usize, stride: usize, width: i32, height: i32, value: u32): i32 {
  let end = at + (<usize>width << 2);
  let columns = width;
  for (let y = 0; y < height && columns > 0; y++) {
    columns = trailingEqual(end, columns, value);
    end += stride;
  }
  return columns;
}
