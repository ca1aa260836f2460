/**
 * What real viewers have said, recorded by tools/make_viewer_vectors.ts: a click, the keys "a" and Left, the button
 * "back".
 *
 * @module
 */
import assert from "node:assert/strict";
import { type ClientMessage, DEFAULT_PARSE_OPTIONS } from "../../lib/protocol/client_messages.ts";
import { PseudoEncoding } from "../../lib/protocol/constants.ts";
import { checkPixelFormat, NATIVE_PIXEL_FORMAT } from "../../lib/protocol/pixel_format.ts";
import { parseClientEncodings } from "../../lib/protocol/set_encodings.ts";
import { hex } from "../support/hex.ts";
import vectors from "../vectors/protocol/viewers.json" with { type: "json" };
import { readMessages } from "./message_stream.ts";

/** What each viewer's first SetEncodings means, and which kinds of messages it sent. */
const EXPECTED: Record<string, { order: number[]; pseudo: number[]; levels: object; types: string[] }> = {
  TigerVNC: {
    order: [7, 1, 16, 5, 2, 0],
    pseudo: [
      PseudoEncoding.CursorWithAlpha,
      PseudoEncoding.VMwareCursor,
      PseudoEncoding.Cursor,
      PseudoEncoding.XCursor,
      PseudoEncoding.VMwareCursorPosition,
      PseudoEncoding.DesktopSize,
      PseudoEncoding.ExtendedDesktopSize,
      PseudoEncoding.DesktopName,
      PseudoEncoding.LastRect,
      PseudoEncoding.ExtendedClipboard,
      PseudoEncoding.ContinuousUpdates,
      PseudoEncoding.Fence,
      PseudoEncoding.QemuExtendedKeyEvent,
    ],
    levels: { compressLevel: 2, qualityLevel: 8 },
    types: [
      "SetEncodings",
      "FramebufferUpdateRequest",
      "ClientFence",
      "EnableContinuousUpdates",
      "PointerEvent",
      "QemuExtendedKeyEvent",
    ],
  },
  TightVNC: {
    order: [0, 1, 7, 5, 6, 4, 2],
    pseudo: [
      PseudoEncoding.XCursor,
      PseudoEncoding.Cursor,
      PseudoEncoding.PointerPos,
      PseudoEncoding.LastRect,
    ],
    levels: { compressLevel: 1, qualityLevel: 6 },
    types: ["SetPixelFormat", "SetEncodings", "FramebufferUpdateRequest", "PointerEvent", "KeyEvent"],
  },
  "gtk-vnc": {
    order: [7, 16, 5, 2, 1, 0],
    pseudo: [
      PseudoEncoding.Xvp,
      PseudoEncoding.QemuExtendedKeyEvent,
      PseudoEncoding.QemuLedState,
      PseudoEncoding.ExtendedDesktopSize,
      PseudoEncoding.DesktopSize,
      PseudoEncoding.DesktopName,
      PseudoEncoding.LastRect,
      PseudoEncoding.QemuAudio,
      PseudoEncoding.CursorWithAlpha,
      PseudoEncoding.Cursor,
      PseudoEncoding.XCursor,
      PseudoEncoding.QemuPointerMotionChange,
    ],
    levels: { qualityLevel: 5 },
    types: [
      "SetPixelFormat",
      "SetEncodings",
      "FramebufferUpdateRequest",
      "PointerEvent",
      "QemuExtendedKeyEvent",
    ],
  },
};

for (const vector of vectors) {
  const stream = hex(vector.bytes.join(""));
  const expected = EXPECTED[vector.name]!;
  const { messages, rest } = readMessages(stream, [], DEFAULT_PARSE_OPTIONS);
  const all = <Type extends ClientMessage["type"]>(type: Type) =>
    messages.filter((message): message is Extract<ClientMessage, { type: Type }> => message.type === type);

  Deno.test(`parseClientMessage() understands all that ${vector.name} says, also byte by byte (§7.5)`, () => {
    assert.equal(rest, 0);
    assert.deepEqual([...new Set(messages.map((message) => message.type))], expected.types);
    assert.deepEqual(
      readMessages(stream, Array.from(stream, (_, at) => at), DEFAULT_PARSE_OPTIONS).messages,
      messages,
    );
  });

  Deno.test(`parseClientEncodings() understands ${vector.name}'s list (§7.5.2)`, () => {
    const { order, pseudo, ...levels } = parseClientEncodings(all("SetEncodings")[0]!.encodings);
    assert.deepEqual(order, expected.order);
    assert.deepEqual([...pseudo], expected.pseudo);
    assert.deepEqual(levels, expected.levels);
  });

  Deno.test(`checkPixelFormat() accepts what ${vector.name} wants (§7.4)`, () => {
    for (const { format } of all("SetPixelFormat")) {
      assert.deepEqual(checkPixelFormat(format), NATIVE_PIXEL_FORMAT);
    }
  });

  Deno.test(`parseClientMessage() sees ${vector.name}'s keys and clicks (§7.5.4, §7.5.5)`, () => {
    const keys = [...all("KeyEvent"), ...all("QemuExtendedKeyEvent")];
    assert.deepEqual(keys.map(({ keysym, down }) => [keysym, down]), [
      [0x61, true],
      [0x61, false],
      [0xff51, true],
      [0xff51, false],
    ]);
    const scancodes = all("QemuExtendedKeyEvent").map(({ scancode }) => scancode);
    assert.deepEqual(scancodes, scancodes.length === 0 ? [] : [0x1e, 0x1e, 0xcb, 0xcb]);
    // TigerVNC 1.12 knows no button 8.
    const buttons = all("PointerEvent").map(({ buttons }) => buttons);
    assert.deepEqual([...new Set(buttons)].sort(), vector.name === "TigerVNC" ? [0, 1] : [0, 1, 128]);
    for (const { incremental, area } of all("FramebufferUpdateRequest")) {
      assert.deepEqual(area, { x: 0, y: 0, width: 320, height: 240 }, `incremental is ${incremental}`);
    }
  });
}

Deno.test("viewers of every expected kind are recorded", () => {
  assert.deepEqual(vectors.map((vector) => vector.name), Object.keys(EXPECTED));
});
