/**
 * What a client can read, made out of its SetEncodings (RFC 6143 §7.5.2, §7.7, §7.8).
 *
 * @module
 */
import { EncodingType, levelIn, LevelRange, PseudoEncoding, type Subsampling } from "./constants.ts";

/** A list of encodings, understood. Replaces the one before as a whole. */
export interface ClientEncodings {
  /**
   * Encodings with pixels that the server knows, as the client prefers them, each once. May be empty; Raw can always be
   * sent, listed or not.
   */
  readonly order: readonly number[];
  /** Pseudo-encodings without a level, of those in `PseudoEncoding`. */
  readonly pseudo: ReadonlySet<number>;
  /** 0 to 9; not there: the server is free. */
  readonly compressLevel?: number;
  /** 0 to 9; not there: lossy encodings are not wanted, unless `fineQuality` or `subsampling` is there. */
  readonly qualityLevel?: number;
  /** 0 to 100; goes before `qualityLevel`. */
  readonly fineQuality?: number;
  /** Of JPEG's colours; not there: the server is free. */
  readonly subsampling?: Subsampling;
}

/** What holds until a client has said something: Raw and nothing else (§7.5.2). */
export const NO_ENCODINGS: ClientEncodings = { order: [], pseudo: new Set() };

const KNOWN_ENCODINGS: ReadonlySet<number> = new Set(Object.values(EncodingType));
const KNOWN_PSEUDO: ReadonlySet<number> = new Set(Object.values(PseudoEncoding));

/**
 * Understands a list of encodings. Unknown numbers are passed over, so what is kept stays small however long the list
 * is. Of duplicates, and of several levels of a kind, the first counts: it is the most preferred.
 *
 * @param encodings As `SetEncodings` has them.
 * @param known Encodings with pixels that the server can make; by default all that have a name.
 */
export function parseClientEncodings(
  encodings: Iterable<number>,
  known: ReadonlySet<number> = KNOWN_ENCODINGS,
): ClientEncodings {
  const order = new Set<number>();
  const pseudo = new Set<number>();
  const levels: { -readonly [Level in LevelName]?: number } = {};
  for (const encoding of encodings) {
    if (known.has(encoding)) order.add(encoding);
    else if (KNOWN_PSEUDO.has(encoding)) pseudo.add(encoding);
    else {
      for (const [name, range] of LEVELS) {
        const level = levelIn(range, encoding);
        if (level !== undefined) levels[name] ??= level;
      }
    }
  }
  return { order: [...order], pseudo, ...levels as Pick<ClientEncodings, LevelName> };
}

type LevelName = "compressLevel" | "qualityLevel" | "fineQuality" | "subsampling";

const LEVELS: readonly (readonly [LevelName, LevelRange])[] = [
  ["compressLevel", LevelRange.Compress],
  ["qualityLevel", LevelRange.Quality],
  ["fineQuality", LevelRange.FineQuality],
  ["subsampling", LevelRange.Subsampling],
];
