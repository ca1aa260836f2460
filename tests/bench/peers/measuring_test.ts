/** The native parts of the benchmark, tried on a server that they were not made with. @module */
import assert from "node:assert/strict";
import { TIGHT, TIGHT_Q8, ZRLE } from "../../../bench/peers/cases.ts";
import { Drawing } from "../../../bench/peers/drawing.ts";
import { Link } from "../../../bench/peers/link.ts";
import { codeOf, lateness, matchArrivals } from "../../../bench/peers/marker.ts";
import { pause } from "../../../bench/peers/measure.ts";
import { Screen } from "../../../bench/peers/screen.ts";
import { RunningServer, serverKinds } from "../../../bench/peers/servers.ts";
import { Viewers } from "../../../bench/peers/viewers.ts";

const SIZE = { width: 1024, height: 768 };
const PEER = serverKinds().get("x0vncserver")!;
const FRAMES = 30;

/** Waits until the first viewer has the marker of a frame, and its update is decoded. */
async function arrived(viewers: Viewers, number: number): Promise<void> {
  for (const deadline = performance.now() + 10_000; performance.now() < deadline; await pause(0.02)) {
    const { arrivals } = await viewers.report();
    if (arrivals.at(-1)?.code === codeOf(number)) return;
  }
  throw new Error(`frame ${number} did not arrive`);
}

for (const encoding of [TIGHT, TIGHT_Q8, ZRLE]) {
  Deno.test(`Viewers see each frame that Drawing draws, in ${encoding.name}`, async () => {
    await using screen = await Screen.start(SIZE);
    await using drawing = await Drawing.start(screen.display, "terminal");
    await using server = await RunningServer.start(PEER, screen);
    await using viewers = await Viewers.connect(server.place.port, 2, encoding);
    assert.equal((await viewers.firstFrames()).length, 2);
    const before = await viewers.mark();
    await drawing.run(FRAMES, 15);
    await arrived(viewers, FRAMES);
    const { arrivals, unclear } = await viewers.report();
    const frames = await drawing.log();
    const deliveries = matchArrivals(frames, arrivals);
    const last = deliveries.at(-1)!;
    assert.equal(last.frame.number, FRAMES);
    assert.ok(
      deliveries.length >= FRAMES - 5,
      `a machine under load may skip some, not ${FRAMES - deliveries.length}`,
    );
    const { latencies, backward } = lateness(frames, deliveries, 0, last.time + 1);
    assert.equal(backward, 0);
    assert.equal(unclear, 0);
    assert.ok(
      Math.min(...latencies) > 0.1e6 && Math.min(...latencies) < 200e6,
      `${Math.min(...latencies) / 1e6} ms`,
    );
    if (encoding !== TIGHT_Q8) {
      assert.equal(await viewers.hash(), await drawing.hash(), "every pixel is right");
    }
    const after = await viewers.mark();
    const [first, second] = after.viewers.map(({ bytes }, i) => bytes - before.viewers[i]!.bytes);
    assert.ok(
      Math.abs(first! / second! - 1) < 0.5,
      `a viewer that skips pixels receives as much: ${first}, ${second}`,
    );
  });
}

Deno.test("Drawing draws the same picture again after a reset", async () => {
  await using screen = await Screen.start(SIZE);
  await using drawing = await Drawing.start(screen.display, "two");
  await drawing.run(7, 60);
  const once = await drawing.hash();
  await drawing.run(1, 60);
  assert.notEqual(await drawing.hash(), once);
  await drawing.reset();
  await drawing.run(7, 60);
  assert.equal(await drawing.hash(), once);
});

Deno.test("Viewers time a key from the viewer through X and back", async () => {
  await using screen = await Screen.start(SIZE);
  await using drawing = await Drawing.start(screen.display, "typing", ["keys"]);
  await using server = await RunningServer.start(PEER, screen);
  await using viewers = await Viewers.connect(server.place.port, 1, TIGHT);
  await viewers.firstFrames();
  const { keys, lost } = await viewers.pressKeys(4, 1);
  assert.equal(lost, 0);
  assert.equal(keys.length, 4);
  assert.ok(keys.every((ns) => ns > 0.1e6 && ns < 3e9), `${keys}`);
  void drawing;
});

Deno.test("Link delays bytes and passes no more than its rate", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const SIZE = 200_000, shape = { kilobitsPerSecond: 16_000, oneWayMs: 30, queueBytes: 50_000 }; // 2 bytes a µs
  await using link = await Link.to(listener.addr.port, shape);
  using near = await Deno.connect({ hostname: "127.0.0.1", port: link.port });
  using far = await listener.accept();
  const pingAt = performance.now();
  await near.write(new Uint8Array(1));
  await far.read(new Uint8Array(1));
  const oneWay = performance.now() - pingAt;
  assert.ok(oneWay >= 29 && oneWay < 300, `one way takes ${oneWay} ms`);

  const began = performance.now();
  const sending = (async () => {
    for (let left = SIZE; left > 0;) left -= await far.write(new Uint8Array(Math.min(left, 16384)));
  })();
  for (let got = 0; got < SIZE;) got += (await near.read(new Uint8Array(65536)))!;
  const took = performance.now() - began;
  await sending;
  assert.ok(took >= 128 && took < 1500, `100 ms of link and 30 ms of way take ${took} ms`);
});
