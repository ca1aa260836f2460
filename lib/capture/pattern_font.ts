/**
 * Letters of 5 x 7 dots for the test card.
 *
 * @module
 */

/** Dots from the left edge of one letter to that of the next, and from line to line. */
export const LETTER = { width: 6, height: 7 } as const;

/** Seven rows of five bits, the leftmost bit is 16. */
const GLYPHS: Readonly<Record<string, readonly number[]>> = {
  "0": [14, 17, 19, 21, 25, 17, 14],
  "1": [4, 12, 4, 4, 4, 4, 14],
  "2": [14, 17, 1, 6, 8, 16, 31],
  "3": [31, 2, 4, 2, 1, 17, 14],
  "4": [2, 6, 10, 18, 31, 2, 2],
  "5": [31, 16, 30, 1, 1, 17, 14],
  "6": [6, 8, 16, 30, 17, 17, 14],
  "7": [31, 1, 2, 4, 8, 8, 8],
  "8": [14, 17, 17, 14, 17, 17, 14],
  "9": [14, 17, 17, 15, 1, 2, 12],
  ":": [0, 4, 4, 0, 4, 4, 0],
  ".": [0, 0, 0, 0, 0, 12, 12],
  "x": [0, 0, 17, 10, 4, 10, 17],
  "A": [14, 17, 17, 31, 17, 17, 17],
  "C": [14, 17, 16, 16, 16, 17, 14],
  "D": [30, 17, 17, 17, 17, 17, 30],
  "E": [31, 16, 16, 30, 16, 16, 31],
  "F": [31, 16, 16, 30, 16, 16, 16],
  "H": [17, 17, 17, 31, 17, 17, 17],
  "L": [16, 16, 16, 16, 16, 16, 31],
  "M": [17, 27, 21, 21, 17, 17, 17],
  "O": [14, 17, 17, 17, 17, 17, 14],
  "P": [30, 17, 17, 30, 16, 16, 16],
  "R": [30, 17, 17, 30, 20, 18, 17],
  "S": [15, 16, 16, 14, 1, 1, 30],
  "T": [31, 4, 4, 4, 4, 4, 4],
};

/** Whether `text` has a dot at column `x`, row `y`; its letters start at (0, 0). Unknown letters are blank. */
export function hasDot(text: string, x: number, y: number): boolean {
  const letter = text[Math.floor(x / LETTER.width)];
  const rows = letter === undefined ? undefined : GLYPHS[letter];
  return rows !== undefined && ((rows[y] ?? 0) >> (4 - x % LETTER.width) & 1) === 1;
}
