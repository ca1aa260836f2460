/**
 * Client messages against vectors, cut at every byte, in streams, and made of nonsense.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { ProtocolError } from "../../lib/core/errors.ts";
import {
  type ClientMessage,
  DEFAULT_PARSE_OPTIONS,
  maxMessageLength,
  parseClientMessage,
  type ParseOptions,
} from "../../lib/protocol/client_messages.ts";
import { ClientMessageType } from "../../lib/protocol/constants.ts";
import { hex, toHex } from "../support/hex.ts";
import vectors from "../vectors/protocol/client_messages.json" with { type: "json" };
import { readMessages } from "./message_stream.ts";

interface Vector {
  readonly name: string;
  readonly spec: string;
  readonly bytes: string;
  /** Bytes behind those that the message says to skip. */
  readonly skipped?: string;
  readonly options?: Partial<ParseOptions>;
  readonly message: unknown;
}

const VECTORS: readonly Vector[] = vectors;
const SEED = 0x6143;

function optionsOf(vector: Vector): ParseOptions {
  return { ...DEFAULT_PARSE_OPTIONS, ...vector.options };
}

/** A message as JSON can hold it: numbers in arrays, bytes in hexadecimal. */
function plain(message: ClientMessage): unknown {
  return JSON.parse(JSON.stringify(message, (_key, value) => {
    if (value instanceof Uint8Array) return toHex(value);
    if (value instanceof Int32Array) return [...value];
    return value;
  }));
}

for (const vector of VECTORS) {
  Deno.test(`parseClientMessage() reads ${vector.name} (${vector.spec})`, () => {
    const bytes = hex(vector.bytes);
    const result = parseClientMessage(bytes, optionsOf(vector));
    assert.ok(result.done);
    assert.deepEqual(plain(result.message), vector.message);
    assert.equal(result.length, bytes.length);
    // What follows is another message's.
    const longer = new Uint8Array(bytes.length + 300).fill(0xee);
    longer.set(bytes);
    assert.deepEqual(parseClientMessage(longer, optionsOf(vector)), result);
  });

  Deno.test(`parseClientMessage() asks for the rest of ${vector.name} cut at every byte`, () => {
    const bytes = hex(vector.bytes);
    for (let given = 0; given < bytes.length; given++) {
      const result = parseClientMessage(bytes.slice(0, given), optionsOf(vector));
      assert.ok(!result.done, `done after ${given} bytes`);
      assert.ok(
        result.needed > given && result.needed <= bytes.length,
        `needs ${result.needed} after ${given}`,
      );
    }
  });
}

Deno.test("parseClientMessage() is tried with every message type", () => {
  const tried = new Set(VECTORS.map((vector) => hex(vector.bytes)[0]));
  assert.deepEqual(Object.values(ClientMessageType).filter((type) => !tried.has(type)), []);
});

Deno.test("parseClientMessage() reads messages one behind the other, however they are cut", () => {
  const sets = Map.groupBy(VECTORS, (vector) => JSON.stringify(vector.options ?? {}));
  // A skip of 2 GiB would swallow the others.
  const ordinary = (vector: Vector) => !/GiB/.test(vector.name);
  for (const set of sets.values()) {
    const usable = set.filter(ordinary);
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...usable), { maxLength: 20 }),
        fc.array(fc.nat({ max: 300 }), { maxLength: 12 }),
        (picked, cuts) => {
          const stream = hex(picked.map((vector) => vector.bytes + (vector.skipped ?? "")).join(""));
          const sorted = cuts.filter((cut) => cut < stream.length).sort((a, b) => a - b);
          const { messages, rest } = readMessages(stream, sorted, optionsOf(usable[0]!));
          assert.deepEqual(messages.map(plain), picked.map((vector) => vector.message));
          assert.equal(rest, 0);
        },
      ),
      { seed: SEED, numRuns: 150 },
    );
  }
});

Deno.test("parseClientMessage() reads a stream that comes byte by byte", () => {
  const usable = VECTORS.filter((vector) => vector.options === undefined && !/GiB/.test(vector.name));
  const stream = hex(usable.map((vector) => vector.bytes + (vector.skipped ?? "")).join(""));
  const everywhere = Array.from(stream, (_, at) => at);
  const { messages, rest } = readMessages(stream, everywhere, DEFAULT_PARSE_OPTIONS);
  assert.deepEqual(messages.map(plain), usable.map((vector) => vector.message));
  assert.equal(rest, 0);
});

Deno.test("parseClientMessage() reads SetEncodings of 65535 entries (§7.5.2)", () => {
  const bytes = new Uint8Array(4 + 4 * 65535);
  bytes.set(hex("02 00 ffff"));
  bytes.set(hex("fffffecc"), bytes.length - 4);
  assert.deepEqual(parseClientMessage(bytes.subarray(0, 4), DEFAULT_PARSE_OPTIONS), {
    done: false,
    needed: bytes.length,
  });
  const result = parseClientMessage(bytes, DEFAULT_PARSE_OPTIONS);
  assert.ok(result.done && result.message.type === "SetEncodings");
  assert.equal(result.message.encodings.length, 65535);
  assert.equal(result.message.encodings[65534], -308);
  assert.equal(maxMessageLength({ ...DEFAULT_PARSE_OPTIONS, maxCutText: 0 }), bytes.length);
});

