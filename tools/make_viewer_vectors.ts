/**
 * Records what real viewers say, as vectors for the parser of client messages:
 *
 *     deno run -A tools/make_viewer_vectors.ts tests/vectors/protocol/viewers.json
 *
 * Each viewer runs in an Xvfb of its own against a server that announces every extension whose messages a viewer sends
 * after that, shows one black picture, and listens for some seconds while somebody types and clicks.
 *
 * @module
 */
import { ByteWriter, utf8 } from "../lib/core/bytes.ts";
import {
  type ClientMessage,
  DEFAULT_PARSE_OPTIONS,
  parseClientMessage,
} from "../lib/protocol/client_messages.ts";
import { EncodingType, PseudoEncoding } from "../lib/protocol/constants.ts";
import { writeEndOfContinuousUpdates } from "../lib/protocol/extensions/continuous_updates.ts";
import {
  DesktopSizeReason,
  DesktopSizeStatus,
  writeExtendedDesktopSize,
} from "../lib/protocol/extensions/extended_desktop_size.ts";
import { FenceFlag, writeServerFence } from "../lib/protocol/extensions/fence.ts";
import { NATIVE_PIXEL_FORMAT, type PixelFormat } from "../lib/protocol/pixel_format.ts";
import {
  writeFramebufferUpdateHeader,
  writePseudoRect,
  writeRectHeader,
  writeServerInit,
} from "../lib/protocol/server_messages.ts";
import { parseClientEncodings } from "../lib/protocol/set_encodings.ts";
import { toHex } from "../tests/support/hex.ts";
import { Xvfb } from "../tests/support/xvfb.ts";

const SIZE = { width: 320, height: 240 };
/** Stands in the titles of viewers' windows. */
const DESKTOP_NAME = "Vectors";
const LISTEN_MS = 4000;

/** A viewer, how it is asked to connect, and the Debian package whose version goes into the vector. */
const VIEWERS = [
  { name: "TigerVNC", package: "tigervnc-viewer", command: "xtigervncviewer", address: "127.0.0.1::PORT" },
  { name: "TightVNC", package: "xtightvncviewer", command: "xtightvncviewer", address: "127.0.0.1::PORT" },
  { name: "gtk-vnc", package: "gvncviewer", command: "gvncviewer", address: "127.0.0.1:DISPLAY" },
];

/** The server's side of one connection. */
class Listener {
  readonly #connection: Deno.Conn;
  readonly #heard: number[] = [];
  #read = 0;
  #skip = 0;
  #format: PixelFormat = NATIVE_PIXEL_FORMAT;
  #pseudo: ReadonlySet<number> = new Set();
  #announced = false;
  #extendedMouseButtons = false;

  constructor(connection: Deno.Conn) {
    this.#connection = connection;
  }

