/** Levels for all and for parts. @module */
import assert from "node:assert/strict";
import { parseLogLevels, showLogLevels } from "../../lib/core/log_levels.ts";

Deno.test("parseLogLevels() reads one level for everything and others for parts", () => {
  for (
    const [text, shown] of [
      ["INFO", "INFO"],
      ["debug", "DEBUG"],
      [" warning , session = debug,x11=Error", "WARNING,session=DEBUG,x11=ERROR"],
      ["virtual-desktop=DEBUG", "INFO,virtual-desktop=DEBUG"],
      ["a.b=DEBUG,INFO", "INFO,a.b=DEBUG"],
    ] as const
  ) {
    const levels = parseLogLevels(text);
    assert.ok(levels, text);
    assert.equal(showLogLevels(levels), shown);
  }
});

Deno.test("parseLogLevels() knows what is none", () => {
  for (
    const text of ["", "LOUD", "INFO,", "INFO,DEBUG", "a=INFO,a=DEBUG", "=INFO", "a=", "a=b=INFO", "a b=INFO"]
  ) {
    assert.equal(parseLogLevels(text), undefined, text);
  }
});