Deno.test("parseClientMessage() reads SetDesktopSize of 255 screens (rfbproto SetDesktopSize)", () => {
  const bytes = new Uint8Array(8 + 16 * 255);
  bytes.set(hex("fb 00 0400 0300 ff 00"));
  const result = parseClientMessage(bytes, DEFAULT_PARSE_OPTIONS);
  assert.ok(result.done && result.message.type === "SetDesktopSize");
  assert.equal(result.message.layout.screens.length, 255);
  assert.equal(result.length, bytes.length);
});

Deno.test("parseClientMessage() refuses message types whose length is unknown, and names them (§7.5)", () => {
  const known = new Set<number>(Object.values(ClientMessageType));
  for (let type = 0; type < 256; type++) {
    if (known.has(type)) continue;
    assert.throws(
      () => parseClientMessage(Uint8Array.of(type), DEFAULT_PARSE_OPTIONS),
      (error) =>
        error instanceof ProtocolError && error.section === "7.5" &&
        error.message.endsWith(`type is ${type}`),
    );
  }
});

for (const length of ["80000000", "fffffffd", "fffffffe", "ffffffff"]) {
  Deno.test(`parseClientMessage() refuses a clipboard length of 0x${length} (rfbproto Extended Clipboard)`, () => {
    assert.throws(() => parseClientMessage(hex(`06 000000 ${length}`), DEFAULT_PARSE_OPTIONS), ProtocolError);
  });
}

for (const bytes of ["ff 02", "ff ff", "ff 01 0003", "ff 01 ffff"]) {
  Deno.test(`parseClientMessage() refuses the QEMU message ${bytes} (rfbproto QEMU Client Message)`, () => {
    assert.throws(() => parseClientMessage(hex(bytes), DEFAULT_PARSE_OPTIONS), ProtocolError);
  });
}

Deno.test("parseClientMessage() hands out copies", () => {
  const fence = hex("f8 000000 80000000 02 0102");
  const clipboard = hex("06 000000 fffffffa 10000001 0304");
  const results = [fence, clipboard].map((bytes) => parseClientMessage(bytes, DEFAULT_PARSE_OPTIONS));
  fence.fill(0xff);
  clipboard.fill(0xff);
  const [first, second] = results.map((result) => result.done ? plain(result.message) : undefined);
  assert.deepEqual(first, { type: "ClientFence", flags: 0x80000000, payload: "0102" });
  assert.deepEqual(second, { type: "ExtendedClipboard", flags: 0x10000001, body: "0304" });
});

/** Bytes that throw when somebody looks behind their end. */
function guarded(bytes: Uint8Array): Uint8Array {
  return new Proxy(bytes, {
    get(target, key) {
      if (typeof key === "string" && /^\d+$/.test(key) && Number(key) >= target.length) {
        throw new Error(`read byte ${key} of ${target.length}`);
      }
      const value = Reflect.get(target, key, target);
      if (typeof value !== "function") return value;
      return (...args: number[]) => {
        assert.ok(args.every((arg) => arg <= target.length), `took ${args} of ${target.length} bytes`);
        return value.apply(target, args);
      };
    },
  });
}

Deno.test("parseClientMessage() gives a value or a ProtocolError for any bytes, and reads none behind them", () => {
  const type = fc.oneof(fc.constantFrom(...Object.values(ClientMessageType)), fc.nat({ max: 255 }));
  const small = fc.oneof(fc.constantFrom(0, 0, 0, 1, 4, 0x7f, 0x80, 0xff), fc.nat({ max: 255 }));
  const options = fc.record({ maxCutText: fc.nat({ max: 40 }), extendedMouseButtons: fc.boolean() });
  fc.assert(
    fc.property(type, fc.array(small, { maxLength: 60 }), options, (type, rest, options) => {
      const bytes = Uint8Array.of(type, ...rest);
      try {
        const result = parseClientMessage(guarded(bytes), options);
        if (result.done) {
          assert.ok(result.length >= 1 && result.length <= bytes.length);
          // Nothing in a value is left undefined or not a number by bytes that were not there.
          assert.ok(!/null/.test(JSON.stringify(result.message)), JSON.stringify(result.message));
        } else {
          assert.ok(result.needed > bytes.length && result.needed <= maxMessageLength(options));
        }
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error;
      }
    }),
    { seed: SEED, numRuns: 5000 },
  );
});

Deno.test("parseClientMessage() answers the same for a stream of nonsense, however it is cut", () => {
  const nonsense = fc.array(
    fc.oneof(fc.constantFrom(0, 1, 2, 3, 4, 5, 6, 150, 248, 251), fc.nat({ max: 255 })),
    {
      maxLength: 120,
    },
  );
  const options = { maxCutText: 16, extendedMouseButtons: true };
  const outcome = (stream: Uint8Array, cuts: number[]) => {
    try {
      return readMessages(stream, cuts, options);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      return error.message;
    }
  };
  fc.assert(
    fc.property(nonsense, fc.array(fc.nat({ max: 120 }), { maxLength: 8 }), (numbers, cuts) => {
      const stream = Uint8Array.from(numbers);
      const sorted = cuts.filter((cut) => cut < stream.length).sort((a, b) => a - b);
      assert.deepEqual(outcome(stream, sorted), outcome(stream, []));
    }),
    { seed: SEED, numRuns: 2000 },
  );
});
