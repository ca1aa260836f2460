/**
 * Lists of encodings as viewers send them, and as they do not (RFC 6143 §7.5.2).
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { EncodingType, PseudoEncoding, Subsampling } from "../../lib/protocol/constants.ts";
import { NO_ENCODINGS, parseClientEncodings } from "../../lib/protocol/set_encodings.ts";

Deno.test("parseClientEncodings() keeps the order of preference, each encoding once (§7.5.2)", () => {
  const { order } = parseClientEncodings([7, 16, 7, 5, -239, 0, 16, 1]);
  assert.deepEqual(order, [7, 16, 5, 0, 1]);
});

Deno.test("parseClientEncodings() sorts noVNC's list", () => {
  const list = [
    1,
    7,
    -260,
    16,
    21,
    5,
    2,
    6,
    0,
    -26,
    -254,
    -223,
    -224,
    -258,
    -261,
    -308,
    -309,
    -312,
    -313,
    -307,
  ];
  assert.deepEqual(parseClientEncodings([...list, -1063131698, -316, 0x574d5664, -239]), {
    order: [1, 7, -260, 16, 21, 5, 2, 6, 0],
    pseudo: new Set<number>([
      PseudoEncoding.DesktopSize,
      PseudoEncoding.LastRect,
      PseudoEncoding.QemuExtendedKeyEvent,
      PseudoEncoding.QemuLedState,
      PseudoEncoding.ExtendedDesktopSize,
      PseudoEncoding.Xvp,
      PseudoEncoding.Fence,
      PseudoEncoding.ContinuousUpdates,
      PseudoEncoding.DesktopName,
      PseudoEncoding.ExtendedClipboard,
      PseudoEncoding.ExtendedMouseButtons,
      PseudoEncoding.VMwareCursor,
      PseudoEncoding.Cursor,
    ]),
    qualityLevel: 6,
    compressLevel: 2,
  });
});

Deno.test("parseClientEncodings() of an empty list leaves nothing (§7.5.2)", () => {
  assert.deepEqual(parseClientEncodings([]), NO_ENCODINGS);
  assert.deepEqual(parseClientEncodings(new Int32Array()), NO_ENCODINGS);
});

Deno.test("parseClientEncodings() reads levels at both ends of their ranges", () => {
  assert.equal(parseClientEncodings([-256]).compressLevel, 0);
  assert.equal(parseClientEncodings([-247]).compressLevel, 9);
  assert.equal(parseClientEncodings([-32]).qualityLevel, 0);
  assert.equal(parseClientEncodings([-23]).qualityLevel, 9);
  assert.equal(parseClientEncodings([-512]).fineQuality, 0);
  assert.equal(parseClientEncodings([-412]).fineQuality, 100);
  assert.equal(parseClientEncodings([-768]).subsampling, Subsampling.None);
  assert.equal(parseClientEncodings([-763]).subsampling, Subsampling.SixteenTimes);
  for (const number of [-257, -246, -33, -22, -513, -411, -769, -762]) {
    const { compressLevel, qualityLevel, fineQuality, subsampling } = parseClientEncodings([number]);
    assert.deepEqual([compressLevel, qualityLevel, fineQuality, subsampling], Array(4).fill(undefined));
  }
});

Deno.test("parseClientEncodings() takes the first of several levels", () => {
  const { qualityLevel, compressLevel } = parseClientEncodings([-32, -23, -250, -247]);
  assert.deepEqual([qualityLevel, compressLevel], [0, 6]);
});

Deno.test("parseClientEncodings() keeps little of the longest list", () => {
  const list = Int32Array.from({ length: 65535 }, (_, i) => 32767 - i);
  const { order, pseudo } = parseClientEncodings(list);
  assert.ok(order.length + pseudo.size < 256);
  assert.equal(order.length, Object.keys(EncodingType).length);
});

Deno.test("parseClientEncodings() knows encodings that the server was given besides its own", () => {
  assert.deepEqual(parseClientEncodings([4711, 16, 4712], new Set([16, 4711])).order, [4711, 16]);
});

Deno.test("parseClientEncodings() takes any list for one", () => {
  fc.assert(
    fc.property(fc.int32Array({ min: -800, max: 60, maxLength: 300 }), (list) => {
      const { order, pseudo } = parseClientEncodings(list);
      assert.deepEqual(order, [...new Set(list)].filter((number) => order.includes(number)));
      for (const number of [...order, ...pseudo]) assert.ok(list.includes(number));
    }),
    { seed: 0x6143, numRuns: 300 },
  );
});
