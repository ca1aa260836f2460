import assert from "node:assert/strict";
import { JPEG } from "../../lib/encodings/jpeg.ts";
import { jpegSettings, OwnTables } from "../../lib/encodings/jpeg_settings.ts";
import { DEFAULT_LEVELS, type Levels, PixelTarget } from "../../lib/encodings/pixel_target.ts";
import { Subsampling } from "../../lib/kernels/kernels.ts";
import { Subsampling as SubsamplingLevel } from "../../lib/protocol/constants.ts";
import { BGR233, NATIVE_PIXEL_FORMAT } from "../../lib/protocol/pixel_format.ts";
import { frameOf, image } from "../support/images.ts";
import { encode, hex, RGB565 } from "./_encode.ts";

function settings(levels: Partial<Levels>, format = NATIVE_PIXEL_FORMAT) {
  return jpegSettings({ ...DEFAULT_LEVELS, ...levels }, format);
}

Deno.test("jpegSettings() maps the ten quality levels as TigerVNC and TurboVNC do", () => {
  const { Both2, Horizontal2, None } = Subsampling;
  const found = Array.from({ length: 10 }, (_, qualityLevel) => settings({ qualityLevel }));
  assert.deepEqual(found.map((one) => one?.quality), [15, 29, 41, 42, 62, 77, 79, 86, 92, 100]);
  assert.deepEqual(
    found.map((one) => one?.subsampling),
    [Both2, Both2, Both2, Horizontal2, Horizontal2, Horizontal2, None, None, None, None],
  );
});

Deno.test("jpegSettings() lets fine levels go before the coarse one, each for itself", () => {
  const pick = (levels: Partial<Levels>) => {
    const { quality, subsampling } = settings(levels)!;
    return [quality, subsampling];
  };
  assert.deepEqual(pick({ qualityLevel: 2, fineQuality: 95 }), [95, Subsampling.Both2]);
  assert.deepEqual(pick({ qualityLevel: 2, subsampling: SubsamplingLevel.None }), [41, Subsampling.None]);
  assert.deepEqual(pick({ fineQuality: 0, subsampling: SubsamplingLevel.Gray }), [1, Subsampling.Gray]);
  assert.deepEqual(pick({ subsampling: SubsamplingLevel.TwoTimes }), [75, Subsampling.Horizontal2]);
  assert.deepEqual(pick({ fineQuality: 60 }), [60, Subsampling.Both2]);
  for (const subsampling of [SubsamplingLevel.EightTimes, SubsamplingLevel.SixteenTimes]) {
    assert.deepEqual(pick({ qualityLevel: 9, subsampling }), [100, Subsampling.Both2]);
  }
});

Deno.test("jpegSettings() allows no JPEG without a level, nor for 8 bits or a colour map", () => {
  assert.equal(settings({}), undefined);
  assert.equal(settings({ compressLevel: 3 }), undefined);
  assert.equal(settings({ qualityLevel: 9 }, BGR233), undefined);
  assert.equal(settings({ qualityLevel: 9 }, { ...NATIVE_PIXEL_FORMAT, trueColour: false }), undefined);
  assert.equal(settings({ qualityLevel: 8 }, RGB565)?.quality, 92);
});

Deno.test("jpegSettings() makes tables for more pictures the higher the compression level", () => {
  const tables = (compressLevel?: number) => settings({ qualityLevel: 5, compressLevel })?.ownTables;
  const { Never, WhereMuchIsGained, Always } = OwnTables;
  assert.deepEqual(
    [undefined, 0, 1, 2, 5, 6, 9].map(tables),
    [WhereMuchIsGained, Never, Never, WhereMuchIsGained, WhereMuchIsGained, Always, Always],
  );
});

Deno.test("JPEG gets tables of its own where they gain much, and those for soft pictures where it is large and soft", () => {
  const tables = (name: string, width: number, height: number, compressLevel?: number) => {
    const frame = name === "soft"
      ? frameOf(width, height, (x, y) => (x >> 3) << 16 | y)
      : image(name).make(width, height);
    const jpeg = hex(encode(JPEG, frame, undefined, { qualityLevel: 7, compressLevel }).view());
    // The first lengths of the table of means (T.81 table K.3), and the last symbols of all (T.81 table K.6).
    if (!jpeg.includes("f3 f4 f5 f6 f7 f8 f9 fa ff da")) return "own";
    return jpeg.includes("ff c4 00 1f 00 00 01 05 01 01") ? "standard" : "soft";
  };
  assert.equal(tables("photo", 256, 128), "standard");
  assert.equal(tables("photo", 128, 128), "own");
  assert.equal(tables("soft", 256, 128), "soft");
  assert.equal(tables("soft", 128, 128), "own");
  assert.equal(tables("soft", 256, 128, 1), "standard");
  assert.equal(tables("soft", 256, 128, 6), "own");
  assert.equal(tables("photo", 256, 128, 6), "own");
});

Deno.test("PixelTarget.key is the same for levels that make the same bytes, and another for others", () => {
  const key = (levels: Partial<Levels>) =>
    new PixelTarget(NATIVE_PIXEL_FORMAT, { ...DEFAULT_LEVELS, ...levels }).key;
  assert.equal(key({ qualityLevel: 8 }), key({ fineQuality: 92, subsampling: SubsamplingLevel.None }));
  const others = [{}, { qualityLevel: 7 }, { qualityLevel: 8 }, { gradient: true }, { compressLevel: 1 }];
  assert.equal(new Set(others.map(key)).size, others.length);
});
