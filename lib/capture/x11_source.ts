/**
 * An X screen as a screen source: what is drawn on it, its pixels, size, monitors and pointer.
 *
 * @module
 */
import { DisplayLostError, NativeError } from "../core/errors.ts";
import type { FrameMemory } from "../core/frame_memory.ts";
import { intersect, type Point, type Rect, rectOf, type Size, translate } from "../core/geometry.ts";
import { Latch } from "../core/latch.ts";
import { getLogger } from "../core/log.ts";
import type { CursorImage, Frame } from "../core/pixels.ts";
import type { XDisplay } from "../ffi/x_display.ts";
import { XError } from "../ffi/x_error.ts";
import { BAD_MATCH } from "../ffi/x_names.ts";
import { XFixesCursor } from "../ffi/x_fixes_cursor.ts";
import { type Monitor, XRandr } from "../ffi/x_randr.ts";
import { pointerPosition, screenSize } from "../ffi/x_screen.ts";
import { XWindowWatcher } from "../ffi/x_window_watcher.ts";
import type { PixelReader } from "./pixel_reader.ts";
import {
  ResizeResult,
  type ScreenCapabilities,
  type ScreenLayout,
  type ScreenSource,
  type WindowMove,
} from "./screen_source.ts";
import { GetImageReader } from "./x11_get_image.ts";
import { ShmReader } from "./x11_shm.ts";
import { X11Damage } from "./x11_damage.ts";

const logger = getLogger("capture");

/** Opens one way to read a screen. @throws {NativeError} It does not work here. */
export type OpenReader = (display: XDisplay, memory: FrameMemory, size: Size) => PixelReader;

const shm: OpenReader = (display, memory, size) => new ShmReader(display, memory, size);
const getImage: OpenReader = (display, memory, size) => new GetImageReader(display, memory, size);

/** From the best one down. */
const READERS = { auto: [shm, getImage], shm: [shm], "get-image": [getImage] } as const;

/** How {@linkcode openX11Source} looks at its screen. */
export interface X11SourceOptions {
  /** How pixels are read. "auto": through shared memory where that works. */
  readonly capture?: "auto" | "shm" | "get-image";
  /** In place of what `capture` names, from the best one down. */
  readonly readers?: readonly OpenReader[];
  /** Least time from one look to the next where the display does not report damage, in ms. Default 15. */
  readonly pollIntervalMs?: number;
  /** Milliseconds since some fixed moment. Default `performance.now`. */
  readonly now?: () => number;
}

/**
 * Opens the screen of a display, which is borrowed and must outlive the source.
 *
 * @param memory Where frames are to lie.
 * @throws {NativeError} Its pixels cannot be read in the way that was asked for.
 * @throws {DisplayLostError} The display has gone.
 */
// deno-lint-ignore require-await -- all sources open alike
export async function openX11Source(
  display: XDisplay,
  memory: FrameMemory,
  options: X11SourceOptions = {},
): Promise<ScreenSource> {
  if (display.extension("XWAYLAND")) {
    logger.warning(
      "{display} is Xwayland, through which a Wayland desktop cannot be seen: use wayvnc if the picture stays black",
      { display: display.name },
    );
  }
  return new X11Source(display, memory, options);
}

/** A server that has answered so recently, in ms, is taken to answer. */
const ANSWERED_MS = 5;

class X11Source implements ScreenSource {
  readonly capabilities: ScreenCapabilities;
  readonly #display: XDisplay;
  readonly #memory: FrameMemory;
  readonly #readers: readonly OpenReader[];
  readonly #watching = new DisposableStack();
  readonly #damage: X11Damage;
  readonly #cursor: XFixesCursor | undefined;
  readonly #randr: XRandr | undefined;
  readonly #windows: XWindowWatcher;
  /** Set when there is something to take, or to find out. */
  readonly #news = new Latch();
  #reader: PixelReader;
  /** Which of the ways to read is in use. */
  #readerAt = 0;
  #layout: readonly ScreenLayout[];
  /** Something happened that is not damage. */
  #untaken = true;
  #arrangementStale = false;
  /** All that was reported before has been read. */
  #isSettled = false;
  #pointer: Point | undefined;
  #disposed = false;

