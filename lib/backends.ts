/**
 * What a display's name opens: a screen, its input and its clipboard, put together.
 *
 * @module
 */
import { openX11Source } from "./capture/x11_source.ts";
import { X11Selections } from "./clipboard/x11_selections.ts";
import type { FrameMemory } from "./core/frame_memory.ts";
import { NativeError } from "./core/errors.ts";
import type { Size } from "./core/geometry.ts";
import { getLogger } from "./core/log.ts";
import type { DesktopBackend } from "./desktop/backend.ts";
import { XCurtain } from "./ffi/x_curtain.ts";
import { XDisplay } from "./ffi/x_display.ts";
import { putBackLeftovers } from "./ffi/x_leftovers.ts";
import { XNotes } from "./ffi/x_notes.ts";
import { XRandr } from "./ffi/x_randr.ts";
import { XQuestioner } from "./ffi/x_question.ts";
import { DiscardedInput } from "./input/discard.ts";
import { XTestInput } from "./input/xtest.ts";
import type { ResolvedOptions } from "./server_options.ts";

/** Opens what the options name. @throws {NativeError} It cannot be opened; says what to do. */
export async function openBackend(options: ResolvedOptions, memory: FrameMemory): Promise<DesktopBackend> {
  const backend = await openUnscaled(options, memory);
  return options.scaleFactor === 1 ? backend : await scaled(backend, memory, options.scaleFactor);
}

/** Shows a backend's screen at another size. Owns the backend. */
async function scaled(
  backend: DesktopBackend,
  memory: FrameMemory,
  factor: number,
): Promise<DesktopBackend> {
  await using opening = new AsyncDisposableStack();
  opening.use(backend);
  const { loadKernels, ScaledInput, ScaledSource }: typeof import("./scaled.ts") = await import(
    import.meta.resolve("./scaled.ts")
  );
  const screen = opening.use(new ScaledSource(backend.screen, memory, loadKernels(memory), factor));
  const input = new ScaledInput(backend.input, () => screen.scaling);
  const resources = opening.move();
  return { ...backend, screen, input, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}

function openUnscaled(options: ResolvedOptions, memory: FrameMemory): Promise<DesktopBackend> {
  if (options.openDesktop) return openCustom(options.openDesktop);
  if (options.display.startsWith("pattern:")) return openTestCard(options.display, memory);
  return openX11(options, memory);
}

async function openCustom(open: NonNullable<ResolvedOptions["openDesktop"]>): Promise<DesktopBackend> {
  const { screen, input = new DiscardedInput(), clipboard, questioner, curtain } = await open();
  const resources = new AsyncDisposableStack();
  resources.use(screen);
  resources.use(input);
  resources.use(clipboard);
  return {
    name: screen.name,
    screen,
    input,
    ...(clipboard && { clipboard }),
    ...(questioner && { questioner }),
    ...(curtain && { curtain }),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

function openTestCard(display: string, memory: FrameMemory): Promise<DesktopBackend> {
  return openCustom(async () => {
    const { openPattern, parsePatternAddress }: typeof import("./capture/pattern.ts") = await import(
      import.meta.resolve("./capture/pattern.ts")
    );
    return { screen: openPattern(memory, parsePatternAddress(display) ?? {}) };
  });
}

async function openX11(options: ResolvedOptions, memory: FrameMemory): Promise<DesktopBackend> {
  await using opening = new AsyncDisposableStack();
  const display = opening.use(
    XDisplay.open({
      ...(options.display && { display: options.display }),
      ...(options.authority && { authority: options.authority }),
    }),
  );
  const screen = opening.use(await openX11Source(display, memory, { capture: options.capture }));
  if (putBackLeftovers(display) > 0) {
    getLogger("x11").info("{name} has back what a server that was killed had changed", {
      name: display.name,
    });
  }
  const notes = opening.use(new XNotes(display));
  const input = opening.use(new XTestInput(display, { notes }));
  const clipboard = options.clipboard === "off" ? undefined : opening.use(
    new X11Selections(display, { selections: options.clipboard, limit: options.limits.cutTextBytes }),
  );
  const resources = opening.move();
  return {
    name: display.name,
    screen,
    input,
    ...(clipboard && { clipboard }),
    questioner: new XQuestioner(display),
    curtain: new XCurtain(display, notes),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

/** An X display: its name, and the X authority file that opens it. */
export interface DisplayAddress {
  readonly display: string;
  readonly authority: string;
}

/**
 * Puts back what servers that were killed have changed of an X display: keys, monitors, devices. A server does so by
 * itself when it opens a display.
 *
 * @param address With "" for $DISPLAY, and for the usual authority file.
 * @returns How many servers that were.
 * @throws {NativeError} The display cannot be opened.
 */
export function restoreDisplay({ display: name, authority }: DisplayAddress): number {
  using display = XDisplay.open({ ...(name && { display: name }), ...(authority && { authority }) });
  return putBackLeftovers(display);
}

/** Gives an X display's screen another size, by RANDR. @throws {NativeError} It does not take it; says why. */
export function resizeDisplay(address: DisplayAddress, size: Size): void {
  using display = XDisplay.open(address);
  using randr = XRandr.create(display, () => {});
  const result = randr?.resize(size) ?? "prohibited";
  if (result !== "done") {
    throw new NativeError(
      `Cannot make ${address.display} ${size.width}x${size.height}: ${result}`,
      "XRRSetScreenSize",
    );
  }
}
