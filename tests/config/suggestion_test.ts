/** What a mistyped name was meant to be. @module */
import assert from "node:assert/strict";
import { suggest } from "../../lib/config/suggestion.ts";

const KNOWN = ["port", "host", "password", "password_file", "frame_rate", "limits.login_seconds"];

for (
  const [given, meant] of [
    ["prot", "port"],
    ["Port", "port"],
    ["frameRate", "frame_rate"],
    ["passwrod", "password"],
    ["frame", "frame_rate"],
    ["login_seconds", "limits.login_seconds"],
    ["limit.login_seconds", "limits.login_seconds"],
    ["web.port", undefined],
    ["x", undefined],
    ["", undefined],
    ["jpeg_quality", undefined],
  ] as const
) {
  Deno.test(`suggest() takes "${given}" for ${meant ?? "nothing known"}`, () => {
    assert.equal(suggest(given, KNOWN), meant);
  });
}
