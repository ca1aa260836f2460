/**
 * What is seen while no desktop is: who is asked for what, what went wrong, and what happens next.
 *
 * @module
 */
import type { Credentials, State } from "./connection.ts";
import { button, element, write } from "./dom.ts";

/** What the user can do there. */
export interface CurtainActions {
  connect(credentials: Credentials | undefined, viewOnly: boolean): void;
  giveUp(): void;
}

/** The words for a state: title, text, the main button's. */
function wordsFor(state: State): readonly [title: string, text: string, action: string] {
  switch (state.name) {
    case "idle":
      return ["Not connected", "", "Connect"];
    case "connecting":
      return ["Connecting…", "", "Connect"];
    case "asking":
      return ["Who is there?", state.problem ?? "This desktop asks for a password.", "Log in"];
    case "connected":
      return ["Connected", "", "Connect"];
    case "waiting":
      return [state.reason, `Trying again in ${state.seconds} s`, "Try now"];
    case "refused":
      return state.ended
        ? ["Disconnected", state.reason, "Connect again"]
        : ["No way in", state.reason, "Try again"];
  }
}

/** The card in the middle of the page. */
export class Curtain {
  readonly #text = element("curtain-text", HTMLElement);
  readonly #fields = element("fields", HTMLElement);
  readonly #username = element("username", HTMLInputElement);
  readonly #password = element("password", HTMLInputElement);
  /** That of an authenticator. */
  readonly #code = element("code", HTMLInputElement);
  readonly #onlyLook = element("only-look", HTMLInputElement);
  readonly #connect = button("connect");
  readonly #giveUp = button("give-up");
  #asks = false;

  constructor(viewOnly: boolean, actions: CurtainActions) {
    this.#onlyLook.checked = viewOnly;
    element("card", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      actions.connect(this.#asks ? this.#credentials() : undefined, this.#onlyLook.checked);
    });
    this.#giveUp.addEventListener("click", () => actions.giveUp());
    void this.#tellSecrecy();
  }

  #about(): Promise<{ readonly https?: boolean; readonly codes?: boolean }> {
    return fetch("about.json").then((answer) => answer.json());
  }

  show(state: State): void {
    const [title, text, action] = wordsFor(state);
    this.#asks = state.name === "asking";
    const username = state.name === "asking" && state.username;
    write(element("curtain-title", HTMLElement), title);
    write(this.#text, text);
    this.#text.classList.toggle("problem", state.name === "asking" && state.problem !== undefined);
    write(this.#connect, action);
    this.#fields.hidden = !this.#asks;
    element("username-field", HTMLElement).hidden = !username;
    if (username) void this.#askForCodes();
    else element("code-field", HTMLElement).hidden = true;
    this.#connect.hidden = state.name === "connecting";
    this.#onlyLook.parentElement!.hidden = state.name === "connecting" || state.name === "waiting";
    this.#giveUp.hidden = state.name !== "connecting" && state.name !== "waiting";
    this.#code.value = ""; // it lets in once
    if (!this.#asks) this.#password.value = "";
    else (username && !this.#username.value ? this.#username : this.#password).focus();
    if (state.name === "idle" || state.name === "refused") this.#connect.focus();
  }

  set viewOnly(viewOnly: boolean) {
    this.#onlyLook.checked = viewOnly;
  }

  #credentials(): Credentials {
    const username = this.#username.value;
    const code = this.#code.value;
    return {
      password: this.#password.value + code,
      ...(username && { username }),
      ...(code && { once: true }),
    };
  }

  /** Shows a field for codes where anybody has an authenticator. */
  async #askForCodes(): Promise<void> {
    try {
      const { codes = false } = await this.#about();
      element("code-field", HTMLElement).hidden = !codes;
    } catch { /* a code may follow the password as well */ }
  }

  /** Says when others can listen, and the way out if there is one. */
  async #tellSecrecy(): Promise<void> {
    if (globalThis.isSecureContext) return;
    const line = element("secrecy", HTMLElement);
    line.textContent = "This connection is not encrypted.";
    try {
      const { https } = await this.#about();
      if (!https) return;
      const link = document.createElement("a");
      link.href = location.href.replace(/^http:/, "https:");
      link.textContent = "Use https";
      line.append(" ", link);
    } catch { /* the line says enough */ }
  }
}
