import assert from "node:assert/strict";
import { TileGrid } from "../../lib/damage/tile_grid.ts";

const SCREEN = { width: 192, height: 150 };

Deno.test("TileGrid.bands() are the rows that were marked, not those of whole tiles", () => {
  const grid = new TileGrid(SCREEN);
  grid.mark([{ x: 70, y: 10, width: 9, height: 15 }, { x: 5, y: 20, width: 1, height: 3 }]);
  assert.deepEqual(grid.bands(), [{ top: 10, bottom: 25 }]);
  grid.mark([{ x: 0, y: 130, width: 10, height: 400 }]);
  assert.deepEqual(grid.bands(), [{ top: 10, bottom: 25 }, { top: 130, bottom: 150 }]);
  grid.mark([{ x: 0, y: -5, width: 10, height: 100 }]);
  assert.deepEqual(grid.bands(), [{ top: 0, bottom: 150 }]);
  grid.clear();
  assert.deepEqual(grid.bands(), []);
  grid.mark([{ x: 0, y: 60, width: 1, height: 5 }]);
  assert.deepEqual(grid.bands(), [{ top: 60, bottom: 65 }], "nothing is left from before");
});

Deno.test("TileGrid.bands() are none where the marks have been taken away", () => {
  const grid = new TileGrid(SCREEN);
  grid.mark([{ x: 0, y: 64, width: 192, height: 70 }]);
  grid.unmarkInside({ x: 0, y: 64, width: 192, height: 64 });
  assert.deepEqual(grid.bands(), [{ top: 128, bottom: 134 }]);
  grid.unmark([{ x: 0, y: 130, width: 192, height: 1 }]);
  assert.deepEqual(grid.bands(), []);
});

Deno.test("TileGrid passes over what lies beside the screen", () => {
  const grid = new TileGrid(SCREEN);
  grid.mark([{ x: 300, y: 10, width: 5, height: 5 }, { x: -9, y: 10, width: 9, height: 5 }, {
    x: 0,
    y: 200,
    width: 9,
    height: 9,
  }]);
  assert.equal(grid.count(), 0);
  assert.deepEqual(grid.bands(), []);
});
