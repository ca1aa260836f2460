/**
 * What bad peers do: the classes of PROTOCOL 3.1 and 3.4, each as long as its signal says.
 *
 * @module
 */
import { Peer } from "./peer.ts";

/** Where to attack. */
export interface Target {
  readonly port: number;
  /** Of http, https, WebSockets and /metrics, where the server has them. */
  readonly webPort: number | undefined;
}

/** What an attack has at hand. */
interface Means extends Target {
  /** Aborts when the attack is over. */
  readonly signal: AbortSignal;
  /** Closes a peer when the attack is over. */
  own(peer: Peer): Peer;
}

/** One kind of attack. */
export interface Attack {
  readonly what: string;
  /** Against what only some servers have. */
  readonly needsWeb?: boolean;
  /** Resolves when it is under way; goes on until the signal aborts. */
  begin(means: Means): Promise<void>;
}

const ascii = (text: string) => new TextEncoder().encode(text);
const u32 = (value: number) => [value >>> 24, value >>> 16 & 255, value >>> 8 & 255, value & 255];

/** As often as fits into about 64 KiB. */
function repeated(message: ArrayLike<number>): Uint8Array {
  const bytes = new Uint8Array(Math.max(1, Math.floor(65536 / message.length)) * message.length);
  for (let at = 0; at < bytes.length; at += message.length) bytes.set(message, at);
  return bytes;
}

/** A session that says the same again and again as fast as the server listens, and reads what comes of it. */
function flood(what: string, message: readonly number[] | (() => Uint8Array)): Attack {
  return {
    what,
    async begin({ port, signal, own }) {
      const bytes = repeated(typeof message === "function" ? message() : message);
      const peer = own(await Peer.enter(port));
      void peer.drain();
      void (async () => {
        while (!signal.aborted) await peer.say(bytes);
      })().catch(() => {}); // it was cut, which is an answer too
    },
  };
}

/** A session that says something once. */
function word(what: string, ...message: number[]): Attack {
  return {
    what,
    begin: async ({ port, own }) => await own(await Peer.enter(port)).say(Uint8Array.from(message)),
  };
}

/** Does something over and over, each time with a connection of its own. */
function churn(what: string, visit: (peer: Peer, target: Target) => Promise<void>, needsWeb = false): Attack {
  return {
    what,
    needsWeb,
    begin(means) {
      const target = needsWeb ? means.webPort! : means.port;
      for (let lane = 0; lane < 4; lane++) void visitAgainAndAgain(target, means, visit);
      return Promise.resolve();
    },
  };
}

async function visitAgainAndAgain(
  port: number,
  { signal, ...target }: Means,
  visit: (peer: Peer, target: Target) => Promise<void>,
): Promise<void> {
  while (!signal.aborted) {
    try {
      using peer = await Peer.connect(port);
      await visit(peer, target);
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 1)); // turned away
    }
  }
}

const UPDATE_REQUEST = [3, 0, 0, 0, 0, 0, 255, 255, 255, 255];
const POINTER_BUTTONS = [5, 1, 0, 10, 0, 10, 5, 0, 0, 10, 0, 10];
const KEYS = [4, 1, 0, 0, 0, 0, 0, 0x61, 4, 0, 0, 0, 0, 0, 0, 0x61];
const FORMATS = [
  ...[0, 0, 0, 0, 32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0, 0, 0, 0],
  ...[0, 0, 0, 0, 16, 16, 0, 1, 0, 31, 0, 63, 0, 31, 11, 5, 0, 0, 0, 0],
];

/** Cut text of one MiB, the longest that is kept. */
function cutText(): Uint8Array {
  const message = new Uint8Array(8 + (1 << 20)).fill(0x61);
  message.set([6, 0, 0, 0, ...u32(1 << 20)]);
  return message;
}

/** Requests for the whole of single pixels, none beside another. */
function scatteredRequests(): Uint8Array {
  const requests: number[] = [];
  for (let y = 0; y < 160; y += 2) {
    for (let x = y % 4; x < 320; x += 4) requests.push(3, 0, x >> 8, x & 255, 0, y, 0, 1, 0, 1);
  }
  return Uint8Array.from(requests);
}

/** The head of a cut text that is too long to be kept, and some of it. */
const LONG_TEXT = [6, 0, 0, 0, ...u32(0x7fffffff), ...Array(60_000).fill(0x61)];

const ENCODINGS = [2, 0, 0, 4, ...u32(0), ...u32(1), ...u32(5), ...u32(16)];
const FENCE = [248, 0, 0, 0, 0x80, 0, 0, 1, 4, 1, 2, 3, 4];
/** The start of a ClientHello that says it has 512 bytes (RFC 8446 §5.1). */
const HELLO_BEGINS = [22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3];

const BINARY = 0x82;
const PING = 0x89;

/** A frame with a mask of zeroes (RFC 6455 §5.2). */
function frame(opcode: number, payload: ArrayLike<number>): Uint8Array {
  return Uint8Array.from([opcode, 128 + payload.length, 0, 0, 0, 0, ...Array.from(payload)]);
}

