/**
 * The clipboard panel. Browsers hand out the device's clipboard only to secure pages (https, or this machine), and some
 * ask the user each time: so a text field is what always works.
 *
 * @module
 */
import { button, element, write } from "./dom.ts";
import type { Viewer } from "./viewer.ts";

/** A text that is being written is sent when the writer pauses for so long, in ms. */
const PAUSE_MS = 250;

/** Keeps the field and the desktop's clipboard the same. */
export class ClipboardPanel {
  readonly #field = element("clipboard-text", HTMLTextAreaElement);
  readonly #note = element("clipboard-note", HTMLElement);
  #viewer: Viewer | undefined;
  #pause: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    this.#field.addEventListener("input", () => {
      clearTimeout(this.#pause);
      this.#pause = setTimeout(() => this.#send(), PAUSE_MS);
    });
    this.#field.addEventListener("change", () => this.#send());
    const [copy, paste] = [button("clipboard-copy"), button("clipboard-paste")];
    copy.addEventListener("click", () => void this.#copy());
    paste.addEventListener("click", () => void this.#paste());
    paste.hidden = !navigator.clipboard?.readText;
  }

  /** Texts are exchanged with this viewer from now on. */
  watch(viewer: Viewer | undefined): void {
    this.#viewer = viewer;
    this.#field.value = "";
    viewer?.addEventListener("clipboard", ({ detail }) => {
      if (viewer !== this.#viewer) return;
      this.#field.value = detail.text;
      this.#say("");
    });
  }

  #send(): void {
    clearTimeout(this.#pause);
    this.#viewer?.clipboardPasteFrom(this.#field.value);
  }

  async #copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(this.#field.value);
      this.#say("Copied to this device.");
    } catch {
      this.#field.select();
      this.#say("The browser keeps its clipboard to itself. The text is selected: press Ctrl+C.");
    }
  }

  async #paste(): Promise<void> {
    try {
      this.#field.value = await navigator.clipboard.readText();
      this.#send();
      this.#say("Sent: it can be pasted on the desktop now.");
    } catch {
      this.#field.focus();
      this.#say("The browser keeps its clipboard to itself: paste into the field.");
    }
  }

  #say(text: string): void {
    write(this.#note, text);
  }
}
