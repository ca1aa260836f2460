/**
 * All pseudo-encodings that are told by a rectangle, in the order in which they go out; within a group the best first.
 *
 * Changes of size are not among them: they must be alone in their update (see `session/size_news.ts`).
 *
 * @module
 */
import { EXTENDED_MOUSE_BUTTONS, QEMU_EXTENDED_KEY_EVENT } from "./announcement.ts";
import { CURSOR, CURSOR_WITH_ALPHA, VMWARE_CURSOR, X_CURSOR } from "./cursor.ts";
import { DESKTOP_NAME } from "./desktop_name.ts";
import { QEMU_LED_STATE, VMWARE_LED_STATE } from "./led_state.ts";
import type { PseudoEncodingDefinition } from "./pseudo_encoding.ts";

export const PSEUDO_ENCODINGS: readonly PseudoEncodingDefinition[] = [
  QEMU_EXTENDED_KEY_EVENT,
  EXTENDED_MOUSE_BUTTONS,
  QEMU_LED_STATE,
  VMWARE_LED_STATE,
  DESKTOP_NAME,
  CURSOR_WITH_ALPHA,
  VMWARE_CURSOR,
  CURSOR,
  X_CURSOR,
];
