/**
 * "Did you mean": the known name that is nearest to a mistyped one.
 *
 * @module
 */

/** The shortest beginning of a name that is taken for the name. */
const SHORTEST_BEGINNING = 4;

/**
 * The name among `known` that `given` was probably meant to be, or `undefined` when none is near enough.
 *
 * @param known Paths such as "limits.login_seconds"; a name without a group is compared with their last part too.
 */
export function suggest(given: string, known: readonly string[]): string | undefined {
  const wanted = normal(given);
  let best: string | undefined;
  let least = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  for (const name of known) {
    const distance = Math.min(
      distanceOf(wanted, normal(name)),
      given.includes(".") ? Infinity : distanceOf(wanted, normal(name.slice(name.lastIndexOf(".") + 1))),
    );
    if (distance < least) [best, least] = [name, distance];
  }
  return best;
}

function normal(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
}

function distanceOf(wanted: string, name: string): number {
  return wanted.length >= SHORTEST_BEGINNING && name.startsWith(wanted) ? 1 : editDistance(wanted, name);
}

/**
 * Insertions, deletions, replacements and swaps of neighbours from `a` to `b` (optimal string alignment).
 * Cost: length of `a` times length of `b`.
 */
function editDistance(a: string, b: string): number {
  let above: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swaps = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, replaced, swaps ? above[j - 2]! + 1 : Infinity));
    }
    [above, row] = [row, next];
  }
  return row[b.length]!;
}
