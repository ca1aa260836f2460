import assert from "node:assert/strict";
import * as fc from "fast-check";
import { area, contains, intersect, type Rect, rect, rectOf } from "../../lib/core/geometry.ts";
import type { Frame } from "../../lib/core/pixels.ts";
import { Region } from "../../lib/core/region.ts";
import { DEFAULT_LEVELS, type Levels, PixelTarget } from "../../lib/encodings/pixel_target.ts";
import { PictureCache } from "../../lib/encodings/picture_cache.ts";
import { type Plan, RectPlanner, split } from "../../lib/encodings/rect_planner.ts";
import { ENCODINGS } from "../../lib/encodings/registry.ts";
import { EncodingType, PseudoEncoding } from "../../lib/protocol/constants.ts";
import { BGR233, NATIVE_PIXEL_FORMAT, type PixelFormat } from "../../lib/protocol/pixel_format.ts";
import { frameOf, image } from "../support/images.ts";
import { RGB565 } from "./_encode.ts";

const limits = fc.record({
  width: fc.integer({ min: 1, max: 3000 }),
  height: fc.integer({ min: 1, max: 3000 }),
  area: fc.integer({ min: 1, max: 200_000 }),
});

function planner(
  accepted: readonly number[],
  levels: Partial<Levels> = {},
  format: PixelFormat = NATIVE_PIXEL_FORMAT,
): RectPlanner {
  return new RectPlanner(accepted, new PixelTarget(format, { ...DEFAULT_LEVELS, ...levels }));
}

/** White, with other pictures on it. */
function collage(width: number, height: number, parts: readonly (readonly [Rect, Frame])[]): Frame {
  const frame = frameOf(width, height, () => 0xffffff);
  for (const [{ x, y, width: w, height: h }, part] of parts) {
    for (let row = 0; row < h; row++) {
      frame.pixels.set(part.pixels.subarray(row * part.stride, row * part.stride + w), (y + row) * width + x);
    }
  }
  return frame;
}

/** Fails unless `planned` are inside `frame`, none over another, within limits, and hold all of `rects`. */
function checkPlan(
  frame: Frame,
  rects: readonly Rect[],
  planned: ReturnType<RectPlanner["plan"]>,
): void {
  for (const [i, { rect, encoding: { limits } }] of planned.entries()) {
    assert.ok(area(rect) > 0 && contains(rectOf(frame), rect));
    assert.ok(rect.width <= Math.min(2048, limits.width) && rect.height <= limits.height);
    assert.ok(area(rect) <= limits.area);
    for (const other of planned.slice(i + 1)) assert.equal(intersect(rect, other.rect), undefined);
  }
  assert.ok(Region.from(rects).subtract(Region.from(planned.map(({ rect }) => rect))).isEmpty);
}

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
  const chosen = (...accepted: number[]) => planner(accepted).encoding.name;
  assert.equal(chosen(EncodingType.CopyRect, EncodingType.Tight, EncodingType.ZRLE), "Tight");
  assert.equal(chosen(PseudoEncoding.Cursor, 0x7fff, EncodingType.ZRLE, EncodingType.Tight), "ZRLE");
  assert.equal(chosen(EncodingType.Raw, EncodingType.Hextile), "Raw");
  assert.equal(chosen(), "Raw");
  assert.equal(chosen(EncodingType.CopyRect, PseudoEncoding.LastRect), "Raw");
  const target = new PixelTarget(NATIVE_PIXEL_FORMAT);
  assert.equal(new RectPlanner([EncodingType.Tight], target, []).encoding.name, "Raw");
});

Deno.test("RectPlanner sends photographs as JPEG only to clients that allow it (rfbproto Tight)", () => {
  const { Tight, TightPng, ZRLE } = EncodingType;
  const photo = (...parameters: Parameters<typeof planner>) => planner(...parameters).photoEncoding.name;
  assert.equal(photo([Tight]), "Tight");
  assert.equal(photo([Tight], { compressLevel: 9 }), "Tight");
  assert.equal(photo([Tight], { qualityLevel: 0 }), "Tight JPEG");
  assert.equal(photo([Tight], { fineQuality: 50 }), "Tight JPEG");
  assert.equal(photo([Tight], { subsampling: 0 }), "Tight JPEG");
  assert.equal(photo([Tight], { qualityLevel: 9 }, RGB565), "Tight JPEG");
  assert.equal(photo([Tight], { qualityLevel: 9 }, BGR233), "Tight");
  assert.equal(photo([TightPng], { qualityLevel: 9 }), "TightPNG JPEG");
  assert.equal(photo([ZRLE, Tight], { qualityLevel: 9 }), "ZRLE");
});

