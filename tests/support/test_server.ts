/**
 * A server on a screen that the test draws on, and clients for it.
 *
 * @module
 */
import type { Clipboard } from "../../lib/clipboard/clipboard.ts";
import type { InputBackend } from "../../lib/input/input_sink.ts";
import { VNCServer, type VNCServerOptions } from "../../lib/mod.ts";
import { MemoryScreen } from "./memory_screen.ts";
import { RfbClient, type RfbClientOptions } from "./rfb_client.ts";
import type { RgbImage } from "./rgb_image.ts";

/** What the server is to be made of, besides the screen. */
export interface TestServerOptions extends VNCServerOptions {
  readonly width?: number;
  readonly height?: number;
  readonly input?: InputBackend;
  readonly clipboardBackend?: Clipboard;
}

/** Owns a server and its screen. */
export class TestServer implements AsyncDisposable {
  readonly server: VNCServer;
  readonly screen: MemoryScreen;

  private constructor(server: VNCServer, screen: MemoryScreen) {
    this.server = server;
    this.screen = screen;
  }

  static async start(options: TestServerOptions = {}): Promise<TestServer> {
    const { width = 200, height = 150, input, clipboardBackend, ...rest } = options;
    const screen = new MemoryScreen(width, height);
    const server = new VNCServer({
      hostname: "127.0.0.1",
      port: 0,
      frameRate: 60,
      openDesktop: () =>
        Promise.resolve({
          screen,
          ...(input && { input }),
          ...(clipboardBackend && { clipboard: clipboardBackend }),
        }),
      ...rest,
    });
    await server.start();
    return new TestServer(server, screen);
  }

  /** A client that has come in. */
  connect(options: RfbClientOptions = {}): Promise<RfbClient> {
    return RfbClient.connect({ port: this.server.port, timeoutMs: 5000, ...options });
  }

  /** The picture on the screen. */
  rgb(): RgbImage {
    const { width, height, pixels } = this.screen.picture;
    return { width, height, pixels: Uint32Array.from(pixels) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
  }
}
