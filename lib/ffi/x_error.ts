/**
 * X errors: what they say, and the handlers that receive them (X Window System Protocol, "Errors").
 *
 * Xlib has one error handler and one I/O error handler per process; without them it ends the process. Callbacks
 * belong to the thread that made them, so one thread only may use X.
 *
 * @module
 */
import { NativeError } from "../core/errors.ts";
import { getLogger } from "../core/log.ts";
import type { LibX11 } from "./libx11.ts";
import { XErrorEvent } from "./structs.ts";
import type { DisplayPointer } from "./types.ts";
import { errorName, type ExtensionCodes, requestName } from "./x_names.ts";

/** An X server refused a request. `symbol` is the request's name. */
export class XError extends NativeError {
  /** Number and name of the error: 8 and "BadMatch". */
  readonly code: number;
  readonly codeName: string;
  /** Major opcode of the request. */
  readonly request: number;
  /** Minor opcode of an extension's request; 0 for a core request. */
  readonly minor: number;
  /** The resource, atom or value that was bad. */
  readonly resource: number;
  /** Lower 32 bits of the request's number on its connection. */
  readonly serial: number;

  constructor(details: XErrorDetails, extensions: ReadonlyMap<string, ExtensionCodes>) {
    const codeName = errorName(details.code, extensions);
    const request = requestName(details.request, details.minor, extensions);
    super(`X server refused ${request}: ${codeName}, resource 0x${details.resource.toString(16)}`, request);
    this.code = details.code;
    this.codeName = codeName;
    this.request = details.request;
    this.minor = details.minor;
    this.resource = details.resource;
    this.serial = details.serial;
  }
}

/** The content of an `XErrorEvent`. */
export interface XErrorDetails {
  readonly code: number;
  readonly request: number;
  readonly minor: number;
  readonly resource: number;
  readonly serial: number;
}

/** What happens on one connection. Called from inside of Xlib: must neither throw nor call Xlib. */
export interface XErrorReceiver {
  xError(details: XErrorDetails): void;
  /** The connection is gone; Xlib must not be called with it any more, except to close it. */
  connectionLost(): void;
}

/** The process's X error handlers, shared by all open displays. */
export class XErrorHandlers implements Disposable {
  static #shared: { readonly handlers: XErrorHandlers; users: number } | undefined;

  readonly #x11: LibX11;
  readonly #receivers: { readonly display: DisplayPointer; readonly receiver: XErrorReceiver }[] = [];
  readonly #onError: Deno.UnsafeCallback<{ parameters: ["pointer", "pointer"]; result: "i32" }>;
  readonly #onIoError: Deno.UnsafeCallback<{ parameters: ["pointer"]; result: "i32" }>;
  readonly #onIoErrorExit: Deno.UnsafeCallback<{ parameters: ["pointer", "pointer"]; result: "void" }>;
  readonly #previous: Deno.PointerValue;
  readonly #previousIo: Deno.PointerValue;

  /** Installs the handlers, or joins those who have done so. @param x11 Stays open until all have left. */
  static join(x11: LibX11): XErrorHandlers {
    const shared = XErrorHandlers.#shared ??= { handlers: new XErrorHandlers(x11), users: 0 };
    shared.users++;
    return shared.handlers;
  }

  private constructor(x11: LibX11) {
    this.#x11 = x11;
    this.#onError = new Deno.UnsafeCallback(
      { parameters: ["pointer", "pointer"], result: "i32" },
      (display, event) => {
        if (event !== null) this.#receiver(display)?.xError(readErrorEvent(event));
        return 0;
      },
    );
    // Returning from here lets Xlib go on to the exit handler of the display, which does not exit.
    this.#onIoError = new Deno.UnsafeCallback({ parameters: ["pointer"], result: "i32" }, (display) => {
      this.#receiver(display)?.connectionLost();
      return 0;
    });
    this.#onIoErrorExit = new Deno.UnsafeCallback(
      { parameters: ["pointer", "pointer"], result: "void" },
      (display) => this.#receiver(display)?.connectionLost(),
    );
    this.#previous = x11.XSetErrorHandler(this.#onError.pointer);
    this.#previousIo = x11.XSetIOErrorHandler(this.#onIoError.pointer);
  }

  /** Sends what happens on `display` to `receiver` from now on. */
  attach(display: DisplayPointer, receiver: XErrorReceiver): void {
    this.#receivers.push({ display, receiver });
    if (this.#x11.XSetIOErrorExitHandler) {
      this.#x11.XSetIOErrorExitHandler(display, this.#onIoErrorExit.pointer, null);
    } else {
      getLogger("x11").warning("libX11 is older than 1.7: this process will end when the X server does");
    }
  }

  /** The display is closed. */
  detach(receiver: XErrorReceiver): void {
    const at = this.#receivers.findIndex((one) => one.receiver === receiver);
    if (at >= 0) this.#receivers.splice(at, 1);
  }

  /** Leaves; the last one restores what was there before. */
  [Symbol.dispose](): void {
    const shared = XErrorHandlers.#shared;
    if (!shared || --shared.users > 0) return;
    XErrorHandlers.#shared = undefined;
    this.#x11.XSetErrorHandler(this.#previous);
    this.#x11.XSetIOErrorHandler(this.#previousIo);
    this.#onError.close();
    this.#onIoError.close();
    this.#onIoErrorExit.close();
  }

  #receiver(display: Deno.PointerValue): XErrorReceiver | undefined {
    return this.#receivers.find((one) => Deno.UnsafePointer.equals(one.display, display))?.receiver;
  }
}

function readErrorEvent(event: Deno.PointerObject): XErrorDetails {
  const view = new Deno.UnsafePointerView(event);
  return {
    code: view.getUint8(XErrorEvent.error_code),
    request: view.getUint8(XErrorEvent.request_code),
    minor: view.getUint8(XErrorEvent.minor_code),
    resource: view.getUint32(XErrorEvent.resourceid),
    serial: view.getUint32(XErrorEvent.serial),
  };
}
