import assert from "node:assert/strict";
import { ByteWriter } from "../../lib/core/bytes.ts";
import { writeCopyRect } from "../../lib/encodings/copy_rect.ts";
import { ENCODINGS } from "../../lib/encodings/registry.ts";
import { hex } from "./_encode.ts";

Deno.test("writeCopyRect() writes the source's place (§7.7.2)", () => {
  const out = new ByteWriter();
  writeCopyRect(out, { x: 0x0102, y: 0xfffe });
  assert.equal(hex(out.view()), "01 02 ff fe");
});

Deno.test("ENCODINGS has each number once, and not CopyRect's, which has no pixels", () => {
  const types = ENCODINGS.map(({ type }) => type);
  assert.deepEqual(types.toSorted((a, b) => a - b), [-260, 0, 2, 4, 5, 6, 7, 15, 16, 21]);
});
