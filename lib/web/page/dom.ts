/**
 * The elements of index.html, by their ids.
 *
 * @module
 */

/**
 * The element with this id, which is of this class.
 *
 * @throws {TypeError} index.html has no such element.
 */
export function element<T extends HTMLElement>(id: string, kind: { new (): T }): T {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new TypeError(`There is no ${kind.name} with id ${id}`);
  return found;
}

/** A button. */
export function button(id: string): HTMLButtonElement {
  return element(id, HTMLButtonElement);
}

/** Writes a text where it differs: screen readers speak up at every change. */
export function write(target: HTMLElement, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}

/** Makes a button a switch or shows its state. */
export function press(target: HTMLElement, pressed: boolean): void {
  target.setAttribute("aria-pressed", String(pressed));
}

/** Whether a switch is on. */
export function isPressed(target: HTMLElement): boolean {
  return target.getAttribute("aria-pressed") === "true";
}
