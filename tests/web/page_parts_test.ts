/** The parts of the page that work without a browser. @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { difference, KEYS, keysymOf, sendChord } from "../../lib/web/page/keys.ts";
import { Median, Rate } from "../../lib/web/page/rates.ts";
import { judge, secondsBefore } from "../../lib/web/page/retry.ts";

Deno.test("Rate.perSecond() is what came in the last two seconds", () => {
  const rate = new Rate(1000);
  for (let now = 1000; now < 11_000; now += 20) rate.add(3, now);
  assert.ok(Math.abs(rate.perSecond(11_000) - 150) < 2, String(rate.perSecond(11_000)));
  assert.equal(rate.total, 1500);
  assert.ok(Math.abs(rate.perSecond(12_000) - 75) < 5, "half of it is over");
  assert.equal(rate.perSecond(13_100), 0);
  assert.equal(rate.perSecond(1e9), 0);
});

Deno.test("Rate.perSecond() is right from the beginning", () => {
  const rate = new Rate(5000);
  for (let now = 5000; now < 5500; now += 10) rate.add(1, now);
  assert.ok(Math.abs(rate.perSecond(5500) - 100) < 2, String(rate.perSecond(5500)));
});

Deno.test("Rate.perSecond() is within 10 % of the truth for any steady stream", () => {
  fc.assert(
    fc.property(fc.double({ min: 1, max: 50, noNaN: true }), fc.nat(1000), (interval, start) => {
      const rate = new Rate(start);
      let now = start;
      for (; now < start + 4000; now += interval) rate.add(1, now);
      const truth = 1000 / interval;
      assert.ok(Math.abs(rate.perSecond(now) - truth) <= truth * 0.1 + 0.5);
    }),
    { seed: 3, numRuns: 200 },
  );
});

Deno.test("Median.value is the middle of the last five", () => {
  const median = new Median();
  assert.equal(median.value, undefined);
  for (const value of [100, 3, 1, 2, 500, 2, 4]) median.add(value);
  assert.equal(median.value, 2);
});

Deno.test("keysymOf() gives Latin-1 as it is, Unicode by number, and keys for control characters", () => {
  const cases = {
    a: 0x61,
    é: 0xe9,
    "€": 0x010020ac,
    "😀": 0x0101f600,
    "\n": 0xff0d,
    "\t": 0xff09,
    "~": 0x7e,
  };
  for (const [character, keysym] of Object.entries(cases)) {
    assert.equal(keysymOf(character), keysym, character);
  }
});

Deno.test("difference() turns every text into every other by what can be typed", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme" }), (before, after) => {
      const { removed, added } = difference(before, after);
      const kept = Array.from(before);
      assert.equal(kept.slice(0, kept.length - removed).join("") + added, after);
    }),
    { seed: 5, numRuns: 300 },
  );
  assert.deepEqual(difference("hallo wel", "hallo welt"), { removed: 0, added: "t" });
  assert.deepEqual(difference("teh", "the"), { removed: 2, added: "he" });
});

Deno.test("sendChord() lets keys go in reverse", () => {
  const sent: [number, boolean | undefined][] = [];
  sendChord({ sendKey: (keysym, _code, down) => sent.push([keysym, down]) }, "Control Alt Delete");
  assert.deepEqual(sent, [
    [0xffe3, true],
    [0xffe9, true],
    [0xffff, true],
    [0xffff, false],
    [0xffe9, false],
    [0xffe3, false],
  ]);
  assert.equal(KEYS.F12!.keysym, 0xffc9);
});

Deno.test("index.html names only keys that there are", async () => {
  const html = await Deno.readTextFile(new URL("../../lib/web/page/index.html", import.meta.url));
  const names = html.matchAll(/data-(?:keys|hold)="([^"]+)"/g).flatMap(([, keys]) => keys!.split(" "))
    .toArray();
  assert.ok(names.length > 20);
  for (const name of names) assert.ok(KEYS[name], name);
});

Deno.test("judge() comes back after what may pass, and not after what was meant", () => {
  assert.deepEqual(judge({ code: 1006, reason: "" }, true), {
    reason: "The connection was lost",
    again: true,
  });
  assert.deepEqual(judge({ code: 1006, reason: "" }, false), {
    reason: "The server does not answer",
    again: true,
  });
  assert.equal(judge({ code: 1001, reason: "The server has stopped" }, true).again, true);
  assert.deepEqual(judge({ code: 1000, reason: "Disconnected by the operator" }, true), {
    reason: "Disconnected by the operator",
    again: false,
  });
  assert.equal(judge({ code: 1002, reason: "Frame is not masked" }, true).again, false);
});

Deno.test("secondsBefore() waits longer each time, and not for ever", () => {
  const waits = Array.from({ length: 10 }, (_, attempt) => secondsBefore(attempt));
  assert.deepEqual(waits, waits.toSorted((a, b) => a - b));
  assert.deepEqual([waits[0], waits[9]], [1, 30]);
});
