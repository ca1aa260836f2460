/**
 * Offsets and sizes of the C structs of keyboards, selections, windows and devices, compared with a C compiler.
 *
 * Needs gcc and the headers of libx11-dev, libxfixes-dev, libxi-dev and libxrandr-dev.
 *
 * @module
 */
import assert from "node:assert/strict";
import * as curtain from "../../lib/ffi/x_curtain_structs.ts";
import * as selection from "../../lib/ffi/x_selection_structs.ts";
import * as pulse from "../../lib/ffi/x_pulse_structs.ts";
import * as question from "../../lib/ffi/x_question_structs.ts";
import * as xkb from "../../lib/ffi/xkb_structs.ts";
import { runC } from "../support/program.ts";

const SOURCE = `
#include <stddef.h>
#include <stdio.h>
#include <X11/Xlib.h>
#include <X11/XKBlib.h>
#include <X11/extensions/XKBstr.h>
#include <X11/extensions/Xfixes.h>
#include <X11/extensions/XInput2.h>
#include <X11/extensions/Xrandr.h>
int main(void) { LINES return 0; }
`;

Deno.test("structs of keyboards, selections, windows and devices have the offsets and sizes that a C compiler has", async () => {
  const table = Object.entries({ ...xkb, ...selection, ...question, ...curtain, ...pulse }).flatMap((
    [type, members],
  ) => Object.entries(members).map(([member, value]) => ({ type, member, value })));
  const lines = table.map(({ type, member }) =>
    `printf("%zu\\n", ${member === "size" ? `sizeof(${type})` : `offsetof(${type}, ${member})`});`
  );
  const values = (await runC(SOURCE.replace("LINES", lines.join("\n")))).trim().split("\n").map(Number);
  assert.deepEqual(table, table.map((row, at) => ({ ...row, value: values[at] })));
});
