/** What a client has asked for. @module */
import assert from "node:assert/strict";
import { parseClientEncodings } from "../../lib/protocol/set_encodings.ts";
import { ClientState } from "../../lib/session/client_state.ts";
import { Encoding } from "../support/rfb_client.ts";

Deno.test("suggestCompressLevel() counts where the client leaves the level open, and only there", () => {
  const client = new ClientState({ width: 10, height: 10 });
  client.setEncodings(parseClientEncodings([Encoding.Tight]));
  const { settingsSerial } = client;
  client.suggestCompressLevel(undefined);
  assert.equal(client.settingsSerial, settingsSerial, "nothing is new");
  client.suggestCompressLevel(6);
  assert.equal(client.encodings.compressLevel, 6);
  assert.notEqual(client.settingsSerial, settingsSerial, "the next update is made anew");
  client.setEncodings(parseClientEncodings([Encoding.Tight, Encoding.compression(2)]));
  assert.equal(client.encodings.compressLevel, 2);
  client.suggestCompressLevel(1);
  assert.equal(client.encodings.compressLevel, 2);
  client.setEncodings(parseClientEncodings([Encoding.Zrle]));
  assert.equal(client.encodings.compressLevel, 1);
  client.suggestCompressLevel(undefined);
  assert.equal(client.encodings.compressLevel, undefined);
});

Deno.test("request() keeps what is asked for simple, and no less than it (§7.5.3)", () => {
  const client = new ClientState({ width: 1000, height: 1000 });
  for (let i = 0; i < 60; i++) client.request({ x: 20 + i * 10, y: 30, width: 1, height: 1 }, true);
  assert.equal(client.wish!.area.area, 60);
  for (let i = 0; i < 5000; i++) {
    const at = { x: 20 + i * 37 % 900, y: 30 + i * 91 % 900 };
    client.request({ ...at, width: 1, height: 1 }, i % 2 === 0);
    const { area, full } = client.wish!;
    assert.ok(area.rectCount <= 64 && full.rectCount <= 64, `${area.rectCount}, ${full.rectCount}`);
    assert.ok(area.covers({ ...at, width: 1, height: 1 }));
  }
  assert.deepEqual(client.wish!.area.bounds, { x: 20, y: 30, width: 900, height: 900 });
});
