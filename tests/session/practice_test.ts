/** The session for nobody, before the first client comes. @module */
import assert from "node:assert/strict";
import type { ServerObserver } from "../../lib/core/observer.ts";
import { ENCODINGS } from "../../lib/encodings/registry.ts";
import { eventually } from "../support/input_observer.ts";
import { compareRgb } from "../support/rgb_image.ts";
import { TestServer } from "../support/test_server.ts";

/** Pixels that are encoded from here on, those of photographs' quality too, and what anybody is told of sessions. */
function watch(workers = 0) {
  const seen = { pixels: 0, lossy: 0, events: [] as string[] };
  const note = (name: string) => () => void seen.events.push(name);
  const observer: ServerObserver = {
    connectionOpened: note("connectionOpened"),
    sessionOpened: note("sessionOpened"),
    sessionClosed: note("sessionClosed"),
    updateSent: note("updateSent"),
    controlChanged: note("controlChanged"),
  };
  const encodings = ENCODINGS.map((encoding) => ({
    ...encoding,
    encode: (...args: Parameters<typeof encoding.encode>) => {
      const pixels = args[1].width * args[1].height;
      seen.pixels += pixels;
      if (args[2].levels.qualityLevel === 8) seen.lossy += pixels;
      encoding.encode(...args);
    },
  }));
  return { seen, options: { observers: [observer], encodings, workers } };
}

Deno.test("a server that waits shows its screen to nobody, and nobody hears of it", async () => {
  const { seen, options } = watch();
  await using server = await TestServer.start(options);
  const { width, height } = server.screen.picture;
  // Once in a session, and once for each of the other usual viewers' encodings.
  await eventually(() => assert.ok(seen.pixels >= 3 * width * height, `${seen.pixels} pixels`));
  assert.deepEqual(seen.events, []);
  assert.deepEqual(server.server.sessions, []);
});

Deno.test("a server practises what most viewers want once, with threads and without", async () => {
  for (const workers of [0, 2]) {
    const { seen, options } = watch(workers);
    const [width, height] = [1024, 600]; // big enough to be handed over
    await using _server = await TestServer.start({ ...options, width, height });
    await eventually(() => assert.ok(seen.pixels >= 3 * width * height, `${seen.pixels} pixels`));
    assert.equal(seen.lossy, width * height, `${workers} workers`);
  }
});

Deno.test("who comes while a server practises gets its picture like anybody else", async () => {
  const { seen, options } = watch();
  await using server = await TestServer.start(options);
  await using client = await server.connect();
  await client.refresh();
  assert.equal(compareRgb(client.rgb(), server.rgb()).wrong, 0);
  await eventually(() => assert.ok(seen.events.length >= 3));
  assert.deepEqual(seen.events.slice(0, 3), ["connectionOpened", "sessionOpened", "updateSent"]);
  assert.deepEqual(server.server.sessions.map(({ id }) => id), [1]);
});
