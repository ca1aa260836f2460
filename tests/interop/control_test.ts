/**
 * One controller at a time on a real X server: what it holds goes up when another gets control.
 *
 * @module
 */
import assert from "node:assert/strict";
import { VNCServer } from "../../lib/mod.ts";
import { EventWindow } from "../support/input_observer.ts";
import { RfbClient } from "../support/rfb_client.ts";
import { Drawing } from "../support/x11_desktop.ts";
import { Xvfb } from "../support/xvfb.ts";

Deno.test("keys and buttons that a controller holds go up on the X server when another gets control", async () => {
  await using xvfb = await Xvfb.start({ width: 480, height: 360 });
  await using drawing = await Drawing.start(xvfb.display);
  await drawing.draw("cursor -1 -1");
  await using server = new VNCServer({
    hostname: "127.0.0.1",
    port: 0,
    display: xvfb.display,
    inputControlPolicy: "single-controller",
  });
  await server.start();
  await using events = await EventWindow.start(xvfb.display);
  await using first = await RfbClient.connect({ port: server.port });
  await using second = await RfbClient.connect({ port: server.port });
  await first.pointer(100, 80, 0);
  await events.until(/^motion 100 80 /);
  await first.pointer(100, 80, 1);
  await events.until(/^button 1 down 100 80/);
  await first.key(0x61, true);
  await events.until(/^key a 61 down/);
  assert.equal(server.operations.giveControl(2), undefined);
  await events.until(/^key a 61 up/);
  await events.until(/^button 1 up/);
  await first.pointer(200, 90, 0); // counts no longer
  await second.key(0x62, true);
  await events.until(/^key b 62 down/);
  await second.close();
  await events.until(/^key b 62 up/);
  assert.ok(!events.passed.some((line) => line.startsWith("motion 200 90")));
});
