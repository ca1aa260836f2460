/**
 * Pixels of the screen through memory that is shared with the X server (the MIT-SHM extension).
 *
 * @module
 */
import { NativeError } from "../core/errors.ts";
import type { Rect, Size } from "../core/geometry.ts";
import { structAt } from "./c_arrays.ts";
import type { LibC } from "./libc.ts";
import { LIBXEXT, type LibXext } from "./libxext.ts";
import { XImage, XShmSegmentInfo } from "./structs.ts";
import type { XImagePointer } from "./types.ts";
import type { XDisplay } from "./x_display.ts";
import { XShmPixmap } from "./x_shm_pixmap.ts";

const ALL_PLANES = 0xffffffff;
const Z_PIXMAP = 2;
const IPC_PRIVATE = 0;
const IPC_RMID = 0;
const SHM_REMAP = 0o40000;
/** For this user's programs only, the X server among them or run by root. */
const PERMISSIONS = 0o600;
const PROT_READ_WRITE = 3;
const MAP_PRIVATE_FIXED_ANONYMOUS = 0x32;
const MAP_FAILED = 0xffff_ffff_ffff_ffffn;

/** An image as large as the screen in shared memory. Owns the segment; borrows the display and the place. */
export class XShmImage implements Disposable {
  /** The pixels in the display's layout, row after row. Gone when this is disposed: they must not be touched then. */
  readonly bytes: Uint8Array;
  /** Bytes from one row to the next. */
  readonly bytesPerRow: number;
  readonly #display: XDisplay;
  readonly #library: LibXext;
  readonly #image: XImagePointer;
  /** The image's struct, in place. */
  readonly #struct: DataView<ArrayBuffer>;
  readonly #segment: Segment;
  /** `XShmSegmentInfo`, which Xlib holds on to. */
  readonly #info: Uint8Array<ArrayBuffer>;
  readonly #pixmap: XShmPixmap | undefined;
  #disposed = false;

  /**
   * Makes an image, marked for removal so that nothing is left of it however this process ends.
   *
   * @param place Where it is to be mapped: at a page's start, of at least {@linkcode XShmImage.byteLength}. What is
   *   there is lost. Without a place it gets one of its own.
   * @param options.pixmap Whether to have parts of the screen copied, where the server does that. Default true.
   * @throws {NativeError} The server or the system does not allow it: another machine, another IPC namespace,
   *   another user, no memory; or it cannot be mapped at `place`.
   * @throws {DisplayLostError} The display has gone.
   */
  static create(
    display: XDisplay,
    size: Size,
    place?: Uint8Array,
    options: { readonly pixmap?: boolean } = {},
  ): XShmImage {
    if (!display.extension("MIT-SHM")) {
      throw new NativeError(
        `Cannot share memory: ${display.name} has no extension MIT-SHM`,
        "XShmQueryExtension",
      );
    }
    return new XShmImage(display, display.library(LIBXEXT), size, place, options.pixmap ?? true);
  }

