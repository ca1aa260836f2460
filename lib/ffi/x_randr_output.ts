/**
 * Changing the size of a screen with one monitor, by the RANDR extension 1.3: a mode of that size is looked for, or
 * made, and the output set to it.
 *
 * @module
 */
import type { Size } from "../core/geometry.ts";
import { cString } from "./c_strings.ts";
import { pointerAt, readLongs, structAt } from "./c_arrays.ts";
import type { LibXrandr, ScreenResourcesPointer } from "./libxrandr.ts";
import { XRRCrtcInfo, XRRModeInfo, XRROutputInfo, XRRScreenResources } from "./structs.ts";
import type { XID } from "./types.ts";
import type { XDisplay } from "./x_display.ts";
import { screenSize } from "./x_screen.ts";

const NONE = 0;
const CURRENT_TIME = 0;
const ROTATE_0 = 1;
const CONNECTED = 0;
const SUCCESS = 0;
/** What desktops take for granted; the screen's size in millimetres follows from it. */
const DOTS_PER_INCH = 96;

/** What came of {@linkcode RandrOutput.resize}. */
export type RandrResizeResult = "done" | "prohibited" | "out of resources" | "invalid";

interface Crtc {
  readonly id: XID;
  readonly mode: XID;
  readonly outputs: readonly XID[];
}

interface Mode extends Size {
  readonly id: XID;
}

/** The output of a screen that has one. Borrows the display. */
export class RandrOutput {
  readonly #display: XDisplay;
  readonly #library: LibXrandr;
  /** The mode that was made here and is in use. */
  #made: { readonly mode: XID; readonly output: XID } | undefined;

  constructor(display: XDisplay, library: LibXrandr) {
    this.#display = display;
    this.#library = library;
  }

