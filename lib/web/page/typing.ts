/**
 * The on-screen keyboard of phones and tablets: it writes into a field that nobody sees, and what changes there is typed
 * on the desktop.
 *
 * @module
 */
import { button, element, isPressed, press } from "./dom.ts";
import { BACKSPACE, difference, keysymOf, type KeyTarget } from "./keys.ts";

/** There must be something that the backspace key can take away, or phones report nothing. */
const FILLING = " ".repeat(32);

/** Connects the button and the field. @param target The viewer of the moment. */
export function installTyping(target: () => (KeyTarget & { focus(): void }) | undefined): void {
  const field = element("typing", HTMLTextAreaElement);
  const toggle = button("tool-keyboard");
  let known = FILLING;
  const refill = () => {
    field.value = known = FILLING;
    field.setSelectionRange(known.length, known.length);
  };
  toggle.addEventListener("click", () => {
    if (isPressed(toggle)) {
      field.blur();
      target()?.focus();
    } else {
      refill();
      field.focus();
    }
  });
  // The button takes the focus first, which is as if the keyboard had been closed.
  toggle.addEventListener("pointerdown", (event) => event.preventDefault());
  field.addEventListener("focus", () => press(toggle, true));
  field.addEventListener("blur", () => press(toggle, false));
  field.addEventListener("input", (event) => {
    const { removed, added } = difference(known, field.value);
    for (let i = 0; i < removed; i++) target()?.sendKey(BACKSPACE, "Backspace");
    for (const character of added) target()?.sendKey(keysymOf(character), null);
    known = field.value;
    // In the middle of a word the keyboard would lose its thread.
    const composing = (event as InputEvent).isComposing;
    if (!composing && (known.length < 8 || known.length > 256)) refill();
  });
}
