/**
 * One conversation with PAM: a name, a password, and the system's word.
 *
 * @module
 */
import { NativeError } from "../core/errors.ts";
import { structAt } from "./c_arrays.ts";
import { cString } from "./c_strings.ts";
import type { OpenLibrary } from "./library.ts";
import { LIBC_MEMORY, LIBPAM } from "./libpam.ts";

/** `<security/_pam_types.h>` */
const PAM_SUCCESS = 0;
const PAM_BUF_ERR = 5;
const PAM_CONV_ERR = 19;
const PAM_SILENT = 0x8000;
const PAM_DISALLOW_NULL_AUTHTOK = 0x0001;
const PAM_RHOST = 4;
const PAM_FAIL_DELAY = 10;
const PAM_PROMPT_ECHO_OFF = 1;
const PAM_PROMPT_ECHO_ON = 2;
const PAM_MAX_NUM_MSG = 32;
/** `sizeof(struct pam_response)`: a pointer and an int. */
const RESPONSE_BYTES = 16;

/** `int conv(int num_msg, const struct pam_message **msg, struct pam_response **resp, void *appdata_ptr)` */
const CONVERSATION = { parameters: ["i32", "pointer", "pointer", "pointer"], result: "i32" } as const;
/** `void delay(int retval, unsigned usec_delay, void *appdata_ptr)` */
const DELAY = { parameters: ["i32", "u32", "pointer"], result: "void" } as const;

/** Who wants in. */
export interface PamQuestion {
  /** The file in /etc/pam.d. */
  readonly service: string;
  readonly user: string;
  readonly password: string;
  /** Where the user is: an address without a port. */
  readonly host: string;
}

/** What the system says. */
export interface PamAnswer {
  /** Why not, in the system's words; `undefined` when the user may come in. */
  readonly refusal: string | undefined;
  /** How long the system wants a refusal to take, in ms. */
  readonly delayMs: number;
}

/** PAM, opened. */
export class Pam implements Disposable {
  readonly #pam: OpenLibrary<typeof LIBPAM.definition.symbols>;
  readonly #memory: OpenLibrary<typeof LIBC_MEMORY.definition.symbols>;
  #running = 0;
  #disposed = false;

  /** @throws {NativeError} PAM is not installed; says how to install it. */
  constructor() {
    this.#pam = LIBPAM.open();
    this.#memory = LIBC_MEMORY.open();
  }

  /**
   * Asks whether a user may come in: the password first, then whether the account is good (pam_authenticate(3),
   * pam_acct_mgmt(3)). Takes as long as the modules take, on a thread of its own.
   *
   * @throws {NativeError} The conversation could not begin.
   */
  async ask(question: PamQuestion): Promise<PamAnswer> {
    this.#running++;
    try {
      return await this.#converse(question);
    } finally {
      this.#running--;
      if (this.#disposed) this.#close();
    }
  }

  /** A conversation that goes on keeps what it needs until it is over. */
  [Symbol.dispose](): void {
    this.#disposed = true;
    this.#close();
  }

  #close(): void {
    if (this.#running > 0) return;
    this.#pam[Symbol.dispose]();
    this.#memory[Symbol.dispose]();
  }

  async #converse({ service, user, password, host }: PamQuestion): Promise<PamAnswer> {
    if (password.includes("\0") || user.includes("\0")) return { refusal: "a zero byte", delayMs: 0 };
    const { symbols } = this.#pam;
    let delayMs = 0;
    // Called on PAM's thread, run on ours: PAM waits for it meanwhile.
    const conversation = Deno.UnsafeCallback.threadSafe(
      CONVERSATION,
      (count, messages, responses) => this.#reply(count, messages, responses, user, password),
    );
    // Else PAM would hold its thread for the time that a refusal is to take.
    const delay = Deno.UnsafeCallback.threadSafe(DELAY, (_result, microseconds) => {
      delayMs = Math.max(delayMs, microseconds / 1000);
    });
    const names = [cString(service), cString(user)] as const;
    const conv = BigUint64Array.of(Deno.UnsafePointer.value(conversation.pointer), 0n);
    const handles = new BigUint64Array(1);
    try {
      const started = await symbols.pam_start(...names, conv, handles);
      const handle = Deno.UnsafePointer.create(handles[0]!);
      if (started !== PAM_SUCCESS || handle === null) {
        throw new NativeError(`Cannot begin with PAM's service ${service}: error ${started}`, "pam_start");
      }
      symbols.pam_set_item(handle, PAM_RHOST, Deno.UnsafePointer.of(cString(host)));
      symbols.pam_set_item(handle, PAM_FAIL_DELAY, delay.pointer);
      let result = await symbols.pam_authenticate(handle, PAM_SILENT | PAM_DISALLOW_NULL_AUTHTOK);
      if (result === PAM_SUCCESS) {
        result = await symbols.pam_acct_mgmt(handle, PAM_SILENT | PAM_DISALLOW_NULL_AUTHTOK);
      }
      const refusal = result === PAM_SUCCESS ? undefined : this.#wordsFor(handle, result);
      await symbols.pam_end(handle, result);
      return { refusal, delayMs: refusal === undefined ? 0 : delayMs };
    } finally {
      conversation.close();
      delay.close();
    }
  }

  #wordsFor(handle: Deno.PointerObject, result: number): string {
    const words = this.#pam.symbols.pam_strerror(handle, result);
    return words === null ? `error ${result}` : Deno.UnsafePointerView.getCString(words);
  }

  /** What PAM's modules ask for gets the password when it is not to be seen, and the name when it is. Never throws. */
  #reply(
    count: number,
    messages: Deno.PointerValue,
    responses: Deno.PointerValue,
    user: string,
    password: string,
  ): number {
    try {
      if (count < 1 || count > PAM_MAX_NUM_MSG || !messages || !responses) return PAM_CONV_ERR;
      const { calloc, strdup } = this.#memory.symbols;
      const array = calloc(BigInt(count), BigInt(RESPONSE_BYTES));
      if (array === null) return PAM_BUF_ERR;
      const answers = structAt(array, count * RESPONSE_BYTES);
      const asked = structAt(messages, count * 8);
      for (let i = 0; i < count; i++) {
        const message = Deno.UnsafePointer.create(asked.getBigUint64(i * 8, true))!;
        const style = structAt(message, 4).getInt32(0, true);
        const answer = style === PAM_PROMPT_ECHO_OFF
          ? password
          : style === PAM_PROMPT_ECHO_ON
          ? user
          : undefined;
        if (answer === undefined) continue; // it only tells something
        answers.setBigUint64(
          i * RESPONSE_BYTES,
          BigInt(Deno.UnsafePointer.value(strdup(cString(answer)))),
          true,
        );
      }
      structAt(responses, 8).setBigUint64(0, BigInt(Deno.UnsafePointer.value(array)), true);
      return PAM_SUCCESS;
    } catch {
      return PAM_CONV_ERR;
    }
  }
}
