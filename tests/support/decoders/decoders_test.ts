import assert from "node:assert/strict";
import { rect } from "../../../lib/core/geometry.ts";
import { pixelFormat } from "../pixel_formats.ts";
import { fromHex, readVectors, toHex } from "../vectors.ts";
import {
  BytesInput,
  ClientFramebuffer,
  DecodeError,
  DecoderContext,
  type Decoding,
  type Input,
  runDecoding,
} from "./decoder.ts";
import { cursor, cursorWithAlpha, desktopName, screenLayout, xCursor } from "./pseudo.ts";
import { decodeRect, decoderOf, DECODERS } from "./registry.ts";

const vectors = await readVectors();

for (const vector of vectors) {
  Deno.test(`${decoderOf(vector.rects.at(-1)!.encoding).name} decodes ${vector.title}`, () => {
    const framebuffer = new ClientFramebuffer(...vector.size);
    const context = new DecoderContext(pixelFormat(vector.format), framebuffer);
    for (const { encoding, rect, bytes } of vector.rects) decodeRect(encoding, bytes, rect, context);
    assert.deepEqual(
      [...framebuffer.pixels].map((v) => v.toString(16)),
      [...vector.pixels].map((v) => v.toString(16)),
    );
  });
}

Deno.test("There are vectors for every decoder but those of JPEG and TightPNG", () => {
  const tried = new Set(vectors.flatMap(({ rects }) => rects.map(({ encoding }) => encoding)));
  assert.deepEqual(DECODERS.filter(({ type }) => !tried.has(type)).map(({ name }) => name), [
    "TightPNG",
    "JPEG",
  ]);
});

/** An input that never has more than what is asked for, and not even that at first. */
class Drip implements Input {
  available = 0;
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  take(count: number): Uint8Array {
    assert.ok(count <= this.available);
    this.available -= count;
    this.#at += count;
    return this.#bytes.slice(this.#at - count, this.#at);
  }

  run<T>(decoding: Decoding<T>): T {
    for (;;) {
      const step = decoding.next();
      if (step.done) return step.value;
      assert.ok(step.value > this.available, "asks for what is there");
      this.available = step.value;
    }
  }
}

Deno.test("Decoders go on where they stopped when bytes come one need at a time", () => {
  for (const { rects, size, format, pixels, title } of vectors) {
    const framebuffer = new ClientFramebuffer(...size);
    const context = new DecoderContext(pixelFormat(format), framebuffer);
    for (const { encoding, rect, bytes } of rects) {
      const drip = new Drip(bytes);
      drip.run(decoderOf(encoding).decode(drip, rect, context));
    }
    assert.ok(framebuffer.pixels.every((value, i) => value === pixels[i]), title);
  }
});

Deno.test("Decoders notice when bytes are missing at any place, or left over", () => {
  for (const { rects: [first], size, format, title } of vectors) {
    const { encoding, rect, bytes } = first!;
    const decode = (data: Uint8Array) => {
      const context = new DecoderContext(pixelFormat(format), new ClientFramebuffer(...size));
      decodeRect(encoding, data, rect, context);
    };
    const step = Math.max(1, Math.floor(bytes.length / 200));
    for (let length = 0; length < bytes.length; length += step) {
      assert.throws(() => decode(bytes.subarray(0, length)), DecodeError, `${title}: ${length} bytes`);
    }
    assert.throws(() => decode(Uint8Array.from([...bytes, 0])), /left over/, title);
  }
});

/** Bytes that break a rule, in "8 332" unless said otherwise; 4 by 4 pixels unless said otherwise. */
const WRONG: readonly {
  name: string;
  bytes: string;
  rule: RegExp;
  format?: string;
  size?: [number, number];
}[] = [
  { name: "CopyRect", bytes: "0001 0000", rule: /source/ },
  { name: "RRE", bytes: "00000001 00 01 0003 0000 0002 0001", rule: /outside/ },
  { name: "RRE", bytes: "00000001 00 01 0000 0000 0000 0001", rule: /empty/ },
  { name: "CoRRE", bytes: "00000001 00 01 00 03 01 02", rule: /outside/ },
  { name: "Hextile", bytes: "00", rule: /background/ },
  { name: "Hextile", bytes: "20 01", rule: /mask/ },
  { name: "Hextile", bytes: "0a 01 01 00 00", rule: /foreground/ },
  { name: "Hextile", bytes: "0e 01 02 01 30 10", rule: /outside/ },
  { name: "Hextile", bytes: "1e 01 02 00", rule: /together/ },
  {
    name: "Hextile",
    bytes: "01 00000000 00000000 00000000 00000000 | 08 00".replaceAll(" ", ""),
    rule: /background/,
    size: [17, 1],
  },
  { name: "Hextile", bytes: "1a 01 01 02 00 00 | 08 01 00 00", rule: /foreground/, size: [17, 1] },
  { name: "Zlib", bytes: "00000006 7801 00 0100", rule: /needed/ },
  { name: "Zlib", bytes: "0000000d 7801 00 0100 feff 07 00 0000 ffff", rule: /decompresses to 1/ },
  { name: "Zlib", bytes: "00000003 780200", rule: /check bits/ },
  { name: "TRLE", bytes: "11", rule: /unused/ },
  { name: "TRLE", bytes: "7e", rule: /unused/ },
  { name: "TRLE", bytes: "7f 00000000", rule: /without palette/ },
  { name: "TRLE", bytes: "81 00", rule: /without palette/ },
  { name: "TRLE", bytes: "01 05 7f 00", rule: /without palette/, size: [17, 1] },
  { name: "TRLE", bytes: "03 010203 ff 00 00 00", rule: /index 3/ },
  { name: "TRLE", bytes: "80 01 10", rule: /run of 17/ },
  { name: "TRLE", bytes: "82 0102 02", rule: /index 2/ },
  { name: "TRLE", bytes: "82 0102 8010", rule: /run of 17/ },
  { name: "TRLE", bytes: "02 0102 0f 0f 0f 01", rule: /padding/ },
  { name: "ZRLE", bytes: "0000000d 7801 00 0100 feff 81 00 0000 ffff", rule: /TRLE only/ },
  { name: "ZRLE", bytes: "0000000d 7801 00 0100 feff 7f 00 0000 ffff", rule: /TRLE only/ },
  { name: "ZRLE", bytes: "0000000f 7801 00 0300 fcff 010203 00 0000 ffff", rule: /left over/ },
  { name: "Tight", bytes: "b0", rule: /compression 11/ },
  { name: "Tight", bytes: "90 00", rule: /8 bits/ },
  { name: "Tight", bytes: "40 03", rule: /filter 3/ },
  { name: "Tight", bytes: "40 02", rule: /gradient/ },
  { name: "Tight", bytes: "40 01 00 07", rule: /one colour/ },
  { name: "Tight", bytes: "40 01 01 0102 0f 0f 0f 01", rule: /padding/ },
  { name: "Tight", bytes: "40 01 02 010203 00 03 00", rule: /index 3/, size: [3, 1] },
  { name: "Tight", bytes: "a0 0f 000000000000000000000000000000", rule: /without zlib/ },
  { name: "Tight", bytes: "80 00", rule: /width/, size: [2049, 1] },
];

