/**
 * How JPEG is made for a client, from the levels that it asked for (rfbproto "JPEG Quality Level", "JPEG Fine-Grained
 * Quality Level" and "JPEG Subsampling Level Pseudo-encoding").
 *
 * @module
 */
import { Subsampling } from "../kernels/kernels.ts";
import { Subsampling as SubsamplingLevel } from "../protocol/constants.ts";
import type { PixelFormat } from "../protocol/pixel_format.ts";
import type { Levels } from "./pixel_target.ts";

/** How a picture is written. */
export interface JpegSettings {
  /** Of the Independent JPEG Group's scale, 1 … 100. */
  readonly quality: number;
  readonly subsampling: Subsampling;
  /** Which pictures get Huffman tables of their own. */
  readonly ownTables: OwnTables;
}

/**
 * Huffman tables that are made for a picture make it smaller: small and soft ones by 20 to 45 %, large ones full of
 * detail by 8 %, in a fifth of the time more. Large soft ones have most of that from tables made for all such, for nothing.
 */
export const OwnTables = { Never: 0, WhereMuchIsGained: 1, Always: 2 } as const;
export type OwnTables = typeof OwnTables[keyof typeof OwnTables];

/** By the client's compression level. */
function ownTables(compressLevel = 5): OwnTables {
  if (compressLevel <= 1) return OwnTables.Never;
  return compressLevel < 6 ? OwnTables.WhereMuchIsGained : OwnTables.Always;
}

/** Quality and subsampling of the quality levels 0 … 9: those that TigerVNC and TurboVNC send. */
const LEVELS: readonly Pick<JpegSettings, "quality" | "subsampling">[] = [
  { quality: 15, subsampling: Subsampling.Both2 },
  { quality: 29, subsampling: Subsampling.Both2 },
  { quality: 41, subsampling: Subsampling.Both2 },
  { quality: 42, subsampling: Subsampling.Horizontal2 },
  { quality: 62, subsampling: Subsampling.Horizontal2 },
  { quality: 77, subsampling: Subsampling.Horizontal2 },
  { quality: 79, subsampling: Subsampling.None },
  { quality: 86, subsampling: Subsampling.None },
  { quality: 92, subsampling: Subsampling.None },
  { quality: 100, subsampling: Subsampling.None },
];

/** For clients that ask for a subsampling and no quality: what JPEG libraries do by themselves. */
const UNSAID = { quality: 75, subsampling: Subsampling.Both2 };

/** Eight and sixteen times exist in TurboVNC's decoder only: what comes nearest is sent. */
const SUBSAMPLINGS: Readonly<Record<SubsamplingLevel, Subsampling>> = {
  [SubsamplingLevel.None]: Subsampling.None,
  [SubsamplingLevel.TwoTimes]: Subsampling.Horizontal2,
  [SubsamplingLevel.FourTimes]: Subsampling.Both2,
  [SubsamplingLevel.EightTimes]: Subsampling.Both2,
  [SubsamplingLevel.SixteenTimes]: Subsampling.Both2,
  [SubsamplingLevel.Gray]: Subsampling.Gray,
};

/**
 * What a client's pictures are to be, or `undefined` where it must not be sent any: it named no level of quality or
 * subsampling, or its pixels have 8 bits or a colour map.
 *
 * Fine levels go before the coarse one, each for itself.
 */
export function jpegSettings(
  { compressLevel, qualityLevel, fineQuality, subsampling }: Levels,
  { bitsPerPixel, trueColour }: PixelFormat,
): JpegSettings | undefined {
  if (bitsPerPixel === 8 || !trueColour) return undefined;
  if (qualityLevel === undefined && fineQuality === undefined && subsampling === undefined) return undefined;
  const level = LEVELS[qualityLevel ?? -1] ?? UNSAID;
  return {
    quality: fineQuality === undefined ? level.quality : Math.max(1, fineQuality),
    subsampling: subsampling === undefined ? level.subsampling : SUBSAMPLINGS[subsampling],
    ownTables: ownTables(compressLevel),
  };
}
