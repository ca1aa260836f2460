/**
 * What browsers' ports hear: frames of WebSockets (RFC 6455), HTTP requests, and what proxies say of their clients in either.
 *
 * @module
 */
import assert from "node:assert/strict";
import { readForwarding } from "../../../lib/web/forwarded_for.ts";
import { WebServer } from "../../../lib/web/web_server.ts";
import { textPage } from "../../../lib/web/pages.ts";
import { isDeepStrictEqual } from "node:util";
import { MOST_HEADER_BYTES, parseProxyHeader } from "../../../lib/transport/proxy_header.ts";
import { WebSocketTransport } from "../../../lib/transport/websocket.ts";
import { LOCAL_PEER } from "../../support/memory_server.ts";
import { clientFrame } from "../../support/websocket_client.ts";
import { below, joined, mutate, mutateText, oneOf, type Random, some } from "../mutations.ts";
import { ScriptedTransport, scriptOf } from "../scripted_transport.ts";
import { type FuzzTarget, type OpenTarget, simply, tolerate } from "../target.ts";

const text = (bytes: Uint8Array) => new TextDecoder("latin1").decode(bytes);
const ascii = (words: string) => new TextEncoder().encode(words);

function frames(random: Random): Uint8Array {
  return joined(
    ...Array.from({ length: 1 + below(6, random) }, () =>
      clientFrame(
        oneOf([0, 2, 2, 2, 8, 9, 10, 1, 3], random),
        some(below(random() < 0.1 ? 300 : 20, random), random),
        {
          final: random() < 0.8,
        },
      )),
  );
}

export const WEBSOCKET_FRAMES: FuzzTarget = {
  name: "WebSocket frames",
  share: 2,
  atOnce: 16,
  open: simply({
    make: (random) => joined(some(2, random), mutate(frames(random), random)),
    async attempt(bytes) {
      const [control = 0, size = 0] = bytes;
      const beneath = new ScriptedTransport(LOCAL_PEER, scriptOf(control & 15, bytes.subarray(2)));
      const socket = new WebSocketTransport(beneath, { peer: LOCAL_PEER });
      const into = new Uint8Array(1 + size);
      let got = 0;
      try {
        for (let count = await socket.read(into); count !== null; count = await socket.read(into)) {
          assert.ok(count >= 1 && count <= into.length);
          got += count;
        }
      } catch (error) {
        tolerate(error, "ProtocolError", "DisconnectedError", "FrameError");
      }
      assert.ok(got <= bytes.length, "More came out than went in");
      socket[Symbol.dispose]();
      await socket.closed;
    },
  }),
};

const REQUESTS = [
  "GET / HTTP/1.1\r\nHost: localhost:6080\r\n\r\n",
  "GET /page HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n",
  "HEAD /page HTTP/1.0\r\n\r\n",
  "POST /page HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello",
  "POST /page HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
  "GET /websockify HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n" +
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nOrigin: http://localhost\r\n\r\n",
  "GET /page?x=%2e%2e%2f HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 192.0.2.1, 10.0.0.1\r\n" +
  'Forwarded: for="[2001:db8::1]:80";proto=https, for=10.0.0.1\r\nCookie: a=b\r\n\r\n',
];
const WORDS = [
  "\r\n",
  "\n",
  "\r",
  ":",
  " ",
  "/..",
  "%00",
  "%2e%2e",
  "//",
  "?",
  "#",
  "GET",
  "CONNECT",
  "OPTIONS",
  "PRI * HTTP/2.0",
  "HTTP/1.1",
  "HTTP/9.9",
  "Host: evil.example",
  "Content-Length: 99999999999",
  "Content-Length: -1",
  "Transfer-Encoding: chunked",
  "Upgrade: websocket",
  "Connection: upgrade",
  "Sec-WebSocket-Version: 8",
  "\0",
  "x".repeat(3000),
  "Origin: null",
  "Expect: 100-continue",
];

/** One server for all cases: what one connection does must not concern the next. */
function openHttp(): Promise<OpenTarget> {
  const server = new WebServer({
    routes: new Map([["/page", () => textPage(200, "Here it is")]]),
    rules: () => ({ allowedOrigins: [], ownNames: ["localhost"] }),
    receive: (transport) => transport[Symbol.dispose](),
  });
  return Promise.resolve({
    make(random) {
      const request = Array.from({ length: 1 + below(2, random) }, () => oneOf(REQUESTS, random)).join("");
      return joined(some(1, random), ascii(mutateText(request, WORDS, random)));
    },
    async attempt(bytes) {
      const [control = 0] = bytes;
      const script = {
        ...scriptOf(control, bytes.subarray(1)),
        listens: true,
        patience: 1 + (control >> 2 & 3),
      };
      const transport = new ScriptedTransport(LOCAL_PEER, script);
      server.serve(transport);
      await transport.released;
      const answer = text(joined(...transport.heard));
      assert.match(answer, /^(HTTP\/1\.[01] \d{3} |$)/);
    },
    check: () => {
      assert.deepEqual(server.peers, [], "a connection is still there");
      return Promise.resolve();
    },
    [Symbol.asyncDispose]: () => Promise.resolve(server[Symbol.dispose]()),
  });
}

