/** Updates cut to size. @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { Region } from "../../lib/core/region.ts";
import { UpdatePieces } from "../../lib/session/update_pieces.ts";

const SCREEN = Region.of({ x: 0, y: 0, width: 1920, height: 1080 });

/** Takes pieces until a picture is through. */
function goThrough(pieces: UpdatePieces, pending: Region, mostBytes: number): Region[] {
  const taken: Region[] = [];
  for (let left = pending; !left.isEmpty;) {
    const piece = pieces.next(left, mostBytes);
    taken.push(piece);
    left = left.subtract(piece);
  }
  return taken;
}

Deno.test("next() cuts what is pending into pieces that are together all of it, each pixel once", () => {
  const coordinate = fc.integer({ min: 0, max: 1500 });
  const side = fc.integer({ min: 1, max: 700 });
  const rect = fc.record({ x: coordinate, y: coordinate, width: side, height: side });
  fc.assert(
    fc.property(
      fc.array(rect, { minLength: 1, maxLength: 8 }),
      fc.integer({ min: 1, max: 300_000 }),
      (rects, mostBytes) => {
        const pending = Region.from(rects);
        const taken = goThrough(new UpdatePieces(), pending, mostBytes);
        assert.equal(taken.reduce((sum, piece) => sum + piece.area, 0), pending.area);
        assert.ok(Region.unionOf(taken).equals(pending));
        for (const piece of taken) {
          assert.ok(piece.area <= Math.max(128 * 128, mostBytes * 2) + 64 * 64, `${piece.area} pixels`);
        }
      },
    ),
    { seed: 3, numRuns: 300 },
  );
});

Deno.test("next() takes everything at once for clients without a limit", () => {
  assert.ok(new UpdatePieces().next(SCREEN, Infinity).equals(SCREEN));
});

Deno.test("next() goes through the whole picture although its top changes all the time", () => {
  const pieces = new UpdatePieces();
  const top = Region.of({ x: 0, y: 0, width: 1920, height: 540 });
  let pending = SCREEN;
  let seen = Region.EMPTY;
  let count = 0;
  for (; !seen.equals(SCREEN); count++) {
    assert.ok(count < 40, `${seen.area} of ${SCREEN.area} pixels after ${count} pieces`);
    assert.equal(pieces.isUnderWay(() => pending), count > 0);
    const piece = pieces.next(pending, 50_000);
    seen = seen.union(piece);
    pending = pending.subtract(piece).union(top);
  }
  assert.equal(pieces.isUnderWay(() => pending), false);
});

Deno.test("next() sends first what has come to a picture under way", () => {
  const pieces = new UpdatePieces();
  const video = Region.of({ x: 0, y: 100, width: 1920, height: 900 });
  const glyph = Region.of({ x: 40, y: 1040, width: 10, height: 16 });
  const first = pieces.next(video, 50_000);
  assert.ok(first.area < video.area);
  assert.ok(pieces.next(video.union(glyph), 50_000).equals(glyph));
  const third = pieces.next(video, 50_000);
  assert.ok(third.intersect(first).isEmpty && third.intersect(video).equals(third), "then it goes on");
  assert.ok(pieces.next(video.union(glyph), 50_000).equals(glyph), "again");
  const fifth = pieces.next(video.union(glyph), 50_000);
  assert.ok(fifth.intersect(glyph).isEmpty && fifth.intersect(third).isEmpty, "not twice in succession");
  // However the picture ends and the next begins, it never waits for more than one piece.
  let waited = 0;
  for (let i = 0; i < 50; i++) {
    waited = pieces.next(video.union(glyph), 50_000).equals(glyph) ? 0 : waited + 1;
    assert.ok(waited <= 1, `piece ${i}`);
  }
});

Deno.test("urgent() is what is small and was not part of the last picture", () => {
  const pieces = new UpdatePieces();
  const video = Region.of({ x: 0, y: 100, width: 1920, height: 900 });
  const glyph = Region.of({ x: 40, y: 1040, width: 10, height: 16 });
  pieces.whole(video);
  assert.ok(pieces.urgent(video.union(glyph))?.equals(glyph));
  assert.equal(pieces.urgent(video), undefined, "nothing new");
  assert.equal(pieces.urgent(glyph), undefined, "nothing that it could be held up by");
  assert.equal(pieces.urgent(SCREEN), undefined, "too much");
});

Deno.test("next() keeps to a time, too, once it is known what pixels take", () => {
  const pieces = new UpdatePieces();
  assert.ok(pieces.next(SCREEN, Infinity, 8).equals(SCREEN), "nothing is known");
  pieces.cost(1_000_000, 100_000, 20);
  const piece = pieces.next(SCREEN, Infinity, 8);
  assert.ok(piece.area > 350_000 && piece.area <= 400_000, `${piece.area} pixels of 400 000`);
  assert.ok(new UpdatePieces().next(SCREEN, Infinity).equals(SCREEN));
  pieces.cost(100, 100, 5); // little tells nothing
  assert.ok(pieces.next(SCREEN, Infinity, 8).area > 300_000);
  assert.ok(pieces.next(SCREEN, 1, 8).area <= 2 * 128 * 128, "bytes count as well");
});

Deno.test("cost() makes pieces smaller at once, and larger step by step", () => {
  const pieces = new UpdatePieces();
  /** Pixels of the first piece of a picture. */
  const size = () => {
    const { area } = pieces.next(SCREEN, 100_000);
    while (pieces.isUnderWay(() => SCREEN)) pieces.next(SCREEN, Infinity);
    return area;
  };
  const first = size();
  pieces.cost(100_000, 400_000, 0);
  const smaller = size();
  assert.ok(smaller < first / 4, `${first} → ${smaller}`);
  pieces.cost(100_000, 100, 0);
  const larger = size();
  assert.ok(larger > smaller && larger <= 2.5 * smaller, `${smaller} → ${larger}`);
  for (let i = 0; i < 10; i++) pieces.cost(100_000, 100, 0);
  assert.equal(size(), SCREEN.area);
});
