/**
 * Changes of the framebuffer's size, as one client is told of them (RFC 6143 §7.8.2 DesktopSize; rfbproto
 * "ExtendedDesktopSize Pseudo-encoding").
 *
 * They go alone in their update: nothing in it may depend on which size holds. A client that knows neither form keeps
 * the size that it was given at first, and sees of the screen what fits into it.
 *
 * @module
 */
import type { ByteWriter } from "../core/bytes.ts";
import type { Size } from "../core/geometry.ts";
import type { Desktop } from "../desktop/desktop.ts";
import type { DesktopView } from "../desktop/desktop_view.ts";
import { PseudoEncoding } from "../protocol/constants.ts";
import {
  DesktopSizeReason,
  DesktopSizeStatus,
  writeExtendedDesktopSize,
} from "../protocol/extensions/extended_desktop_size.ts";
import { writeFramebufferUpdateHeader, writeRectHeader } from "../protocol/server_messages.ts";
import type { ClientState } from "./client_state.ts";

/** Owned by the update loop of one session. */
export class SizeNews {
  readonly #desktop: Desktop;
  readonly #view: DesktopView;
  #toldSerial = 0;

  constructor(desktop: Desktop, view: DesktopView) {
    this.#desktop = desktop;
    this.#view = view;
  }

  /** Whether the client has to be told something before any pixels. */
  isPending(client: ClientState): boolean {
    const { pseudo } = client.encodings;
    if (pseudo.has(PseudoEncoding.ExtendedDesktopSize)) {
      return client.hasSizeAnswers || this.#toldSerial !== this.#desktop.layoutSerial;
    }
    return pseudo.has(PseudoEncoding.DesktopSize) && this.#differs(client.size);
  }

  /**
   * Appends the update that tells it, and takes the new size as the client's.
   *
   * @returns Whether the size is another one.
   */
  write(client: ClientState, out: ByteWriter): boolean {
    if (client.encodings.pseudo.has(PseudoEncoding.ExtendedDesktopSize)) this.#writeExtended(client, out);
    else this.#writePlain(out);
    this.#toldSerial = this.#desktop.layoutSerial;
    const differs = this.#differs(client.size);
    client.size = this.#size;
    return differs;
  }

  get #size(): Size {
    const { width, height } = this.#desktop.frame;
    return { width, height };
  }

  #differs(size: Size): boolean {
    return size.width !== this.#size.width || size.height !== this.#size.height;
  }

  #writeExtended(client: ClientState, out: ByteWriter): void {
    const { answers } = client.takeSizeAnswers();
    const layout = { size: this.#size, screens: this.#desktop.layout };
    // An answer tells the present layout too; without one, the change is somebody else's.
    writeFramebufferUpdateHeader(out, Math.max(1, answers.length));
    for (const status of answers) {
      writeExtendedDesktopSize(out, DesktopSizeReason.ThisClient, status, layout);
    }
    if (answers.length > 0) return;
    const { layoutOrigin } = this.#desktop;
    const other = layoutOrigin !== undefined && layoutOrigin !== this.#view;
    const reason = other ? DesktopSizeReason.OtherClient : DesktopSizeReason.Server;
    writeExtendedDesktopSize(out, reason, DesktopSizeStatus.Ok, layout);
  }

  #writePlain(out: ByteWriter): void {
    writeFramebufferUpdateHeader(out, 1);
    writeRectHeader(out, { x: 0, y: 0, ...this.#size }, PseudoEncoding.DesktopSize);
  }
}
