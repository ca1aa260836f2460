/**
 * JPEG for the decoders: where an image ends (rfbproto "JPEG Encoding"), and its pixels by libjpeg-turbo's own program,
 * which is slow, and as right as can be.
 *
 * @module
 */
import { spawnSync } from "node:child_process";
import { translator } from "../pixel_formats.ts";
import { type Decoder, type DecoderContext, type Decoding, type Input, must, take } from "./decoder.ts";

/** ITU-T T.81 table B.1. */
const Marker = { Soi: 0xd8, Eoi: 0xd9, Sos: 0xda, Dqt: 0xdb, Dht: 0xc4, Rst0: 0xd0, Rst7: 0xd7 } as const;

/** Tables of a client's last image, by marker, for images that come without. */
const tablesOf = new WeakMap<DecoderContext, Map<number, Uint8Array[]>>();

/** rfbproto "JPEG Encoding": an image without a length before it; its end marker ends it. */
export const jpeg: Decoder = {
  name: "JPEG",
  type: 21,
  *decode(input, r, context) {
    const data = yield* takeImage(input, context);
    if (!context.options.jpeg) throw new Error("JPEG: no decoder for jpeg is given");
    const translate = translator(context.format);
    context.options.jpeg(data, r.width, r.height).forEach((rgb, i) => {
      context.framebuffer.set(r.x + i % r.width, r.y + Math.floor(i / r.width), translate(rgb));
    });
  },
};

/** Takes an image; puts the tables of the image before in where this one has none. */
function* takeImage(input: Input, context: DecoderContext): Decoding<Uint8Array> {
  const known = tablesOf.get(context) ?? new Map<number, Uint8Array[]>();
  tablesOf.set(context, known);
  const parts: Uint8Array[] = [];
  const own = new Map<number, Uint8Array[]>();
  const start = (yield* take(input, 2)).slice();
  must(start[0] === 0xff && start[1] === Marker.Soi, "JPEG: does not start with SOI");
  parts.push(start);
  for (;;) {
    const head = (yield* take(input, 2)).slice();
    must(head[0] === 0xff, "JPEG: a marker is missing");
    const marker = head[1]!;
    const size = (yield* take(input, 2)).slice();
    const length = (size[0]! << 8) | size[1]!;
    must(length >= 2, `JPEG: segment of ${length} bytes`);
    const segment = Uint8Array.from([...head, ...size, ...yield* take(input, length - 2)]);
    if (marker === Marker.Dqt || marker === Marker.Dht) own.set(marker, [...own.get(marker) ?? [], segment]);
    if (marker === Marker.Sos) {
      for (const kind of [Marker.Dqt, Marker.Dht]) {
        const tables = own.get(kind) ?? known.get(kind);
        must(tables !== undefined, "JPEG: neither this image nor one before has tables");
        if (!own.has(kind)) parts.push(...tables);
        known.set(kind, tables);
      }
    }
    parts.push(segment);
    if (marker !== Marker.Sos) continue;
    parts.push(yield* takeScan(input));
    return new Uint8Array(parts.flatMap((part) => [...part]));
  }
}

/** The entropy-coded data up to the end marker and with it. */
function* takeScan(input: Input): Decoding<Uint8Array> {
  const bytes: number[] = [];
  for (;;) {
    const byte = (yield* take(input, 1))[0]!;
    if (byte !== 0xff) {
      bytes.push(byte);
      continue;
    }
    const next = (yield* take(input, 1))[0]!;
    if (next === 0 || (next >= Marker.Rst0 && next <= Marker.Rst7)) {
      bytes.push(byte, next);
      continue;
    }
    must(
      next === Marker.Eoi,
      `JPEG: marker ${next.toString(16)} behind the scan; one scan is what viewers take`,
    );
    bytes.push(byte, next);
    return Uint8Array.from(bytes);
  }
}

/**
 * Decodes a JPEG image to `0x00RRGGBB`, for `DecoderOptions.jpeg`. Needs djpeg.
 *
 * @throws {DecodeError} It is no JPEG image, or has another size.
 */
export function decodeJpeg(data: Uint8Array, width: number, height: number): Uint32Array<ArrayBuffer> {
  // By a file: spawnSync() does not read while it writes, and a picture fills both pipes.
  const path = Deno.makeTempFileSync({ suffix: ".jpeg" });
  Deno.writeFileSync(path, data);
  const { status, stdout, stderr, error } = spawnSync("djpeg", ["-rgb", "-pnm", path], {
    maxBuffer: 1 << 28,
    timeout: 10_000,
  });
  Deno.removeSync(path);
  if (error) throw error;
  must(status === 0 && stderr.length === 0, `JPEG: ${new TextDecoder().decode(stderr)}`);
  const header = /^P6\s(\d+)\s(\d+)\s255\s/.exec(new TextDecoder("latin1").decode(stdout.subarray(0, 64)));
  must(header !== null, "JPEG: djpeg gives no colour picture");
  must(
    Number(header[1]) === width && Number(header[2]) === height,
    `JPEG: the picture has ${header[1]}x${header[2]} pixels, the rectangle ${width}x${height}`,
  );
  const rgb = stdout.subarray(header[0].length);
  return Uint32Array.from(
    { length: width * height },
    (_, i) => (rgb[3 * i]! << 16) | (rgb[3 * i + 1]! << 8) | rgb[3 * i + 2]!,
  );
}