Deno.test("RectPlanner uses JPEG (21) for photographs when the client prefers it to all others", () => {
  const { Jpeg, Tight, ZRLE, Hextile } = EncodingType;
  const names = ({ encoding, photoEncoding }: RectPlanner) => [encoding.name, photoEncoding.name];
  assert.deepEqual(names(planner([Jpeg, ZRLE])), ["ZRLE", "JPEG"]);
  assert.deepEqual(names(planner([Jpeg])), ["Raw", "JPEG"]);
  assert.deepEqual(names(planner([Tight, Jpeg])), ["Tight", "Tight"]);
  assert.deepEqual(names(planner([Jpeg, Hextile], {}, BGR233)), ["Hextile", "Hextile"]);
});

Deno.test("RectPlanner sends no photographs as RRE or CoRRE, which grow on them", () => {
  for (const type of [EncodingType.RRE, EncodingType.CoRRE]) {
    const frame = collage(640, 320, [[rect(64, 64, 256, 192), image("photo").make(256, 192)]]);
    const planned = planner([type]).plan(frame, [rectOf(frame)]);
    checkPlan(frame, [rectOf(frame)], planned);
    const raw = planned.filter(({ encoding }) => encoding.name === "Raw").map(({ rect }) => rect);
    assert.deepEqual(Region.from(raw).rects(), [rect(64, 64, 256, 192)]);
  }
});

Deno.test("RectPlanner.plan() keeps each encoding's limits, and TigerVNC's where there is more than one colour", () => {
  const frame = image("noise").make(2600, 130);
  const wholes: readonly Rect[] = [rect(3, 5, 2590, 100), rect(0, 110, 10, 20), rect(9, 9, 0, 0)];
  for (const encoding of ENCODINGS) {
    const planned = planner([encoding.type]).plan(frame, wholes);
    checkPlan(frame, wholes, planned);
    for (const { rect } of planned) assert.ok(area(rect) <= 65_535);
  }
});

Deno.test("RectPlanner.plan() sends a solid area as one rectangle, first", () => {
  const grid = frameOf(640, 128, (x, y) => x % 9 === 0 || y % 7 === 0 ? 0x808080 : 0xffffff);
  const frame = collage(1280, 768, [[rect(0, 0, 640, 128), grid]]);
  const planned = planner([EncodingType.Tight]).plan(frame, [rectOf(frame)]);
  checkPlan(frame, [rectOf(frame)], planned);
  // Larger than any other rectangle may be.
  assert.deepEqual(planned[0]!.rect, rect(640, 0, 640, 768));
  assert.deepEqual(planned[1]!.rect, rect(0, 128, 640, 640));
  assert.deepEqual(Region.from(planned.slice(2).map(({ rect }) => rect)).rects(), [rect(0, 0, 640, 128)]);
});

Deno.test("RectPlanner.plan() finds photographs in text, cuts off their solid edges, and makes them large", () => {
  const photo = rect(200, 150, 400, 320);
  const frame = collage(900, 600, [
    [rect(0, 0, 900, 100), image("text").make(900, 100)],
    [photo, image("photo").make(400, 320)],
    [rect(0, 500, 900, 100), image("text").make(900, 100)],
  ]);
  const planned = planner([EncodingType.Tight], { qualityLevel: 8 }).plan(frame, [rectOf(frame)]);
  checkPlan(frame, [rectOf(frame)], planned);
  const lossy = planned.filter(({ encoding }) => encoding.isLossy).map(({ rect }) => rect);
  assert.ok(Region.from(lossy).covers(photo));
  // Within a tile on each side, and in pieces as large as they may be.
  assert.ok(contains(rect(200 - 64, 150 - 64, 400 + 128, 320 + 128), Region.from(lossy).bounds));
  assert.ok(lossy.length <= 4, `${lossy.length} pieces`);
  const edges = rect(300, 230, 700, 500);
  const moved = collage(1200, 900, [[edges, image("photo").make(700, 500)]]);
  const alone = planner([EncodingType.Tight], { qualityLevel: 8 }).plan(moved, [rectOf(moved)]);
  assert.deepEqual(
    Region.from(alone.filter(({ encoding }) => encoding.isLossy).map(({ rect }) => rect)).bounds,
    edges,
  );
});

