/**
 * Monitors made dark by their gamma ramps (RANDR), which change how pixels are shown and not what they are.
 *
 * @module
 */
import { pointerAt, readLongs, structAt } from "./c_arrays.ts";
import { LIBXRANDR } from "./libxrandr.ts";
import { type GammaPointer, LIBXRANDR_GAMMA, type LibXrandrGamma } from "./libxrandr_gamma.ts";
import { XRRScreenResources } from "./structs.ts";
import type { XDisplay } from "./x_display.ts";
import { XRRCrtcGamma } from "./x_curtain_structs.ts";

/**
 * Makes all monitors dark, and those that came or were made light meanwhile.
 *
 * @param known Ramps as they were, of monitors that have been made dark already: see `NotePart.GammaRamps`.
 * @param note Told all ramps before one is changed.
 * @returns Whether there are ramps at all.
 */
export function darkenCrtcs(
  display: XDisplay,
  known: readonly number[],
  note: (ramps: readonly number[]) => void,
): boolean {
  const gamma = gammaOf(display);
  if (!gamma) return false;
  const ramps = new Map(parse(known));
  const light: number[] = [];
  for (const crtc of crtcsOf(display)) {
    const { value: pointer } = display.trap(() => gamma.XRRGetCrtcGamma(display.handle, crtc), {
      sync: false,
    });
    if (pointer === null) continue;
    const ramp = rampOf(pointer).slice();
    gamma.XRRFreeGamma(pointer);
    if (ramp.length === 0 || ramp.every((value) => value === 0)) continue;
    light.push(crtc);
    if (!ramps.has(crtc)) ramps.set(crtc, ramp);
  }
  if (light.length > 0) {
    note([...ramps].flatMap(([crtc, ramp]) => [crtc, ramp.length / 3, ...packed(ramp)]));
    for (const crtc of light) setRamp(display, gamma, crtc, new Uint16Array(ramps.get(crtc)!.length));
  }
  return ramps.size > 0;
}

/** Gives monitors their ramps back. @param ramps See `NotePart.GammaRamps`. */
export function lightenCrtcs(display: XDisplay, ramps: readonly number[]): void {
  const gamma = gammaOf(display);
  if (!gamma) return;
  const present = new Set(crtcsOf(display));
  for (const [crtc, ramp] of parse(ramps)) {
    const fits = present.has(crtc) && gamma.XRRGetCrtcGammaSize(display.handle, crtc) === ramp.length / 3;
    if (fits) setRamp(display, gamma, crtc, ramp);
  }
}

function gammaOf(display: XDisplay): LibXrandrGamma | undefined {
  return display.extension("RANDR") ? display.library(LIBXRANDR_GAMMA) : undefined;
}

function crtcsOf(display: XDisplay): number[] {
  const randr = display.library(LIBXRANDR);
  const resources = randr.XRRGetScreenResourcesCurrent(display.handle, display.root);
  if (resources === null) return [];
  const struct = structAt(resources, XRRScreenResources.size);
  const count = struct.getInt32(XRRScreenResources.ncrtc, true);
  const crtcs = [...readLongs(pointerAt(struct, XRRScreenResources.crtcs), count)];
  randr.XRRFreeScreenResources(resources);
  return crtcs;
}

function setRamp(display: XDisplay, gamma: LibXrandrGamma, crtc: number, ramp: Uint16Array): void {
  const pointer = gamma.XRRAllocGamma(ramp.length / 3);
  if (pointer === null) return;
  rampOf(pointer).set(ramp);
  display.trap(() => gamma.XRRSetCrtcGamma(display.handle, crtc, pointer));
  gamma.XRRFreeGamma(pointer);
}

/** Red, green and blue behind one another, in place. */
function rampOf(pointer: GammaPointer): Uint16Array<ArrayBuffer> {
  const struct = structAt(pointer, XRRCrtcGamma.size);
  const size = struct.getInt32(0, true);
  const red = pointerAt(struct, XRRCrtcGamma.red);
  if (red === null || size <= 0) return new Uint16Array(0);
  return new Uint16Array(Deno.UnsafePointerView.getArrayBuffer(red, 3 * size * 2));
}

function packed(ramp: Uint16Array): number[] {
  return Array.from(
    { length: Math.ceil(ramp.length / 2) },
    (_, at) => ramp[2 * at]! | (ramp[2 * at + 1] ?? 0) << 16,
  );
}

/** What `packed` has made of the ramps of several monitors. */
function parse(ramps: readonly number[]): [crtc: number, ramp: Uint16Array][] {
  const parsed: [number, Uint16Array][] = [];
  for (let at = 0; at + 1 < ramps.length;) {
    const length = ramps[at + 1]! * 3;
    const words = ramps.slice(at + 2, at + 2 + Math.ceil(length / 2));
    const ramp = Uint16Array.from({ length }, (_, i) => (words[i >> 1] ?? 0) >>> (i & 1) * 16 & 0xffff);
    parsed.push([ramps[at]!, ramp]);
    at += 2 + Math.ceil(length / 2);
  }
  return parsed;
}
