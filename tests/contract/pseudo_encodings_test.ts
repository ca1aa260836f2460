/**
 * What every pseudo-encoding promises: silence unless the client lists it, news once, and a body that its reader knows.
 *
 * @module
 */
import assert from "node:assert/strict";
import { ByteWriter } from "../../lib/core/bytes.ts";
import { PixelTarget } from "../../lib/encodings/pixel_target.ts";
import type { DesktopFacts } from "../../lib/encodings/pseudo/pseudo_encoding.ts";
import { PseudoSet } from "../../lib/encodings/pseudo/pseudo_set.ts";
import { PSEUDO_ENCODINGS } from "../../lib/encodings/pseudo/registry.ts";
import { NATIVE_PIXEL_FORMAT } from "../../lib/protocol/pixel_format.ts";

const target = new PixelTarget(NATIVE_PIXEL_FORMAT);

/** Another desktop for every number: name, pointer and lights differ. */
function facts(n: number): DesktopFacts {
  const pixels = Uint32Array.from({ length: 6 }, (_, i) => 0xff000000 | i * 40 + n);
  return {
    name: `desktop ${n}`,
    cursor: { serial: n, width: 3, height: 2, hotspot: { x: 1, y: 1 }, pixels },
    leds: n & 7,
  };
}

function written(
  set: PseudoSet,
  desktop: DesktopFacts,
): { count: number; types: number[]; bytes: Uint8Array } {
  const out = new ByteWriter();
  const count = set.write(desktop, target, out);
  const bytes = out.copy();
  return { count, types: count === 0 ? [] : [new DataView(bytes.buffer).getInt32(8)], bytes };
}

for (const { name, type } of PSEUDO_ENCODINGS) {
  Deno.test(`${name} is silent unless the client lists it`, () => {
    const others = new Set(PSEUDO_ENCODINGS.map((other) => other.type).filter((other) => other !== type));
    const set = new PseudoSet(PSEUDO_ENCODINGS.filter((definition) => definition.type === type));
    set.select(others);
    for (const n of [1, 2]) {
      assert.ok(!set.hasNews(facts(n)));
      assert.deepEqual(written(set, facts(n)).bytes, new Uint8Array());
    }
  });

  Deno.test(`${name} tells what is new, once, under its own number`, () => {
    const set = new PseudoSet(PSEUDO_ENCODINGS);
    set.select(new Set([type]));
    written(set, facts(1)); // what there is at the start, if it is told at all
    const again = written(set, facts(1));
    assert.equal(again.count, 0, "the same twice is no news");
    const { count, types } = written(set, facts(2));
    if (count > 0) assert.deepEqual([count, ...types], [1, type]);
  });

  Deno.test(`${name} is silent from the moment that the client lists it no more`, () => {
    const set = new PseudoSet(PSEUDO_ENCODINGS);
    set.select(new Set([type]));
    written(set, facts(1));
    set.select(new Set());
    assert.ok(!set.hasNews(facts(2)));
    assert.equal(written(set, facts(2)).count, 0);
  });
}

Deno.test("of the cursor encodings only the best that the client lists is told", () => {
  const cursors = PSEUDO_ENCODINGS.filter(({ group }) => group === "cursor").map(({ type }) => type);
  const set = new PseudoSet(PSEUDO_ENCODINGS);
  set.select(new Set(cursors));
  assert.deepEqual(written(set, facts(1)).types, [cursors[0]]);
  set.select(new Set(cursors.slice(1)));
  assert.deepEqual(written(set, facts(1)).types, [cursors[1]]);
});