Deno.test("RectPlanner.plan() takes letters with soft edges for text, and never sends them as JPEG", () => {
  // Letters of 200 grays, one pixel in three.
  const frame = frameOf(512, 256, (x, y) => {
    const hash = Math.imul(x * 7919 + y * 104_729, 0x9e37_79b1) >>> 8;
    return hash % 3 === 0 ? 0x010101 * (hash % 200) : 0xffffff;
  });
  const planned = planner([EncodingType.Tight], { qualityLevel: 8 }).plan(frame, [rectOf(frame)]);
  assert.ok(planned.every(({ encoding }) => !encoding.isLossy));
});

Deno.test("RectPlanner.plan() sends slopes without loss to clients that have the gradient filter", () => {
  const frame = frameOf(512, 256, (x, y) => (x >> 1) << 16 | (y >> 1) << 8 | (x + y) >> 4);
  const names = (levels: Partial<Levels>) =>
    new Set(
      planner([EncodingType.Tight], levels).plan(frame, [rectOf(frame)]).map(({ encoding }) => encoding.name),
    );
  assert.deepEqual(names({ qualityLevel: 8, gradient: true }), new Set(["Tight"]));
  assert.deepEqual(names({ qualityLevel: 8 }), new Set(["Tight JPEG"]));
});

Deno.test("RectPlanner.plan() sends nothing lossy when it is told to", () => {
  const frame = image("photo").make(300, 200);
  for (const [accepted, wanted] of [[[EncodingType.Tight], "Tight"], [[EncodingType.Jpeg], "Raw"]] as const) {
    const planned = planner(accepted, { qualityLevel: 8 }).plan(frame, [rectOf(frame)], { lossless: true });
    checkPlan(frame, [rectOf(frame)], planned);
    assert.deepEqual(new Set(planned.map(({ encoding }) => encoding.name)), new Set([wanted]));
  }
});

Deno.test("RectPlanner.plan() gives a tile of many colours a palette of its own", () => {
  const plain = image("text").make(512, 64);
  const colourful = frameOf(64, 64, (x, y) => x % 2 === 0 ? 0xffffff : (y * 64 + x) * 0x010203);
  const frame = collage(512, 64, [[rectOf(plain), plain], [rect(192, 0, 64, 64), colourful]]);
  const planned = planner([EncodingType.Tight]).plan(frame, [rectOf(frame)]);
  checkPlan(frame, [rectOf(frame)], planned);
  assert.ok(planned.some((plan) => plan.rect.x === 192 && plan.rect.width === 64));
});

Deno.test("RectPlanner.plan() holds what changed, none twice, for any picture and any changes", () => {
  const pictures = ["desktop", "text", "photo", "noise", "solid"].map((name) => image(name).make(500, 400));
  const rects = fc.array(
    fc.record({
      x: fc.nat(480),
      y: fc.nat(380),
      width: fc.integer({ min: 1, max: 300 }),
      height: fc.integer({ min: 1, max: 300 }),
    }),
    { minLength: 1, maxLength: 12 },
  );
  fc.assert(
    fc.property(
      fc.constantFrom(...pictures),
      rects,
      fc.constantFrom(...ENCODINGS),
      fc.boolean(),
      fc.boolean(),
      (frame, rects, { type }, lossless, exact) => {
        const changed = Region.from(rects).intersect(rectOf(frame)).rects();
        const planned = planner([type], { qualityLevel: 5, gradient: true }).plan(frame, changed, {
          lossless,
          exact,
        });
        checkPlan(frame, changed, planned);
        if (lossless) assert.ok(planned.every(({ encoding }) => !encoding.isLossy));
        if (exact) {
          assert.ok(Region.from(planned.map(({ rect }) => rect)).equals(Region.from(changed)));
        }
      },
    ),
    { seed: 9, numRuns: 200 },
  );
});

/** Text in which the middle row of each tile, and no other, is a photograph's: no look at that row can tell. */
function textLikeAVideo(video: Frame): Frame {
  const text = image("text").make(video.width, video.height);
  return frameOf(video.width, video.height, (x, y) => {
    const { pixels, stride } = y % 64 === 32 ? video : text;
    return pixels[y * stride + x]!;
  });
}