for (const { name, bytes, rule, format = "8 332", size: [width, height] = [4, 4] } of WRONG) {
  Deno.test(`${name} refuses ${bytes} (${rule.source})`, () => {
    const { type } = DECODERS.find((decoder) => decoder.name === name)!;
    const context = new DecoderContext(pixelFormat(format), new ClientFramebuffer(width, height), {
      zeroPadding: true,
    });
    assert.throws(() => decodeRect(type, fromHex(bytes), rect(0, 0, width, height), context), rule);
  });
}

Deno.test("Tight's compact length has one to three bytes, seven bits each and then eight", async () => {
  const { takeCompactLength } = await import("./tight.ts");
  for (
    const [bytes, length] of [["00", 0], ["7f", 127], ["8001", 128], ["904e", 10000], ["ff7f", 16383], [
      "808001",
      16384,
    ], ["ffffff", 4194303]] as const
  ) {
    const input = new BytesInput(fromHex(bytes));
    assert.equal(runDecoding(takeCompactLength(input), input), length);
  }
});

/** Runs a decoding of a pseudo-encoding's body. */
function decodePseudo<T>(
  bytes: string,
  decode: (input: Input, context: DecoderContext) => Decoding<T>,
  format = "32 le 16-8-0",
): T {
  const input = new BytesInput(fromHex(bytes));
  const context = new DecoderContext(pixelFormat(format), new ClientFramebuffer(8, 8), { zeroPadding: true });
  return runDecoding(decode(input, context), input);
}

Deno.test("cursor() takes colours where the mask has bits (§7.8.1)", () => {
  const read = (bytes: string) =>
    decodePseudo(bytes, (input, context) => cursor(input, rect(1, 0, 2, 1), context));
  const { hotspot, pixels } = read("3322f100 ffffff00 | 80");
  assert.deepEqual(hotspot, { x: 1, y: 0 });
  assert.deepEqual([...pixels], [0xfff12233, 0]);
  assert.throws(() => read("3322f100 ffffff00 | 81"), /padding/);
});

Deno.test("xCursor() has two colours, and none when it is empty", () => {
  const read = (bytes: string, r = rect(0, 0, 3, 1)) =>
    decodePseudo(bytes, (input, context) => xCursor(input, r, context));
  assert.deepEqual([...read("f12233 010203 | 40 | c0").pixels], [0xff010203, 0xfff12233, 0]);
  assert.equal(read("", rect(0, 0, 0, 0)).pixels.length, 0);
});

Deno.test("cursorWithAlpha() reads red, green, blue, alpha, premultiplied", () => {
  const read = (bytes: string) => decodePseudo(bytes, (input) => cursorWithAlpha(input, rect(0, 0, 1, 1)));
  assert.deepEqual([...read("00000000 10203040").pixels], [0x40102030]);
  assert.throws(() => read("00000000 50203040"), /alpha/);
  assert.throws(() => read("00000007 10203040"), /Raw only/);
});

Deno.test("screenLayout() reads screens that lie on the desktop", () => {
  const read = (bytes: string) =>
    decodePseudo(bytes, (input, context) => screenLayout(input, rect(0, 0, 640, 480), context));
  const screen = "0000002a 0000 0000 0280 01e0 00000000";
  assert.deepEqual(read(`01 000000 ${screen}`), [{ id: 42, x: 0, y: 0, width: 640, height: 480, flags: 0 }]);
  assert.throws(() => read(`02 000000 ${screen} ${screen}`), /two screens/);
  assert.throws(() => read("01 000000 0000002a 0001 0000 0280 01e0 00000000"), /outside/);
  assert.throws(() => read("00 000000"), /no screen/);
});

Deno.test("desktopName() is UTF-8", () => {
  assert.equal(decodePseudo("00000003 e282ac", (input) => desktopName(input)), "€");
  assert.throws(() => decodePseudo("00000001 e2", (input) => desktopName(input)));
  assert.equal(toHex(fromHex("00 ff | 10")), "00ff10");
});
