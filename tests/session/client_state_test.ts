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
