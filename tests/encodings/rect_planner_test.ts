import assert from "node:assert/strict";
import * as fc from "fast-check";
import { area, intersect, type Rect, rect } from "../../lib/core/geometry.ts";
import { createFrame } from "../../lib/core/pixels.ts";
import { RectPlanner, split } from "../../lib/encodings/rect_planner.ts";
import { ENCODINGS } from "../../lib/encodings/registry.ts";
import { EncodingType, PseudoEncoding } from "../../lib/protocol/constants.ts";

const limits = fc.record({
  width: fc.integer({ min: 1, max: 3000 }),
  height: fc.integer({ min: 1, max: 3000 }),
  area: fc.integer({ min: 1, max: 200_000 }),
});

Deno.test("split() covers the rectangle, each pixel once, within the limits", () => {
  fc.assert(
    fc.property(
      fc.record({
        x: fc.nat(100),
        y: fc.nat(100),
        width: fc.integer({ min: 1, max: 500 }),
        height: fc.integer({ min: 1, max: 500 }),
      }),
      limits,
      (whole, limits) => {
        // Tiny limits on large rectangles make millions of pieces.
        fc.pre(Math.min(limits.area, limits.width * limits.height) * 2000 > area(whole));
        const pieces = split(whole, limits);
        assert.equal(pieces.reduce((sum, piece) => sum + area(piece), 0), area(whole));
        for (const [i, piece] of pieces.entries()) {
          assert.ok(piece.width <= limits.width && piece.height <= limits.height);
          assert.ok(area(piece) <= limits.area && area(piece) > 0);
          assert.deepEqual(intersect(piece, whole), piece);
          for (const other of pieces.slice(i + 1, i + 30)) assert.equal(intersect(piece, other), undefined);
        }
      },
    ),
    { seed: 5, numRuns: 300 },
  );
});

Deno.test("split() cuts at multiples of 64 where limits leave the choice", () => {
  const limits = { width: 2048, height: 0xffff, area: 0xffff };
  const pieces = split(rect(0, 0, 1920, 1080), limits);
  assert.deepEqual(pieces[0], rect(0, 0, 960, 64));
  assert.equal(pieces.length, 2 * 17);
  assert.deepEqual(split(rect(5, 7, 100, 100), limits), [rect(5, 7, 100, 100)]);
  assert.deepEqual(split(rect(0, 0, 4096, 16), limits), [rect(0, 0, 2048, 16), rect(2048, 0, 2048, 16)]);
  assert.deepEqual(split(rect(0, 0, 0, 16), limits), []);
});

Deno.test("RectPlanner takes the first of the client's encodings that the server has", () => {
  const chosen = (...accepted: number[]) => new RectPlanner(accepted).encoding.name;
  assert.equal(chosen(EncodingType.CopyRect, EncodingType.Tight, EncodingType.ZRLE), "Tight");
  assert.equal(chosen(PseudoEncoding.Cursor, 0x7fff, EncodingType.ZRLE, EncodingType.Tight), "ZRLE");
  assert.equal(chosen(EncodingType.Raw, EncodingType.Hextile), "Raw");
  assert.equal(chosen(), "Raw");
  assert.equal(chosen(EncodingType.CopyRect, PseudoEncoding.LastRect), "Raw");
  assert.equal(new RectPlanner([EncodingType.Tight], []).encoding.name, "Raw");
});

Deno.test("RectPlanner.plan() keeps each encoding's limits and TigerVNC's", () => {
  const frame = createFrame(1, 1);
  const wholes: readonly Rect[] = [rect(3, 5, 5000, 700), rect(0, 900, 10, 3000), rect(9, 9, 0, 0)];
  for (const encoding of ENCODINGS) {
    const planned = new RectPlanner([encoding.type]).plan(frame, wholes);
    assert.equal(planned.reduce((sum, { rect }) => sum + area(rect), 0), 5000 * 700 + 10 * 3000);
    for (const { rect, encoding: chosen } of planned) {
      assert.equal(chosen, encoding);
      assert.ok(rect.width <= Math.min(2048, encoding.limits.width) && rect.height <= encoding.limits.height);
      assert.ok(area(rect) <= Math.min(65_535, encoding.limits.area));
    }
  }
});
