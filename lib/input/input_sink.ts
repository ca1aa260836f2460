/**
 * The port of input backends: keys and pointer, from all clients, to the machine.
 *
 * @module
 */
import type { Point } from "../core/geometry.ts";

/** Lock keys as a bit set (rfbproto "QEMU LED State"): scroll 1, num 2, caps 4. */
export type LedState = number;

/** A machine's keyboard and pointer, for one client: what it holds down is released when it is disposed. */
export interface InputSink extends AsyncDisposable {
  /**
   * A key goes down or up, named by what it means (RFC 6143 §7.5.4). Repeated downs are auto-repeat; an up without a
   * down is nothing. Keeps the order of calls; returns before the key has arrived.
   *
   * @param keysym X keysym, u32. 0 and 0xffffffff are ignored.
   */
  key(keysym: number, down: boolean): void;

  /**
   * A key goes down or up, named by where it is (rfbproto "QEMU Extended Key Event").
   *
   * @param scancode XT set 1, `e0 xx` as `xx | 0x80`. 0 means unknown: the keysym counts then.
   * @param keysym As in `key()`, 0 for unknown. A character counts more than the place, so that clients type what is
   *   printed on their own keys.
   */
  keyByPosition(scancode: number, keysym: number, down: boolean): void;

  /**
   * The pointer is at `at` with `buttons` held (RFC 6143 §7.5.5).
   *
   * @param at On the screen; clamped to it.
   * @param buttons Bit 0 is button 1 (left), 1 middle, 2 right, 3 to 6 wheel up, down, left, right, 7 back, 8 forward.
   */
  pointer(at: Point, buttons: number): void;

  /** Releases what this client holds, at once. */
  releaseAll(): void;

  /** Resolves when all calls so far have reached the machine. */
  flushed(): Promise<void>;
}

/** What opens {@linkcode InputSink}s: one per display. */
export interface InputBackend extends AsyncDisposable {
  /** For logs: "XTest", "discard". */
  readonly name: string;
  /** A sink for one more client. */
  open(): InputSink;
  /** Does what the first key would have to wait for, such as reading the keyboard; presses nothing. Absent where there is nothing. */
  prepare?(): void;
  /** The lock keys now, or `undefined` where they are not known. */
  readonly leds: LedState | undefined;
  /**
   * Waits until `leds` may be others. Absent where nobody tells: they are looked at when something else happens.
   *
   * @throws The signal's reason when it aborts.
   */
  ledsChanged?(signal: AbortSignal): Promise<void>;
}
