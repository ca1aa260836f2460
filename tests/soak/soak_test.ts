/**
 * A short soak; `deno task soak` is the long one.
 *
 * @module
 */
import assert from "node:assert/strict";
import { Encoding } from "../support/rfb_client.ts";
import { RandomDesktop } from "./random_desktop.ts";
import { soak } from "./soak.ts";

Deno.test("eight clients of different kinds show what the X server has, whatever is drawn at random", async () => {
  const { pauses, moves, missedTiles, encodings } = await soak({ seed: 20260101, seconds: 20 });
  assert.ok(pauses >= 2, `${pauses} pauses`);
  assert.ok(moves >= 5, `${moves} moves`);
  assert.equal(missedTiles, 0, "the X server reports what is drawn");
  const { Zrle, Tight, Zlib, Trle, Hextile, CopyRect } = Encoding;
  for (const type of [Zrle, Tight, Zlib, Trle, Hextile, CopyRect]) {
    assert.ok(encodings.has(type), `encoding ${type} was used`);
  }
});

Deno.test("RandomDesktop draws the same with the same seed, and everything sooner or later", () => {
  const run = (seed: number) => {
    const desktop = new RandomDesktop(seed, { width: 640, height: 480 });
    return Array.from({ length: 200 }, () => [...desktop.scene()].flat()).flat();
  };
  const commands = run(1);
  assert.deepEqual(run(1), commands);
  assert.notDeepEqual(run(2), commands);
  const words = new Set(commands.map((command) => command.split(" ")[0]));
  for (
    const word of ["window", "close", "move", "resize", "raise", "fill", "text", "scroll", "rects", "noise"]
  ) {
    assert.ok(words.has(word), word);
  }
  assert.ok(words.has("gradient") && words.has("storm"));
});