Deno.test("RectPlanner.plan() sends what becomes text in a video, or flat, without loss from its first picture on", () => {
  const video = image("photo").make(512, 256);
  const slope = frameOf(512, 256, (x, y) => (x >> 2) << 16 | (y >> 1) << 8 | (x + y) >> 3);
  for (const before of [video, slope]) {
    for (const name of ["text", "desktop", "solid"]) {
      const one = planner([EncodingType.Tight], { qualityLevel: 8, gradient: true });
      const next = (frame: Frame) => one.plan(frame, [rectOf(frame)], { hurried: true });
      for (let i = 0; i < 3; i++) assert.ok(next(before).some(({ encoding }) => encoding.isLossy), name);
      const after = image(name).make(512, 256);
      const known = planner([EncodingType.Tight], { qualityLevel: 8, gradient: true })
        .plan(after, [rectOf(after)], { hurried: true });
      assert.deepEqual(next(after), known, `${name}: as for who has not seen the video`);
    }
  }
});

Deno.test("RectPlanner.plan() takes a video for one while it goes on, and looks at all of it again before long", () => {
  const video = image("photo").make(512, 256);
  const text = textLikeAVideo(video);
  const lossyArea = (plan: ReturnType<RectPlanner["plan"]>) =>
    plan.filter(({ encoding }) => encoding.isLossy).reduce((sum, { rect }) => sum + area(rect), 0);
  const one = planner([EncodingType.Tight], { qualityLevel: 8 });
  const next = (frame: Frame, hurried: boolean) => lossyArea(one.plan(frame, [rectOf(frame)], { hurried }));
  assert.equal(next(video, false), 512 * 256);
  const areas = Array.from({ length: 8 }, () => next(text, true));
  // Each time a few tiles more are found to be text, until none is left.
  assert.ok(areas[0]! > 0 && areas[0]! < 512 * 256, `${areas}`);
  assert.deepEqual(areas, areas.toSorted((a, b) => b - a));
  assert.equal(areas.at(-1), 0);
  assert.equal(next(video, true), 512 * 256);
  assert.equal(next(text, false), 0, "after a pause everything is looked at");
  // What is sent to take losses back is no part of it.
  next(video, true);
  one.plan(video, [rectOf(video)], { lossless: true });
  assert.ok(next(text, true) > 0);
});

Deno.test("RectPlanner.plan() looks at all of a video again before long, be it sent in parts", () => {
  const video = image("photo").make(512, 256);
  const text = textLikeAVideo(video);
  const halves = [rect(0, 0, 512, 128), rect(0, 128, 512, 128)];
  const one = planner([EncodingType.Tight], { qualityLevel: 8 });
  const lossyParts = (frame: Frame) =>
    halves.filter((half) =>
      one.plan(frame, [half], { hurried: true }).some(({ encoding }) => encoding.isLossy)
    ).length;
  assert.equal(lossyParts(video), 2);
  assert.equal(lossyParts(text), 2, "what was sent before the last part is remembered");
  for (let i = 0; i < 3; i++) lossyParts(text);
  assert.equal(lossyParts(text), 0);
});

Deno.test("RectPlanner.plan() cuts one picture in the same way for all clients alike, whatever each has seen before", () => {
  const video = image("photo").make(512, 256);
  const text = textLikeAVideo(video);
  const planners = [1, 2].map(() => planner([EncodingType.Tight], { qualityLevel: 8 }));
  const plans = new PictureCache<Plan>(10);
  const made: number[] = [];
  const next = (serial: number, frame: Frame, who: RectPlanner, hurried = true) =>
    who.plan(frame, [rectOf(frame)], {
      hurried,
      common: (key, make) =>
        plans.get(serial, key, 1, () => {
          made.push(serial);
          return make();
        }),
    });
  // The first has seen the video for some time; the second comes when it is over.
  const [first, second] = planners as [RectPlanner, RectPlanner];
  next(1, video, first);
  next(2, video, first);
  const plan = next(3, text, first);
  assert.ok(plan.some(({ encoding }) => encoding.isLossy), "takes it for a video still");
  assert.deepEqual(next(3, text, second), plan);
  assert.deepEqual(made, [1, 2, 3]);
  // What the second has not looked at itself it knows from the first, and it may be the first the next time.
  const own = next(4, text, second);
  assert.ok(own.some(({ encoding }) => encoding.isLossy));
  assert.deepEqual(next(4, text, first), own);
  // Who wants something else gets a plan of its own.
  const slow = next(4, text, first, false);
  assert.ok(slow.every(({ encoding }) => !encoding.isLossy), "after a pause everything is looked at");
  const other = planner([EncodingType.Tight], { qualityLevel: 3 });
  assert.notEqual(next(4, video, other), own);
  assert.deepEqual(made, [1, 2, 3, 4, 4, 4]);
});