  constructor(display: XDisplay, memory: FrameMemory, options: X11SourceOptions) {
    this.#display = display;
    this.#memory = memory;
    this.#readers = options.readers ?? READERS[options.capture ?? "auto"];
    using opening = new DisposableStack();
    const tell = () => this.#tell();
    const rearranged = () => {
      this.#arrangementStale = true;
      this.#tell();
    };
    // The watching comes first, so that no change falls between looking and watching.
    this.#windows = opening.use(new XWindowWatcher(display, rearranged));
    this.#randr = opening.use(XRandr.create(display, rearranged));
    this.#cursor = opening.use(XFixesCursor.create(display, tell));
    const size = screenSize(display);
    this.#damage = opening.use(new X11Damage(display, size, this.#news, options));
    this.#reader = this.#openReader(size, 0);
    // The reader is replaced now and then: whichever is there at the end.
    opening.defer(() => this.#reader[Symbol.dispose]());
    this.#layout = layoutOf(this.#randr?.monitors() ?? [], size);
    this.capabilities = {
      damage: this.#damage.reported,
      cursor: this.#cursor !== undefined,
      resize: this.#randr?.canResize ?? false,
      still: true,
    };
    const lost = () => this.#news.set();
    display.lostSignal.addEventListener("abort", lost);
    opening.defer(() => display.lostSignal.removeEventListener("abort", lost));
    this.#watching = opening.move();
    logger.info("Screen of {display} is read by {way}", {
      display: display.name,
      way: this.#reader.name,
      ...size,
      ...this.capabilities,
    });
  }

  get name(): string {
    return this.#reader.name;
  }

  get size(): Size {
    const { width, height } = this.#reader.frame;
    return { width, height };
  }

  get layout(): readonly ScreenLayout[] {
    return this.#layout;
  }

  async changed(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.#check();
    if (this.#untaken || this.#damage.untaken) return;
    using _poll = this.#damage.planPoll();
    await this.#news.wait(signal);
    this.#check();
  }

  /** The server may stand still; see {@linkcode XPulse}. */
  async ready(): Promise<void> {
    this.#check();
    const { pulse } = this.#display;
    while (!pulse.answers()) await pulse.beat();
    this.#check();
    this.#isSettled = true;
  }

  takeDamage(): readonly Rect[] {
    this.#settle();
    this.#untaken = false;
    if (this.#arrangementStale) this.#rearrange();
    return this.#damage.take();
  }

  smallDamage(): readonly Rect[] | undefined {
    this.#settle();
    return this.#arrangementStale ? [] : this.#damage.small();
  }

  async capture(rects: readonly Rect[]): Promise<Frame> {
    this.#check();
    const reader = this.#reader;
    try {
      await this.#read(reader, rects);
    } catch (error) {
      if (!isFault(error)) throw error;
      if (!this.#isSmaller(error)) return await this.#readAgain(reader, rects);
    }
    return reader.frame;
  }

  cursor(): CursorImage | undefined {
    this.#check();
    return this.#cursor?.image();
  }

  pointer(): Point | undefined {
    this.#check();
    if (!this.#display.pulse.answers(ANSWERED_MS)) return this.#pointer;
    return this.#pointer = pointerPosition(this.#display);
  }

  takeWindowMoves(): readonly WindowMove[] {
    this.#check();
    return this.#windows.takeMoves().map((move) => onScreen(move, this.size)).filter((move) =>
      move !== undefined
    );
  }

  // deno-lint-ignore require-await -- the port lets sources take their time
  async resize(size: Size, layout: readonly ScreenLayout[]): Promise<ResizeResult> {
    this.#check();
    if (!this.#randr) return ResizeResult.Prohibited;
    const [only] = layout;
    if (layout.length !== 1 || only!.x !== 0 || only!.y !== 0) return ResizeResult.InvalidLayout;
    if (only!.width !== size.width || only!.height !== size.height) return ResizeResult.InvalidLayout;
    switch (this.#randr.resize(size)) {
      case "done":
        return ResizeResult.Done;
      case "prohibited":
        return ResizeResult.Prohibited;
      case "out of resources":
        return ResizeResult.OutOfResources;
      case "invalid":
        return ResizeResult.InvalidLayout;
    }
  }

  // deno-lint-ignore require-await -- nothing here has to be waited for
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#watching.dispose();
    this.#news.set();
  }

  /** What woke us may be the beginning of what is being drawn: a round trip, and the rest has been reported too. */
  #settle(): void {
    this.#check();
    if (!this.#isSettled) {
      this.#display.sync();
      this.#display.dispatch();
    }
    this.#isSettled = false;
  }

  #tell(): void {
    this.#untaken = true;
    this.#news.set();
  }

  #check(): void {
    if (this.#disposed) throw new TypeError("Cannot use the screen as it is disposed");
    this.#display.throwIfLost();
  }

  #rearrange(): void {
    const size = screenSize(this.#display);
    if (size.width !== this.size.width || size.height !== this.size.height) {
      // What failed before may work again now, so from the best way on.
      const reader = this.#reopenReader(size, 0);
      this.#reader[Symbol.dispose]();
      this.#reader = reader;
      this.#damage.resize(size);
    }
    this.#layout = layoutOf(this.#randr?.monitors() ?? [], size);
    this.#arrangementStale = false;
  }

  async #read(reader: PixelReader, rects: readonly Rect[]): Promise<void> {
    if (await reader.read(rects)) this.#damage.all();
  }

  /** Whether the screen has become smaller, of which the news is on its way; notes it if so. */
  #isSmaller(error: NativeError): boolean {
    if (!(error instanceof XError && error.code === BAD_MATCH)) return false;
    const { width, height } = screenSize(this.#display);
    if (width === this.size.width && height === this.size.height) return false;
    this.#arrangementStale = true;
    this.#damage.all();
    this.#tell();
    return true;
  }

  /** Once more the same way; and if that fails too, all of the screen by the next one. */
  async #readAgain(reader: PixelReader, rects: readonly Rect[]): Promise<Frame> {
    try {
      await this.#read(reader, rects);
      return reader.frame;
    } catch (error) {
      if (!isFault(error)) throw error;
      if (this.#isSmaller(error)) return reader.frame;
      this.#failOver(reader, error);
      return await this.capture([rectOf(this.size)]);
    }
  }

  #failOver(failed: PixelReader, fault: NativeError): void {
    const { name } = failed;
    const display = this.#display.name;
    if (this.#readerAt + 1 >= this.#readers.length) {
      throw new DisplayLostError(`Cannot read the screen of ${display} any more: ${fault.message}`, "", {
        cause: fault,
      });
    }
    this.#reader = this.#reopenReader(this.size, this.#readerAt + 1);
    failed[Symbol.dispose]();
    this.#damage.all();
    this.#tell();
    logger.warning("Screen of {display} is read by {way} from now on, as {before} fails: {reason}", {
      display,
      way: this.#reader.name,
      before: name,
      reason: fault.message,
    });
  }

