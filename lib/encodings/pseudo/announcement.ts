/**
 * Pseudo-encodings that only say "I understand this too": one empty rectangle, once
 * (rfbproto "QEMU Extended Key Event Pseudo-encoding", "Extended Mouse Buttons Pseudo-encoding").
 *
 * @module
 */
import { PseudoEncoding } from "../../protocol/constants.ts";
import { writePseudoRect } from "../../protocol/server_messages.ts";
import type { PseudoEncodingDefinition } from "./pseudo_encoding.ts";

function announcement(name: string, type: number): PseudoEncodingDefinition {
  return {
    name,
    type,
    open() {
      let told = false;
      return {
        hasNews: () => !told,
        write(_facts, _target, out) {
          writePseudoRect(out, type);
          told = true;
        },
        // Clients take a second announcement for nothing new; it is made once per connection.
        repeat() {},
      };
    },
  };
}

/** The client may send QEMU Extended Key Events. */
export const QEMU_EXTENDED_KEY_EVENT = announcement(
  "QEMU Extended Key Event",
  PseudoEncoding.QemuExtendedKeyEvent,
);

/** The client may send pointer events with a ninth button. */
export const EXTENDED_MOUSE_BUTTONS = announcement(
  "Extended Mouse Buttons",
  PseudoEncoding.ExtendedMouseButtons,
);
