/**
 * Screen layouts: which are right, and how they are written (rfbproto ExtendedDesktopSize, SetDesktopSize).
 *
 * @module
 */
import assert from "node:assert/strict";
import { ByteWriter } from "../../../lib/core/bytes.ts";
import {
  checkScreenLayout,
  DesktopSizeReason,
  DesktopSizeStatus,
  type Screen,
  type ScreenLayout,
  writeExtendedDesktopSize,
} from "../../../lib/protocol/extensions/extended_desktop_size.ts";
import { digits, written } from "../written.ts";

function layout(width: number, height: number, ...screens: Screen[]): ScreenLayout {
  return { size: { width, height }, screens };
}

function screen(id: number, x: number, y: number, width: number, height: number): Screen {
  return { id, x, y, width, height, flags: 0 };
}

const many = (count: number) => Array.from({ length: count }, (_, id) => screen(id, id, 0, 1, 1));

const RIGHT: Record<string, ScreenLayout> = {
  "one screen": layout(1024, 768, screen(0, 0, 0, 1024, 768)),
  "two side by side": layout(2048, 768, screen(7, 0, 0, 1024, 768), screen(0xffffffff, 1024, 0, 1024, 768)),
  "screens that overlap": layout(1024, 768, screen(1, 0, 0, 1024, 768), screen(2, 0, 0, 1024, 768)),
  "a screen smaller than the framebuffer": layout(1024, 768, screen(0, 1023, 767, 1, 1)),
  "the smallest": layout(1, 1, screen(0, 0, 0, 1, 1)),
  "the largest": layout(16384, 16384, screen(0, 0, 0, 16384, 16384)),
  "255 screens": layout(255, 1, ...many(255)),
};

for (const [name, wanted] of Object.entries(RIGHT)) {
  Deno.test(`checkScreenLayout() accepts ${name} (rfbproto SetDesktopSize)`, () => {
    assert.equal(checkScreenLayout(wanted), DesktopSizeStatus.Ok);
  });
}

const WRONG: Record<string, ScreenLayout> = {
  "no screens": layout(1024, 768),
  "no width": layout(0, 768, screen(0, 0, 0, 0, 768)),
  "no height": layout(1024, 0, screen(0, 0, 0, 1024, 0)),
  "nothing at all": layout(0, 0),
  "an empty screen": layout(1024, 768, screen(0, 0, 0, 1024, 768), screen(1, 10, 10, 0, 5)),
  "an id twice": layout(1024, 768, screen(3, 0, 0, 512, 768), screen(3, 512, 0, 512, 768)),
  "a screen beyond the right": layout(1024, 768, screen(0, 1, 0, 1024, 768)),
  "a screen beyond the bottom": layout(1024, 768, screen(0, 0, 1, 1024, 768)),
  "a screen far outside": layout(1024, 768, screen(0, 0xffff, 0xffff, 0xffff, 0xffff)),
  "16385 columns": layout(16385, 1, screen(0, 0, 0, 1, 1)),
  "16385 rows": layout(1, 16385, screen(0, 0, 0, 1, 1)),
  "65535 by 65535": layout(0xffff, 0xffff, screen(0, 0, 0, 0xffff, 0xffff)),
};

for (const [name, wanted] of Object.entries(WRONG)) {
  Deno.test(`checkScreenLayout() refuses ${name} (rfbproto SetDesktopSize)`, () => {
    assert.equal(checkScreenLayout(wanted), DesktopSizeStatus.InvalidLayout);
  });
}

Deno.test("writeExtendedDesktopSize() writes reason, status and screens (rfbproto ExtendedDesktopSize)", () => {
  const desktop = layout(1280, 720, screen(0x01020304, 0, 0, 640, 720), {
    ...screen(2, 640, 0, 640, 720),
    flags: 0x80000000,
  });
  assert.equal(
    written((out) =>
      writeExtendedDesktopSize(out, DesktopSizeReason.ThisClient, DesktopSizeStatus.InvalidLayout, desktop)
    ),
    digits(`0001 0003 0500 02d0 fffffecc  02 000000
      01020304 0000 0000 0280 02d0 00000000
      00000002 0280 0000 0280 02d0 80000000`),
  );
});

Deno.test("writeExtendedDesktopSize() writes 1 to 255 screens", () => {
  const out = new ByteWriter();
  const write = (count: number) =>
    writeExtendedDesktopSize(
      out,
      DesktopSizeReason.Server,
      DesktopSizeStatus.Ok,
      layout(300, 1, ...many(count)),
    );
  assert.throws(() => write(0), RangeError);
  assert.throws(() => write(256), RangeError);
  assert.equal(out.length, 0);
  write(255);
  assert.equal(out.length, 12 + 4 + 255 * 16);
});