  /** Shakes hands, then hears until the viewer goes. @return What came behind ClientInit. */
  async listen(): Promise<Uint8Array> {
    await this.#write(utf8("RFB 003.008\n"));
    await this.#take(12);
    await this.#write(Uint8Array.of(1, 1));
    await this.#take(1);
    await this.#write(Uint8Array.of(0, 0, 0, 0));
    await this.#take(1);
    const out = new ByteWriter();
    writeServerInit(out, SIZE, NATIVE_PIXEL_FORMAT, DESKTOP_NAME);
    await this.#write(out.view());
    const buffer = new Uint8Array(65536);
    try {
      while (true) {
        const count = await this.#connection.read(buffer);
        if (count === null) break;
        this.#heard.push(...buffer.subarray(0, count));
        await this.#answer();
      }
    } catch { /* it has gone */ }
    return Uint8Array.from(this.#heard);
  }

  async #answer(): Promise<void> {
    while (true) {
      const skipped = Math.min(this.#skip, this.#heard.length - this.#read);
      this.#read += skipped;
      this.#skip -= skipped;
      const result = parseClientMessage(Uint8Array.from(this.#heard.slice(this.#read)), {
        ...DEFAULT_PARSE_OPTIONS,
        extendedMouseButtons: this.#extendedMouseButtons,
      });
      if (!result.done) return;
      this.#read += result.length;
      await this.#react(result.message);
    }
  }

  async #react(message: ClientMessage): Promise<void> {
    switch (message.type) {
      case "Skip":
        this.#skip = message.count;
        break;
      case "SetPixelFormat":
        this.#format = message.format;
        break;
      case "SetEncodings":
        this.#pseudo = parseClientEncodings(message.encodings).pseudo;
        this.#extendedMouseButtons = this.#pseudo.has(PseudoEncoding.ExtendedMouseButtons);
        break;
      case "FramebufferUpdateRequest":
        if (!message.incremental || !this.#announced) await this.#show();
    }
  }

  /** A black picture, and before the first one everything that a viewer may like to hear. */
  async #show(): Promise<void> {
    const out = new ByteWriter();
    if (!this.#announced) {
      this.#announced = true;
      if (this.#pseudo.has(PseudoEncoding.Fence)) {
        writeServerFence(out, (FenceFlag.Request | FenceFlag.BlockBefore) >>> 0, Uint8Array.of(1, 2, 3));
      }
      if (this.#pseudo.has(PseudoEncoding.ContinuousUpdates)) writeEndOfContinuousUpdates(out);
      for (const encoding of [PseudoEncoding.QemuExtendedKeyEvent, PseudoEncoding.ExtendedMouseButtons]) {
        if (!this.#pseudo.has(encoding)) continue;
        writeFramebufferUpdateHeader(out, 1);
        writePseudoRect(out, encoding);
      }
      if (this.#pseudo.has(PseudoEncoding.ExtendedDesktopSize)) {
        const screens = [{ id: 1, x: 0, y: 0, ...SIZE, flags: 0 }];
        writeFramebufferUpdateHeader(out, 1);
        writeExtendedDesktopSize(out, DesktopSizeReason.Server, DesktopSizeStatus.Ok, {
          size: SIZE,
          screens,
        });
      }
    }
    writeFramebufferUpdateHeader(out, 1);
    writeRectHeader(out, { x: 0, y: 0, ...SIZE }, EncodingType.Raw);
    out.zeros(SIZE.width * SIZE.height * this.#format.bitsPerPixel / 8);
    await this.#write(out.view());
  }

  async #take(count: number): Promise<void> {
    const buffer = new Uint8Array(1);
    for (let i = 0; i < count; i++) {
      if (await this.#connection.read(buffer) === null) throw new Error("The viewer has gone");
    }
  }

  async #write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) at += await this.#connection.write(bytes.subarray(at));
  }
}

/** Runs a viewer, types and clicks. @return What it said. */
async function record(viewer: typeof VIEWERS[number]): Promise<Uint8Array> {
  await using display = await Xvfb.start();
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  const address = viewer.address.replace("PORT", `${port}`).replace("DISPLAY", `${port - 5900}`);
  const start = (command: string, ...args: string[]) =>
    new Deno.Command(command, { args, env: display.env, stdin: "null", stdout: "null", stderr: "null" })
      .spawn();
  // Viewers take keys only when somebody gives them the focus.
  const manager = start("openbox");
  const process = start(viewer.command, address);
  using connection = await listener.accept();
  const heard = new Listener(connection).listen();
  const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
  await pause(LISTEN_MS / 2);
  const aim = [
    "search",
    "--sync",
    "--onlyvisible",
    "--name",
    DESKTOP_NAME,
    "mousemove",
    "--window",
    "%1",
    "100",
    "100",
  ];
  for (const action of [aim, ["click", "1"], ["key", "a"], ["key", "Left"], ["click", "8"]]) {
    await display.run("timeout", "10", "xdotool", ...action);
    await pause(100);
  }
  await pause(LISTEN_MS / 2);
  for (const started of [process, manager]) {
    started.kill("SIGTERM");
    await started.status;
  }
  return await heard;
}

async function versionOf(name: string): Promise<string> {
  const { stdout } = await new Deno.Command("dpkg-query", { args: ["-W", "-f=${Version}", name] }).output();
  return new TextDecoder().decode(stdout).trim();
}

if (import.meta.main) {
  const [path] = Deno.args;
  if (path === undefined) throw new RangeError("Give the file to write");
  const vectors = [];
  for (const viewer of VIEWERS) {
    const bytes = toHex(await record(viewer));
    vectors.push({
      name: viewer.name,
      spec: "RFC 6143 §7.5",
      source: `captured from ${viewer.package} ${await versionOf(viewer.package)}, behind ClientInit`,
      bytes: bytes.match(/.{1,96}/g) ?? [],
    });
  }
  await Deno.writeTextFile(path, JSON.stringify(vectors, null, 2) + "\n");
}
