/**
 * Benches of a kernel in both of its forms, on a frame of 1920x1080: the plain form is the baseline.
 *
 * @module
 */
import { image } from "../../tests/support/images.ts";
import { KERNEL_FORMS, type KernelForm } from "../../tests/support/kernel_forms.ts";

/** Size of the frame. */
export const WIDTH = 1920;
export const HEIGHT = 1080;

/**
 * One group: what `prepare` gives is run for each form, on arrays of that form's memory.
 *
 * @param prepare Makes arrays outside of the time that counts.
 */
export function benchForms(group: string, prepare: (form: KernelForm) => () => void): void {
  for (const form of KERNEL_FORMS) {
    let run: (() => void) | undefined;
    Deno.bench({ name: `${group} [${form.name}]`, group, baseline: form.name === "plain" }, (b) => {
      run ??= prepare(form);
      b.start();
      run();
      b.end();
    });
  }
}

/** A frame of that picture in the form's memory. */
export function frame(form: KernelForm, name: string): Uint32Array {
  return form.u32(image(name).make(WIDTH, HEIGHT).pixels);
}

/** Calls `at` with the offset of each whole tile of the frame: 510 of them. */
export function eachTile(at: (offset: number) => void): void {
  for (let y = 0; y + 64 <= HEIGHT; y += 64) for (let x = 0; x < WIDTH; x += 64) at(y * WIDTH + x);
}