/** A session through a WebSocket; nothing is read of what the server says in it. */
async function enterByWebSocket(port: number): Promise<Peer> {
  const peer = await Peer.connect(port);
  try {
    await peer.say(ascii(
      `GET /websockify HTTP/1.1\r\nHost: localhost:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        `Sec-WebSocket-Key: ${btoa("0123456789abcdef")}\r\nSec-WebSocket-Version: 13\r\n` +
        `Sec-WebSocket-Protocol: binary\r\n\r\n`,
    ));
    for (let before = 0; before !== 0x0d0a0d0a;) before = (before << 8 | (await peer.bytes(1))[0]!) >>> 0;
    for (const words of [ascii("RFB 003.008\n"), [1], [1]]) await peer.say(frame(BINARY, words));
    return peer;
  } catch (error) {
    peer.close();
    throw error;
  }
}

/** Frames of a WebSocket again and again, each time that the server has cut it on another one. */
function frameFlood(what: string, first: readonly number[], frames: Uint8Array): Attack {
  return {
    what,
    needsWeb: true,
    async begin({ webPort, signal, own }) {
      const bytes = repeated(frames);
      let peer = own(await enterByWebSocket(webPort!));
      void (async () => {
        while (!signal.aborted) {
          try {
            void peer.drain();
            await peer.say(frame(BINARY, first));
            while (!signal.aborted) await peer.say(bytes);
          } catch {
            peer.close();
            await new Promise((resolve) => setTimeout(resolve, 100));
            peer = own(await enterByWebSocket(webPort!).catch(() => peer));
          }
        }
      })();
    },
  };
}

/** All of them, in the order of the table. */
export const ATTACKS: Readonly<Record<string, Attack>> = {
  "nothing": { what: "nothing", begin: () => Promise.resolve() },
  "half-key": word("2 of 8 bytes of a KeyEvent", 4, 1),
  "half-version": {
    what: "half a version",
    begin: async ({ port, own }) => await own(await Peer.connect(port)).say(ascii("RFB 00")),
  },
  "half-text": word("10 of 1000 bytes of cut text", 6, 0, 0, 0, ...u32(1000), ...Array(10).fill(65)),
  "unread": {
    what: "4 raw frames, none read",
    async begin({ port, own }) {
      const peer = own(await Peer.enter(port));
      await peer.say(Uint8Array.from([2, 0, 0, 1, ...u32(0)]));
      for (let i = 0; i < 4; i++) await peer.say(Uint8Array.from(UPDATE_REQUEST));
    },
  },
  "silent": {
    what: "8 silent connections",
    async begin({ port, own }) {
      for (let i = 0; i < 8; i++) own(await Peer.connect(port));
    },
  },
  "keys": flood("a flood of keys", KEYS),
  "pointer": flood("a flood of clicks", POINTER_BUTTONS),
  "requests": flood("a flood of full update requests", UPDATE_REQUEST),
  "scattered": flood("a flood of requests for scattered pixels", scatteredRequests),
  "formats": flood("a flood of SetPixelFormat", FORMATS),
  "encodings": flood("a flood of SetEncodings", ENCODINGS),
  "fences": flood("a flood of fences", FENCE),
  "texts": flood("a flood of cut texts of 1 MiB", cutText),
  "long-texts": flood("cut text without end", LONG_TEXT),
  "churn": churn("connecting and leaving, 4 at a time", (peer) => peer.skip(12)),
  "rsa": churn("RSA-AES begun and left, 4 at a time", async (peer) => {
    await peer.skip(12);
    await peer.say(ascii("RFB 003.008\n"));
    await peer.skip((await peer.bytes(1))[0]!);
    await peer.say(Uint8Array.of(6));
    await peer.skip(4);
  }),
  "slow-tls": {
    what: "8 slow TLS handshakes",
    needsWeb: true,
    async begin({ webPort, signal, own }) {
      const peers = [];
      for (let i = 0; i < 8; i++) peers.push(own(await Peer.connect(webPort!)));
      for (const peer of peers) await peer.say(Uint8Array.from(HELLO_BEGINS));
      void (async () => {
        while (!signal.aborted) {
          await new Promise((resolve) => setTimeout(resolve, 20));
          for (const peer of peers) await peer.say(Uint8Array.of(0)).catch(() => {});
        }
      })();
    },
  },
  "websocket": {
    what: "a WebSocket that asks for frames and reads none",
    needsWeb: true,
    async begin({ webPort, own }) {
      const peer = own(await enterByWebSocket(webPort!));
      for (let i = 0; i < 8; i++) await peer.say(frame(BINARY, UPDATE_REQUEST));
    },
  },
  "pings": frameFlood("a flood of WebSocket pings", [], frame(PING, [])),
  "crumbs": frameFlood(
    "a cut text of 1 MiB in WebSocket frames of a byte",
    [6, 0, 0, 0, ...u32(1 << 20)],
    frame(BINARY, [0x61]),
  ),
  "scraper": {
    what: "scrapers of /metrics that ask and never read",
    needsWeb: true,
    async begin({ webPort, signal, own }) {
      const request = ascii(`GET /metrics HTTP/1.1\r\nHost: localhost:${webPort}\r\n\r\n`.repeat(20));
      for (let i = 0; i < 8; i++) {
        const peer = own(await Peer.connect(webPort!));
        void (async () => {
          while (!signal.aborted) await peer.say(request);
        })().catch(() => {});
      }
    },
  },
  "heads": churn("heads of 1400 lines that are not finished, 4 at a time", async (peer) => {
    await peer.say(ascii(`GET / HTTP/1.1\r\nHost: localhost\r\n${"a: b\r\n".repeat(1400)}`));
  }, true),
  "pages": churn("pages asked for, 4 at a time", async (peer) => {
    await peer.say(ascii(`GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`));
    await peer.drain();
  }, true),
};

/** Begins an attack. @returns What ends it. */
export async function attack(name: string, target: Target): Promise<() => void> {
  const controller = new AbortController();
  const { signal } = controller;
  const own = (peer: Peer) => {
    signal.addEventListener("abort", peer.close, { once: true });
    return peer;
  };
  try {
    await ATTACKS[name]!.begin({ ...target, signal, own });
  } catch (error) {
    controller.abort();
    throw error;
  }
  return () => controller.abort();
}