  /** What is wrong here while the source is in use may be right again later, as when the display is lost. */
  #reopenReader(size: Size, from: number): PixelReader {
    try {
      return this.#openReader(size, from);
    } catch (error) {
      if (!isFault(error)) throw error;
      throw new DisplayLostError(error.message, error.symbol, { cause: error });
    }
  }

  /** The first way from `from` on that works. @throws {NativeError} None does. */
  #openReader(size: Size, from: number): PixelReader {
    for (let at = from;; at++) {
      try {
        const reader = this.#readers[at]!(this.#display, this.#memory, size);
        this.#readerAt = at;
        return reader;
      } catch (error) {
        if (at + 1 >= this.#readers.length || !isFault(error)) throw error;
        logger.warning("Capture is slow, as memory cannot be shared with the X server: {reason}", {
          reason: error.message,
        });
      }
    }
  }
}

/** Whether the display is there and refused something. */
function isFault(error: unknown): error is NativeError {
  return error instanceof NativeError && !(error instanceof DisplayLostError);
}

/** The monitors as far as they are on the screen; the screen as one monitor, when none is. */
function layoutOf(monitors: readonly Monitor[], size: Size): ScreenLayout[] {
  const layout: ScreenLayout[] = [];
  for (const monitor of monitors) {
    const part = intersect(monitor, rectOf(size));
    if (part) layout.push({ ...part, id: monitor.id, flags: 0 });
  }
  return layout.length > 0 ? layout : [{ ...rectOf(size), id: 0, flags: 0 }];
}

/** The part of a move whose both ends are on the screen. */
function onScreen({ from, to }: WindowMove, size: Size): WindowMove | undefined {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const seen = intersect(from, rectOf(size));
  const left = seen && intersect(translate(seen, dx, dy), rectOf(size));
  return left && { from: translate(left, -dx, -dy), to: left };
}