export const HTTP: FuzzTarget = { name: "HTTP requests", share: 2, atOnce: 16, open: openHttp };

const FORWARDED = [
  'for=192.0.2.60;proto=http;by=203.0.113.43, for="[2001:db8:cafe::17]:4711";host=x',
  "for=unknown, for=_hidden, for=10.0.0.1",
  "192.0.2.1, 10.0.0.1, [::1]:80",
];
const FORWARDED_WORDS = [
  "for=",
  ";",
  ",",
  '"',
  "\\",
  "[",
  "]",
  ":",
  "::1",
  "10.0.0.1",
  "unknown",
  "_x",
  "proto=https",
  "999.1.1.1",
  " ",
  "\t",
];

export const FORWARDING: FuzzTarget = {
  name: "proxies' headers",
  share: 1,
  open: simply({
    make: (random) => ascii(mutateText(oneOf(FORWARDED, random), FORWARDED_WORDS, random)),
    attempt(bytes) {
      const header = text(bytes);
      const isProxy = (address: string) => address.startsWith("10.") || address.startsWith("[::1]");
      for (
        const headers of [{ forwarded: header }, { "x-forwarded-for": header }, {
          forwarded: header,
          "x-forwarded-for": header,
          "x-forwarded-proto": header,
        }]
      ) {
        const said = readForwarding(headers, isProxy);
        if ("problem" in said || said.address === undefined) continue;
        assert.match(
          said.address,
          /^(\d{1,3}(\.\d{1,3}){3}|\[[0-9a-f:.]+\])(:\d{1,5})?$/,
          "no address is taken for one",
        );
      }
    },
  }),
};

const V2_SIGNATURE = [0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a];
/** Headers of HAProxy's PROXY protocol, both versions, with the first bytes of a client behind them. */
const PROXY_HEADERS = [
  ascii("PROXY TCP4 192.0.2.7 198.51.100.1 51234 5900\r\nRFB 003.008\n"),
  ascii("PROXY TCP6 2001:db8::7 2001:db8::1 51234 5900\r\nRFB 003.008\n"),
  ascii("PROXY UNKNOWN ffff:f...f:ffff ffff:f...f:ffff 65535 65535\r\n"),
  joined(
    V2_SIGNATURE,
    [0x21, 0x11, 0, 12, 192, 0, 2, 7, 198, 51, 100, 1, 200, 34, 23, 12],
    ascii("RFB 003.008\n"),
  ),
  joined(V2_SIGNATURE, [0x21, 0x21, 0, 36], new Uint8Array(32).fill(0x20), [200, 34, 23, 12]),
  joined(V2_SIGNATURE, [0x20, 0, 0, 0]),
  joined(V2_SIGNATURE, [
    0x21,
    0x11,
    0,
    19,
    192,
    0,
    2,
    7,
    198,
    51,
    100,
    1,
    200,
    34,
    23,
    12,
    4,
    0,
    4,
    1,
    2,
    3,
    4,
  ]),
];

export const PROXY_PROTOCOL: FuzzTarget = {
  name: "PROXY headers",
  share: 1,
  open: simply({
    make: (random) => joined(some(1, random), mutate(oneOf(PROXY_HEADERS, random), random)),
    attempt(bytes) {
      const header = bytes.subarray(1);
      const whole = parseProxyHeader(header);
      // However much of it has come, it is never something else than what it is as a whole.
      const part = parseProxyHeader(header.subarray(0, Math.floor(header.length * (bytes[0] ?? 0) / 256)));
      if (part.done) assert.ok(isDeepStrictEqual(part, whole) || "problem" in part === "problem" in whole);
      if (!whole.done || "problem" in whole) return;
      assert.ok(whole.length >= 8 && whole.length <= Math.min(header.length, MOST_HEADER_BYTES));
      if (!whole.source) return;
      assert.ok(whole.source.port >= 0 && whole.source.port <= 65535);
      const { host } = whole.source;
      assert.ok(
        URL.canParse(`http://${host.includes(":") ? `[${host}]` : host}/`),
        `"${host}" is no address`,
      );
    },
  }),
};
