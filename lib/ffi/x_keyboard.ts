/**
 * The keyboard of an X server: its map, its state, its lights (The X Keyboard Extension: Library Specification).
 *
 * @module
 */
import { NativeError } from "../core/errors.ts";
import { LIBX11_INPUT } from "./libx11_input.ts";
import type { XDisplay } from "./x_display.ts";
import type { KeyboardDescription, KeyboardState, Modifiers } from "./xkb_description.ts";
import { MAP_PARTS, readKeyboardMap } from "./xkb_map.ts";
import { XkbAnyEvent, XkbIndicatorNotifyEvent, XkbStateRec } from "./xkb_structs.ts";

/** `XkbUseCoreKbd`: the keyboard that core events come from, into which all devices merge. */
const CORE_KEYBOARD = 0x100;
/** `MappingNotify` */
const MAPPING_NOTIFY = 34;

/** Kinds of XKB events (X11/extensions/XKB.h); as a mask, 1 shifted by them. */
const XkbEvent = { NewKeyboardNotify: 0, MapNotify: 1, ControlsNotify: 3, IndicatorStateNotify: 4 } as const;

/** Names of the lights and their bits in `LedState` (rfbproto "QEMU LED State"). */
const LIGHTS = [["Scroll Lock", 1], ["Num Lock", 2], ["Caps Lock", 4]] as const;

/** Times of the server's auto-repeat, in ms. */
export interface AutoRepeatRate {
  readonly delayMs: number;
  readonly intervalMs: number;
}

/** One keyboard, watched. Keys are pressed by XTest, not here. */
export class XKeyboard implements Disposable {
  readonly #display: XDisplay;
  readonly #xkb;
  readonly #handlers = new DisposableStack();
  readonly #stateBuffer = new Uint8Array(XkbStateRec.size);
  /** Serial of the first request of the last reading; what events say that are older is in it. */
  #readSerial = 0;
  #lights: readonly (number | undefined)[] = [];
  #indicators = 0;
  #repeatRate: AutoRepeatRate | undefined;
  /** Is called when the map is not any more what `read()` has returned last, and not by `bind()`. */
  onmapchange: (() => void) | undefined;
  /** Is called when `leds` are others. */
  onledschange: (() => void) | undefined;

  /**
   * @param display Stays the caller's, and must live longer.
   * @throws {NativeError} The server does not have the X Keyboard Extension.
   */
  constructor(display: XDisplay) {
    this.#display = display;
    this.#xkb = display.library(LIBX11_INPUT);
    const [opcode, event, error] = [0, 0, 0].map(() => new Int32Array(1));
    const [major, minor] = [new Int32Array([1]), new Int32Array([0])];
    if (!display.x11.XkbQueryExtension(display.handle, opcode!, event!, error!, major, minor)) {
      display.throwIfLost();
      throw new NativeError(
        `Cannot use the keyboard of the X server at "${display.name}": it lacks the XKEYBOARD extension`,
        "XkbQueryExtension",
      );
    }
    this.#handlers.use(display.on(event![0]!, (event) => this.#xkbEvent(event)));
    this.#handlers.use(display.on(MAPPING_NOTIFY, (event) => this.#mapEvent(event)));
    const wanted = 1 << XkbEvent.NewKeyboardNotify | 1 << XkbEvent.MapNotify | 1 << XkbEvent.ControlsNotify |
      1 << XkbEvent.IndicatorStateNotify;
    display.x11.XkbSelectEvents(display.handle, CORE_KEYBOARD, wanted, wanted);
    this.#findLights();
  }

  /** Reads the map. Blocks for a round trip. @throws {DisplayLostError} The X server has gone. */
  read(): KeyboardDescription {
    const { x11 } = this.#display;
    this.#readSerial = x11.XNextRequest(this.#display.handle);
    const description = this.#xkb.XkbGetMap(this.#display.handle, MAP_PARTS, CORE_KEYBOARD);
    this.#display.throwIfLost();
    if (description === null) throw new NativeError("Cannot read the keyboard map", "XkbGetMap");
    try {
      return readKeyboardMap(description);
    } finally {
      this.#xkb.XkbFreeKeyboard(description, 0, 1);
    }
  }

