/**
 * Captures golden vectors of encodings from other people's VNC servers: what they send of a small drawing, and the pixels
 * that they send of it as Raw.
 *
 *     deno run -A tools/make_vectors.ts
 *
 * Writes tests/vectors/ENCODING/captured_SERVER.json. The drawing is always the same, but a server may cut it into other
 * rectangles from run to run: look at the difference before you commit it. Needs Xvfb, x11vnc, x0tigervncserver and a C
 * compiler.
 *
 * @module
 */
import { Encoding, RfbClient } from "../tests/support/rfb_client.ts";
import { type StartServer, startX0tigervnc, startX11vnc } from "../tests/support/peers.ts";
import { colourOf, pixelFormat } from "../tests/support/pixel_formats.ts";
import { formatPixels, type StoredVector, toHex, type VectorFile } from "../tests/support/vectors.ts";
import { Drawing } from "../tests/support/x11_desktop.ts";
import { Xvfb } from "../tests/support/xvfb.ts";

/** A server to capture from. */
interface Peer {
  readonly file: string;
  readonly name: string;
  readonly start: StartServer;
  /** Folders of encodings that it has. */
  readonly encodings: Readonly<Record<string, number>>;
}

const PEERS: readonly Peer[] = [
  {
    file: "captured_tigervnc",
    name: "captured from TigerVNC 1.12 (x0tigervncserver)",
    start: startX0tigervnc,
    encodings: { rre: Encoding.Rre, hextile: Encoding.Hextile, tight: Encoding.Tight, zrle: Encoding.Zrle },
  },
  {
    file: "captured_x11vnc",
    name: "captured from x11vnc 0.9.16 (LibVNCServer)",
    start: startX11vnc,
    encodings: {
      corre: Encoding.CoRre,
      hextile: Encoding.Hextile,
      zlib: Encoding.Zlib,
      tight: Encoding.Tight,
      zrle: Encoding.Zrle,
    },
  },
];

const SPECS: Readonly<Record<string, string>> = {
  rre: "RFC 6143 §7.7.3",
  corre: 'rfbproto "CoRRE Encoding"',
  hextile: "RFC 6143 §7.7.4",
  zlib: 'rfbproto "Zlib Encoding"',
  tight: 'rfbproto "Tight Encoding"',
  zrle: "RFC 6143 §7.7.6",
};
const FORMATS = ["32 le 16-8-0", "16 be 565", "8 bgr233"];
const WIDTH = 70;
const HEIGHT = 36;

/** Two pictures, one after the other, so that there are rectangles with streams that have begun. */
const DRAWINGS: readonly (readonly string[])[] = [
  [
    "cursor -1 -1",
    "fill -1 0 0 70 36 204060",
    "text -1 2 12 ffffff golden",
    "text -1 2 26 ffcc00 vectors",
    "gradient -1 50 2 16 12",
    "noise -1 52 20 7 7 1",
  ],
  ["scroll -1 0 0 70 36 0 -3", "fill -1 10 24 20 6 cc2222", "text -1 40 34 00ff00 two"],
];

/** Captures what `server` sends in one encoding and one format. */
async function capture(
  port: number,
  drawing: Drawing,
  encoding: number,
  format: string,
): Promise<Pick<StoredVector, "format" | "size" | "rects" | "pixels">> {
  const options = { port, format: pixelFormat(format), keepBodies: true, decoders: { zeroPadding: false } };
  await using client = await RfbClient.connect({ ...options, encodings: [encoding, Encoding.Cursor] });
  await using judge = await RfbClient.connect({ ...options, encodings: [Encoding.Raw, Encoding.Cursor] });
  for (const commands of DRAWINGS) {
    await drawing.draw(...commands);
    await client.settle(300);
  }
  await judge.refresh();
  const rects = client.received.flatMap((message) => message.kind === "update" ? message.rects : [])
    .filter((r) => r.encoding !== Encoding.Cursor)
    .map((r) => ({
      ...(r.encoding === encoding ? {} : { encoding: r.encoding }),
      rect: [r.x, r.y, r.width, r.height] as [number, number, number, number],
      bytes: toHex(r.body!),
    }));
  const { pixels } = judge.framebuffer;
  const colour = (value: number) => colourOf(judge.format, value);
  const wrong = client.framebuffer.pixels.findIndex((value, i) => colour(value) !== colour(pixels[i]!));
  if (wrong >= 0) throw new Error(`Encoding ${encoding}, ${format}: pixel ${wrong} is not what Raw says`);
  return { format, size: [WIDTH, HEIGHT], rects, pixels: formatPixels(pixels, WIDTH) };
}

if (import.meta.main) {
  for (const { file, name, start, encodings } of PEERS) {
    for (const [folder, encoding] of Object.entries(encodings)) {
      await using xvfb = await Xvfb.start({ width: WIDTH, height: HEIGHT });
      await using drawing = await Drawing.start(xvfb.display);
      const vectors: StoredVector[] = [];
      for (const format of FORMATS) {
        await drawing.draw(...DRAWINGS[0]!);
        await using server = await start(xvfb.display);
        const captured = await capture(server.port, drawing, encoding, format);
        vectors.push({
          spec: SPECS[folder]!,
          source: name,
          about: `a drawing and a change of it, ${format}`,
          ...captured,
        });
      }
      const path = new URL(`../tests/vectors/${folder}/${file}.json`, import.meta.url);
      const stored: VectorFile = { encoding, vectors };
      await Deno.writeTextFile(path, JSON.stringify(stored, null, 2) + "\n");
    }
  }
}