  /** Gives the screen another size. Leaves it as it was if that fails. @throws {DisplayLostError} */
  resize(size: Size): RandrResizeResult {
    const { width, height } = size;
    if (!(width >= 1 && height >= 1 && width <= 0x7fff && height <= 0x7fff)) return "invalid";
    if (!this.#inRange(size)) return "out of resources";
    const resources = this.#library.XRRGetScreenResourcesCurrent(this.#display.handle, this.#display.root);
    this.#display.throwIfLost();
    if (resources === null) return "prohibited";
    try {
      const target = this.#target(resources);
      if (!target) return "prohibited";
      return this.#set(resources, target.crtc, target.output, size);
    } finally {
      this.#library.XRRFreeScreenResources(resources);
    }
  }

  #set(resources: ScreenResourcesPointer, crtc: Crtc, output: XID, size: Size): RandrResizeResult {
    const before = screenSize(this.#display);
    const madeBefore = this.#made;
    const mode = this.#mode(resources, output, size);
    if (mode === undefined) return "prohibited";
    const { error } = this.#display.trap(() => {
      // The screen may not become smaller than what a monitor shows of it: that one is off meanwhile.
      if (crtc.mode !== NONE && (size.width < before.width || size.height < before.height)) {
        this.#setCrtc(resources, crtc.id, NONE, []);
      }
      this.#setScreen(size);
    });
    const done = !error && this.#setCrtc(resources, crtc.id, mode, [output]);
    if (!done) {
      this.#display.trap(() => {
        this.#setScreen(before);
        this.#setCrtc(resources, crtc.id, crtc.mode, crtc.outputs);
      });
      if (this.#made?.mode === mode) this.#forget(this.#made);
      this.#made = madeBefore;
      return "prohibited";
    }
    if (madeBefore && madeBefore.mode !== mode) this.#forget(madeBefore);
    if (madeBefore && this.#made === madeBefore && madeBefore.mode !== mode) this.#made = undefined;
    return "done";
  }

  /** The only pair of crtc and output that shows something, or the first that could. */
  #target(resources: ScreenResourcesPointer): { crtc: Crtc; output: XID } | undefined {
    const struct = structAt(resources, XRRScreenResources.size);
    const { ncrtc, crtcs, noutput, outputs } = XRRScreenResources;
    const all = [...readLongs(pointerAt(struct, crtcs), struct.getInt32(ncrtc, true))]
      .map((id) => this.#crtc(resources, id)).filter((crtc) => crtc !== undefined);
    const active = all.filter((crtc) => crtc.mode !== NONE);
    if (active.length > 1) return undefined;
    if (active.length === 1) {
      const [crtc] = active;
      return crtc!.outputs.length === 1 ? { crtc: crtc!, output: crtc!.outputs[0]! } : undefined;
    }
    for (const output of readLongs(pointerAt(struct, outputs), struct.getInt32(noutput, true))) {
      const info = this.#output(resources, output);
      const crtc = all.find((crtc) => crtc.id === info?.crtcs[0]);
      if (info?.connected && crtc) return { crtc, output };
    }
    return undefined;
  }

  /** A mode of that size on that output, made if there is none. */
  #mode(resources: ScreenResourcesPointer, output: XID, size: Size): XID | undefined {
    const ofOutput = new Set(this.#output(resources, output)?.modes);
    const fitting = modesOf(resources).filter((mode) =>
      mode.width === size.width && mode.height === size.height
    );
    const found = fitting.find((mode) => ofOutput.has(mode.id));
    if (found) return found.id;
    let id = fitting[0]?.id;
    if (id === undefined) {
      const { value, error } = this.#display.trap(() => this.#createMode(size));
      if (error) return undefined;
      id = value;
      this.#made = { mode: id, output };
    }
    const mode = id;
    const { error } = this.#display.trap(() =>
      this.#library.XRRAddOutputMode(this.#display.handle, output, mode)
    );
    return error ? undefined : mode;
  }

  #createMode({ width, height }: Size): XID {
    const name = `porthole-${width}x${height}`;
    const info = this.#library.XRRAllocModeInfo(cString(name), name.length);
    if (info === null) return NONE;
    const struct = structAt(info, XRRModeInfo.size);
    const { dotClock, hSyncStart, hSyncEnd, hTotal, vSyncStart, vSyncEnd, vTotal } = XRRModeInfo;
    struct.setUint32(XRRModeInfo.width, width, true);
    struct.setUint32(XRRModeInfo.height, height, true);
    for (const at of [hSyncStart, hSyncEnd, hTotal]) struct.setUint32(at, width, true);
    for (const at of [vSyncStart, vSyncEnd, vTotal]) struct.setUint32(at, height, true);
    struct.setBigUint64(dotClock, BigInt(width * height * 60), true);
    const mode = this.#library.XRRCreateMode(this.#display.handle, this.#display.root, info);
    this.#library.XRRFreeModeInfo(info);
    return mode;
  }

  /** Takes away a mode that was made here and is not in use any more. */
  #forget({ mode, output }: { readonly mode: XID; readonly output: XID }): void {
    this.#display.trap(() => {
      this.#library.XRRDeleteOutputMode(this.#display.handle, output, mode);
      this.#library.XRRDestroyMode(this.#display.handle, mode);
    });
  }

  #inRange({ width, height }: Size): boolean {
    const [minWidth, minHeight, maxWidth, maxHeight] = [1, 2, 3, 4].map(() => new Int32Array(1)) as [
      Int32Array<ArrayBuffer>,
      Int32Array<ArrayBuffer>,
      Int32Array<ArrayBuffer>,
      Int32Array<ArrayBuffer>,
    ];
    const known = this.#library.XRRGetScreenSizeRange(
      this.#display.handle,
      this.#display.root,
      minWidth,
      minHeight,
      maxWidth,
      maxHeight,
    );
    this.#display.throwIfLost();
    return Boolean(known) && width >= minWidth[0]! && width <= maxWidth[0]! && height >= minHeight[0]! &&
      height <= maxHeight[0]!;
  }

  #setScreen({ width, height }: Size): void {
    const millimetres = (pixels: number) => Math.max(1, Math.round(pixels * 25.4 / DOTS_PER_INCH));
    this.#library.XRRSetScreenSize(
      this.#display.handle,
      this.#display.root,
      width,
      height,
      millimetres(width),
      millimetres(height),
    );
  }

  #setCrtc(resources: ScreenResourcesPointer, crtc: XID, mode: XID, outputs: readonly XID[]): boolean {
    const { value, error } = this.#display.trap(() =>
      this.#library.XRRSetCrtcConfig(
        this.#display.handle,
        resources,
        crtc,
        CURRENT_TIME,
        0,
        0,
        mode,
        ROTATE_0,
        new BigUint64Array(outputs.map(BigInt)), // NULL when it is empty
        outputs.length,
      ), { sync: false });
    return !error && value === SUCCESS;
  }

  #crtc(resources: ScreenResourcesPointer, id: XID): Crtc | undefined {
    const { value: info } = this.#display.trap(
      () => this.#library.XRRGetCrtcInfo(this.#display.handle, resources, id),
      { sync: false },
    );
    if (info === null) return undefined;
    const struct = structAt(info, XRRCrtcInfo.size);
    const crtc = {
      id,
      mode: struct.getUint32(XRRCrtcInfo.mode, true),
      outputs: [
        ...readLongs(pointerAt(struct, XRRCrtcInfo.outputs), struct.getInt32(XRRCrtcInfo.noutput, true)),
      ],
    };
    this.#library.XRRFreeCrtcInfo(info);
    return crtc;
  }

  #output(
    resources: ScreenResourcesPointer,
    id: XID,
  ): { readonly connected: boolean; readonly crtcs: Uint32Array; readonly modes: Uint32Array } | undefined {
    const { value: info } = this.#display.trap(
      () => this.#library.XRRGetOutputInfo(this.#display.handle, resources, id),
      { sync: false },
    );
    if (info === null) return undefined;
    const struct = structAt(info, XRROutputInfo.size);
    const output = {
      connected: struct.getUint16(XRROutputInfo.connection, true) === CONNECTED,
      crtcs: readLongs(pointerAt(struct, XRROutputInfo.crtcs), struct.getInt32(XRROutputInfo.ncrtc, true)),
      modes: readLongs(pointerAt(struct, XRROutputInfo.modes), struct.getInt32(XRROutputInfo.nmode, true)),
    };
    this.#library.XRRFreeOutputInfo(info);
    return output;
  }
}

function modesOf(resources: ScreenResourcesPointer): Mode[] {
  const struct = structAt(resources, XRRScreenResources.size);
  const count = struct.getInt32(XRRScreenResources.nmode, true);
  const at = pointerAt(struct, XRRScreenResources.modes);
  if (at === null || count <= 0) return [];
  const modes = structAt(at, count * XRRModeInfo.size);
  return Array.from({ length: count }, (_, i) => ({
    id: modes.getUint32(i * XRRModeInfo.size + XRRModeInfo.id, true),
    width: modes.getUint32(i * XRRModeInfo.size + XRRModeInfo.width, true),
    height: modes.getUint32(i * XRRModeInfo.size + XRRModeInfo.height, true),
  }));
}
