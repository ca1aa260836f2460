/** WebSocket frames, read and written. @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  FrameError,
  FrameWriter,
  LONGEST_FRAME,
  Opcode,
  parseClose,
  parseFrameHeader,
  unmask,
} from "../../lib/transport/websocket_frame.ts";
import { hex, toHex } from "../support/hex.ts";
import { clientFrame } from "../support/websocket_client.ts";

Deno.test("parseFrameHeader() and unmask() read the RFC's own example (§5.7)", () => {
  const bytes = hex("81 85 37fa213d 7f9f4d5158");
  bytes[0] = 0x82; // binary instead of text
  const parsed = parseFrameHeader(bytes);
  assert.ok(parsed.done);
  assert.equal(parsed.length, 6);
  assert.deepEqual({ ...parsed.header, mask: toHex(parsed.header.mask) }, {
    final: true,
    opcode: 2,
    payloadLength: 5,
    mask: toHex(hex("37fa213d")),
  });
  const payload = bytes.slice(6);
  unmask(payload, parsed.header.mask, 0);
  assert.equal(new TextDecoder().decode(payload), "Hello");
});

Deno.test("parseFrameHeader() asks for more until a header is whole, whatever its length (§5.2)", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(0, 1, 125, 126, 127, 65535, 65536, LONGEST_FRAME),
      fc.boolean(),
      (length, final) => {
        const frame = clientFrame(Opcode.Binary, [], { declared: BigInt(length), final });
        for (let cut = 0; cut < frame.length; cut++) {
          const parsed = parseFrameHeader(frame.subarray(0, cut));
          assert.ok(!parsed.done && parsed.needed > cut && parsed.needed <= frame.length);
        }
        const parsed = parseFrameHeader(frame);
        assert.ok(parsed.done);
        assert.deepEqual([parsed.header.payloadLength, parsed.header.final, parsed.length], [
          length,
          final,
          frame.length,
        ]);
      },
    ),
    { seed: 1, numRuns: 50 },
  );
});

for (
  const [what, frame, code] of [
    ["unmasked (§5.1)", clientFrame(2, [1], { masked: false }), 1002],
    ["with a reserved bit, such as compression sets (§5.2)", clientFrame(2, [1], { reserved: 4 }), 1002],
    ["with an opcode that does not exist (§5.2)", clientFrame(3, [1]), 1002],
    ["with a control opcode that does not exist (§5.2)", clientFrame(11, [1]), 1002],
    ["of control in pieces (§5.5)", clientFrame(9, [1], { final: false }), 1002],
    ["of control with 126 bytes (§5.5)", clientFrame(9, new Uint8Array(126)), 1002],
    ["longer than allowed", clientFrame(2, [], { declared: BigInt(LONGEST_FRAME) + 1n }), 1009],
    ["longer than a number can say", clientFrame(2, [], { declared: (1n << 64n) - 1n }), 1009],
  ] as const
) {
  Deno.test(`parseFrameHeader() refuses a frame ${what}`, () => {
    assert.throws(
      () => parseFrameHeader(frame),
      (error) => error instanceof FrameError && error.code === code,
    );
  });
}

Deno.test("unmask() goes on in mid-payload where it stopped (§5.3)", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.nat(40), (payload, at) => {
      const masked = clientFrame(2, payload).slice(6);
      const mask = hex("37fa213d");
      const cut = Math.min(at, masked.length);
      unmask(masked.subarray(0, cut), mask, 0);
      unmask(masked.subarray(cut), mask, cut);
      assert.deepEqual([...masked], [...payload]);
    }),
    { seed: 1, numRuns: 100 },
  );
});

Deno.test("FrameWriter.frame() writes each length in the shortest way (§5.2)", () => {
  const writer = new FrameWriter();
  for (
    const [length, header] of [
      [0, "82 00"],
      [125, "82 7d"],
      [126, "82 7e 007e"],
      [65535, "82 7e ffff"],
      [65536, "82 7f 0000000000010000"],
    ] as const
  ) {
    const payload = Uint8Array.from({ length }, (_, i) => i);
    const frame = writer.frame(Opcode.Binary, payload);
    const expected = hex(header);
    assert.equal(toHex(frame.slice(0, expected.length)), toHex(expected));
    assert.deepEqual(frame.subarray(expected.length), payload);
  }
});

Deno.test("FrameWriter.close() cuts a reason between characters (§5.5.1)", () => {
  const frame = new FrameWriter().close(1000, "é".repeat(100));
  assert.ok(frame.length <= 2 + 125);
  assert.equal(new TextDecoder("utf-8", { fatal: true }).decode(frame.subarray(4)), "é".repeat(61));
});

Deno.test("parseClose() takes what may be said, and nothing else (§7.4)", () => {
  assert.equal(parseClose(hex("")), undefined);
  assert.equal(parseClose(hex("03e8")), 1000);
  assert.equal(parseClose(hex("0fa0 6869")), 4000);
  for (const wrong of ["03", "0000", "03e7", "03ec", "03ed", "03ee", "03f7", "0bb7", "1388", "03e8 ff"]) {
    assert.throws(() => parseClose(hex(wrong)), FrameError, wrong);
  }
});