  /** What is held and locked now, after all that was asked for so far. Blocks for a round trip. */
  state(): KeyboardState {
    const state = this.#stateBuffer;
    this.#display.x11.XkbGetState(this.#display.handle, CORE_KEYBOARD, state);
    this.#display.throwIfLost();
    return {
      modifiers: state[XkbStateRec.mods]!,
      held: state[XkbStateRec.base_mods]!,
      latched: state[XkbStateRec.latched_mods]!,
      locked: state[XkbStateRec.locked_mods]!,
      group: state[XkbStateRec.group]!,
      lockedGroup: state[XkbStateRec.locked_group]!,
    };
  }

  /** Locks or unlocks modifiers, as Caps Lock does. @param affect Which. @param values Those of them to be locked. */
  lockModifiers(affect: Modifiers, values: Modifiers): void {
    this.#display.x11.XkbLockModifiers(this.#display.handle, CORE_KEYBOARD, affect, values);
  }

  /** Switches the layout. @param group From 0. */
  lockGroup(group: number): void {
    this.#display.x11.XkbLockGroup(this.#display.handle, CORE_KEYBOARD, group);
  }

  /**
   * Gives a keycode other keysyms, for all programs. The server makes a key type that suits them.
   *
   * @param keysyms Without Shift, with Shift; empty for none.
   */
  bind(keycode: number, keysyms: readonly number[]): void {
    const perKeycode = Math.max(1, keysyms.length);
    const list = new BigUint64Array(perKeycode);
    keysyms.forEach((keysym, level) => list[level] = BigInt(keysym));
    this.#display.x11.XChangeKeyboardMapping(this.#display.handle, keycode, perKeycode, list, 1);
  }

  /** Lights that are on: scroll lock 1, num lock 2, caps lock 4 (rfbproto "QEMU LED State"). */
  get leds(): number {
    let leds = 0;
    LIGHTS.forEach(([, bit], at) => {
      const index = this.#lights[at];
      if (index !== undefined && (this.#indicators >>> index & 1) === 1) leds |= bit;
    });
    return leds;
  }

  /** The server's own auto-repeat. Known after the first call without a round trip. */
  get repeatRate(): AutoRepeatRate {
    return this.#repeatRate ??= this.#readRepeatRate();
  }

  [Symbol.dispose](): void {
    this.#handlers.dispose();
    this.onmapchange = undefined;
    this.onledschange = undefined;
  }

  #xkbEvent(event: DataView): void {
    switch (event.getInt32(XkbAnyEvent.xkb_type, true)) {
      case XkbEvent.NewKeyboardNotify:
        this.#updateLights(() => this.#findLights());
        this.#mapEvent(event);
        break;
      case XkbEvent.MapNotify:
        this.#mapEvent(event);
        break;
      case XkbEvent.ControlsNotify:
        this.#repeatRate = undefined;
        break;
      case XkbEvent.IndicatorStateNotify:
        this.#updateLights(() => {
          this.#indicators = event.getUint32(XkbIndicatorNotifyEvent.state, true);
        });
        break;
    }
  }

  #updateLights(update: () => void): void {
    const before = this.leds;
    update();
    if (this.leds !== before) this.onledschange?.();
  }

  #mapEvent(event: DataView): void {
    const serial = event.getUint32(XkbAnyEvent.serial, true);
    // Serials wrap around after 2^32 requests.
    if (((serial - this.#readSerial) | 0) >= 0) this.onmapchange?.();
  }

  #findLights(): void {
    const { x11, handle } = this.#display;
    const index = new Int32Array(1);
    this.#lights = LIGHTS.map(([name]) => {
      const atom = this.#display.atom(name);
      const found = this.#xkb.XkbGetNamedIndicator(this.#display.handle, atom, index, null, null, null);
      return found && index[0]! >= 0 && index[0]! < 32 ? index[0]! : undefined;
    });
    const state = new Uint32Array(1);
    x11.XkbGetIndicatorState(handle, CORE_KEYBOARD, state);
    this.#indicators = state[0]!;
  }

  #readRepeatRate(): AutoRepeatRate {
    const [delay, interval] = [new Uint32Array(1), new Uint32Array(1)];
    if (!this.#xkb.XkbGetAutoRepeatRate(this.#display.handle, CORE_KEYBOARD, delay, interval)) {
      this.#display.throwIfLost();
      return { delayMs: 660, intervalMs: 40 }; // the defaults of X.Org
    }
    return { delayMs: delay[0]!, intervalMs: interval[0]! };
  }
}
