/** Places of errors in JSON, against JSON.parse as the judge. @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { findJsonError } from "../../lib/config/json_position.ts";

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

Deno.test("findJsonError() names the line and column of the first wrong character", () => {
  assert.deepEqual(findJsonError('{\n  "port": 5900,\n}'), { line: 3, column: 1 });
  assert.deepEqual(findJsonError('{\n  "port": 59oo\n}'), { line: 2, column: 11 });
  assert.deepEqual(findJsonError('{"a": "b" "c": 1}'), { line: 1, column: 11 });
  assert.deepEqual(findJsonError("{'a': 1}"), { line: 1, column: 2 });
  assert.deepEqual(findJsonError('{"a": 1'), { line: 1, column: 8 });
  assert.deepEqual(findJsonError("[1, 2] 3"), { line: 1, column: 8 });
  assert.deepEqual(findJsonError(""), { line: 1, column: 1 });
});

Deno.test("findJsonError() finds nothing in what JSON.parse() takes, and something in what it refuses", () => {
  fc.assert(
    fc.property(
      fc.json({ maxDepth: 4 }),
      fc.nat(),
      fc.constantFrom("", '"', "{", "]", ",", "x", "\n", "\\"),
      (text, at, cut) => {
        const place = at % (text.length + 1);
        const changed = text.slice(0, place) + cut + text.slice(place + 1);
        assert.equal(findJsonError(text), undefined, text);
        assert.equal(findJsonError(changed) === undefined, isJson(changed), changed);
      },
    ),
    { seed: 8259, numRuns: 500 },
  );
});

Deno.test("findJsonError() survives nesting that would use up the stack", () => {
  assert.equal(findJsonError("[".repeat(1_000_000))?.line, 1);
});
