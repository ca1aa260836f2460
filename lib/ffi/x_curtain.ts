/**
 * Dark monitors and idle devices, on an X display.
 *
 * Monitors are made dark by their gamma ramps where there are some: what is in the framebuffer, and so what viewers see,
 * stays; and neither mouse nor keyboard make them light again, as they do with DPMS, which is the second choice.
 *
 * Devices are taken off their masters (X Input 2): floating ones move no pointer and type into no window. XTEST's devices,
 * by which viewers act, stay.
 *
 * @module
 */
import type { Curtain, CurtainWishes } from "../core/curtain.ts";
import { NativeError } from "../core/errors.ts";
import { getLogger } from "../core/log.ts";
import { LIBXEXT_DPMS } from "./libxext_dpms.ts";
import { neededExtension } from "./needed_extension.ts";
import { floatDevices, reattachDevices } from "./x_devices.ts";
import type { XDisplay } from "./x_display.ts";
import { darkenCrtcs, lightenCrtcs } from "./x_gamma.ts";
import { NotePart, type XNotes } from "./x_notes.ts";

const DPMS_MODE_ON = 0;
const DPMS_MODE_OFF = 3;

/** Borrows display and notes, which tell what is to be undone if this process is killed. */
export class XCurtain implements Curtain {
  readonly #display: XDisplay;
  readonly #notes: XNotes;
  /** What was before, as notes have it. */
  readonly #before = new Map<NotePart, readonly number[]>();
  #wishes: CurtainWishes = { blank: false, lock: false };
  #problems: readonly string[] = [];

  constructor(display: XDisplay, notes: XNotes) {
    this.#display = display;
    this.#notes = notes;
  }

  draw({ blank, lock }: CurtainWishes): readonly string[] {
    // Looking whether all is as it was can wait while the server stands still.
    const isSame = this.#wishes.blank === blank && this.#wishes.lock === lock;
    if (isSame && ((!blank && !lock) || !this.#display.pulse.answers())) return this.#problems;
    this.#wishes = { blank, lock };
    return this.#problems = this.#draw(blank, lock);
  }

  #draw(blank: boolean, lock: boolean): readonly string[] {
    const problems: string[] = [];
    if (blank) this.#attempt(problems, "Monitors cannot be made dark", () => this.#darken());
    else this.#undo(NotePart.GammaRamps, NotePart.Dpms);
    if (lock) this.#attempt(problems, "Local input cannot be locked", () => this.#float());
    else this.#undo(NotePart.FloatingDevices);
    return problems;
  }

  #attempt(problems: string[], loss: string, action: () => void): void {
    try {
      action();
    } catch (error) {
      if (!(error instanceof NativeError) || this.#display.lost) throw error;
      problems.push(`${loss}: ${error.message}`);
    }
  }

  #darken(): void {
    const known = this.#before.get(NotePart.GammaRamps) ?? [];
    const ramps = darkenCrtcs(this.#display, known, (ramps) => this.#note(NotePart.GammaRamps, ramps));
    if (ramps) return;
    const dpms = dpmsOf(this.#display);
    const [level, enabled] = [new Uint16Array(1), new Uint8Array(1)];
    dpms.DPMSInfo(this.#display.handle, level, enabled);
    if (!this.#before.has(NotePart.Dpms)) this.#note(NotePart.Dpms, [enabled[0]!]);
    if (level[0] === DPMS_MODE_OFF) return;
    dpms.DPMSEnable(this.#display.handle);
    dpms.DPMSForceLevel(this.#display.handle, DPMS_MODE_OFF);
  }

  #float(): void {
    const known = this.#before.get(NotePart.FloatingDevices) ?? [];
    floatDevices(this.#display, (devices) => this.#note(NotePart.FloatingDevices, [...known, ...devices]));
  }

  /** Before it is done: whoever is killed in between has left nothing without a note. */
  #note(part: NotePart, numbers: readonly number[]): void {
    this.#before.set(part, numbers);
    this.#notes.set(part, numbers);
  }

  #undo(...parts: NotePart[]): void {
    const notes = new Map(parts.flatMap((part) => {
      const numbers = this.#before.get(part);
      return numbers ? [[part, numbers] as const] : [];
    }));
    if (notes.size === 0) return;
    undrawCurtain(this.#display, notes);
    for (const part of notes.keys()) {
      this.#before.delete(part);
      this.#notes.set(part, []);
    }
  }
}

/** Makes undone what notes tell of. What cannot be done any more is logged. */
export function undrawCurtain(display: XDisplay, parts: ReadonlyMap<number, readonly number[]>): void {
  const undo = (part: NotePart, action: (numbers: readonly number[]) => void) => {
    const numbers = parts.get(part);
    try {
      if (numbers) action(numbers);
    } catch (error) {
      if (!(error instanceof NativeError) || display.lost) throw error;
      getLogger("x11").warning("What was changed of {name} stays so: {reason}", {
        name: display.name,
        reason: error.message,
      });
    }
  };
  undo(NotePart.GammaRamps, (ramps) => lightenCrtcs(display, ramps));
  undo(NotePart.Dpms, ([wasEnabled]) => {
    const dpms = dpmsOf(display);
    dpms.DPMSForceLevel(display.handle, DPMS_MODE_ON);
    if (wasEnabled === 0) dpms.DPMSDisable(display.handle);
  });
  undo(NotePart.FloatingDevices, (devices) => reattachDevices(display, devices));
  display.flush();
}

/** @throws {NativeError} The display has none. */
function dpmsOf(display: XDisplay) {
  const dpms = neededExtension(display, "DPMS", LIBXEXT_DPMS);
  if (!dpms.DPMSCapable(display.handle)) {
    throw new NativeError(`${display.name} has monitors that cannot be switched off`, "DPMSCapable");
  }
  return dpms;
}
