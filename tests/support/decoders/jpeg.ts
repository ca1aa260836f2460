/**
 * JPEG for the decoders, by libjpeg-turbo's own program: slow, and as right as can be.
 *
 * @module
 */
import { spawnSync } from "node:child_process";
import { must } from "./decoder.ts";

/**
 * Decodes a JPEG image to `0x00RRGGBB`, for `DecoderOptions.jpeg`. Needs djpeg.
 *
 * @throws {DecodeError} It is no JPEG image, or has another size.
 */
export function decodeJpeg(data: Uint8Array, width: number, height: number): Uint32Array<ArrayBuffer> {
  const { status, stdout, stderr, error } = spawnSync("djpeg", ["-rgb", "-pnm"], { input: data });
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
