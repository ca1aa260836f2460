import assert from "node:assert/strict";
import { PictureCache } from "../../lib/encodings/picture_cache.ts";

/** A cache, and how often something was made for it. */
function countingCache(most: number) {
  const cache = new PictureCache<number>(most);
  let made = 0;
  return {
    get: (serial: number, key: string, weight = 1) => cache.get(serial, key, weight, () => ++made),
    get made() {
      return made;
    },
  };
}

Deno.test("PictureCache.get() makes a thing once for a picture", () => {
  const cache = countingCache(10);
  assert.equal(cache.get(1, "a"), 1);
  assert.equal(cache.get(1, "b"), 2);
  assert.equal(cache.get(1, "a"), 1);
  assert.equal(cache.made, 2);
});

Deno.test("PictureCache.get() forgets what belongs to another picture", () => {
  const cache = countingCache(10);
  cache.get(1, "a");
  assert.equal(cache.get(2, "a"), 2);
  assert.equal(cache.get(1, "a"), 3, "an older picture does not come back");
});

Deno.test("PictureCache.get() keeps no more than it may, however many things are asked of one picture", () => {
  const cache = countingCache(10);
  for (let i = 0; i < 5; i++) cache.get(1, `${i}`, 2);
  assert.equal(cache.get(1, "0", 2), 1, "all of it fits");
  cache.get(1, "one more", 2);
  assert.equal(cache.get(1, "one more", 2), 6, "what came last is there");
  assert.equal(cache.get(1, "0", 2), 7, "the rest was forgotten");
});