  private constructor(
    display: XDisplay,
    library: LibXext,
    size: Size,
    place: Uint8Array | undefined,
    pixmap: boolean,
  ) {
    this.#display = display;
    this.#library = library;
    // Xlib keeps this address: the memory of an ArrayBuffer stays where it is, that of a small array may not.
    this.#info = new Uint8Array(new ArrayBuffer(XShmSegmentInfo.size));
    using opening = new DisposableStack();
    const image = library.XShmCreateImage(
      display.handle,
      display.visual,
      display.depth,
      Z_PIXMAP,
      null,
      this.#info,
      size.width,
      size.height,
    );
    if (image === null) throw new NativeError("Cannot make an image in shared memory", "XShmCreateImage");
    this.#image = opening.adopt(image, (image) => display.x11.XDestroyImage(image));
    this.#struct = structAt(image, XImage.size);
    this.bytesPerRow = this.#struct.getInt32(XImage.bytes_per_line, true);
    this.#segment = opening.use(new Segment(display.libc, this.bytesPerRow * size.height, place));
    this.bytes = this.#segment.bytes;
    const info = new DataView(this.#info.buffer);
    info.setInt32(XShmSegmentInfo.shmid, this.#segment.id, true);
    info.setBigUint64(XShmSegmentInfo.shmaddr, this.#segment.address, true);
    info.setInt32(XShmSegmentInfo.readOnly, 0, true);
    const { value, error } = display.trap(() => library.XShmAttach(display.handle, this.#info));
    if (error || !value) {
      const reason = error ? error.codeName : "no reason given";
      throw new NativeError(`X server cannot attach the shared memory: ${reason}`, "XShmAttach", {
        cause: error,
      });
    }
    this.#segment.remove();
    if (pixmap) this.#pixmap = XShmPixmap.create(display, library, this.#info, this.#segment.at, size);
    opening.move();
  }

  /** Whether `copy` can be used: in all servers that draw in the system's memory. */
  get canCopy(): boolean {
    return this.#pixmap !== undefined;
  }

  /**
   * Reads rectangles of the screen to their places in {@linkcode bytes}. Blocks: 20 µs and the bytes.
   *
   * @param rects What the screen does not have any more stays as it is.
   * @throws {NativeError} The server does not do this.
   * @throws {DisplayLostError} The display has gone.
   */
  copy(rects: readonly Rect[]): void {
    this.#check("XCopyArea");
    if (!this.#pixmap) throw new NativeError("Cannot copy: the X server shares no pixmaps", "XCopyArea");
    this.#pixmap.copy(rects);
  }

  /**
   * Reads rows `top` to `top + height - 1` of the screen to their place in {@linkcode bytes}, in the whole width.
   * For servers that cannot `copy`. Blocks: 50 µs and the bytes, 0.2 ms for a full HD screen.
   *
   * @throws {XError} BadMatch: the screen is not that large any more.
   * @throws {DisplayLostError} The display has gone.
   */
  grab(top: number, height: number): void {
    this.#check("XShmGetImage");
    this.#struct.setInt32(XImage.height, height, true);
    this.#struct.setBigUint64(XImage.data, this.#segment.address + BigInt(top * this.bytesPerRow), true);
    const { value, error } = this.#display.trap(
      () =>
        this.#library.XShmGetImage(this.#display.handle, this.#display.root, this.#image, 0, top, ALL_PLANES),
      { sync: false },
    );
    if (error) throw error;
    if (!value) throw new NativeError("Cannot read the screen", "XShmGetImage");
  }

  [Symbol.dispose](): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#pixmap?.[Symbol.dispose]();
    if (!this.#display.lost) this.#library.XShmDetach(this.#display.handle, this.#info);
    // Frees the struct only; that of a shared image leaves its data alone.
    this.#display.x11.XDestroyImage(this.#image);
    this.#segment[Symbol.dispose]();
  }

  #check(symbol: string): void {
    if (this.#disposed) throw new NativeError("Cannot read the screen: the image is disposed", symbol);
  }
}

/** A System V shared memory segment, mapped. */
class Segment implements Disposable {
  readonly id: number;
  readonly address: bigint;
  readonly bytes: Uint8Array;
  readonly #libc: LibC;
  readonly at: Deno.PointerObject;
  readonly #length: number;
  readonly #inPlace: boolean;
  #removed = false;

  constructor(libc: LibC, length: number, place: Uint8Array | undefined) {
    this.#libc = libc;
    this.#length = length;
    this.#inPlace = place !== undefined;
    this.id = libc.shmget(IPC_PRIVATE, BigInt(length), PERMISSIONS);
    if (this.id < 0) {
      throw new NativeError(
        `Cannot get ${length} bytes of shared memory: see "ipcs -l" for its limits`,
        "shmget",
      );
    }
    const at = libc.shmat(this.id, place ? Deno.UnsafePointer.of(place) : null, place ? SHM_REMAP : 0);
    if (at === null || BigInt(Deno.UnsafePointer.value(at)) === MAP_FAILED) {
      this.remove();
      throw new NativeError(`Cannot map the shared memory${place ? " into the frame" : ""}`, "shmat");
    }
    this.at = at;
    this.address = BigInt(Deno.UnsafePointer.value(at));
    this.bytes = place
      ? place.subarray(0, length)
      : new Uint8Array(Deno.UnsafePointerView.getArrayBuffer(at, length));
  }

  /** Marks it for removal with its last user. */
  remove(): void {
    if (this.#removed) return;
    this.#removed = true;
    this.#libc.shmctl(this.id, IPC_RMID, null);
  }

  [Symbol.dispose](): void {
    this.remove();
    if (!this.#inPlace) {
      this.#libc.shmdt(this.at);
      return;
    }
    // Detaching would leave a hole in memory that belongs to JavaScript: put zeros over it instead.
    this.#libc.mmap(
      this.at,
      BigInt(this.#length),
      PROT_READ_WRITE,
      MAP_PRIVATE_FIXED_ANONYMOUS,
      -1,
      0n,
    );
  }
}
