/**
 * The lock keys' lights (rfbproto "QEMU LED State Pseudo-encoding", "VMware LED State Pseudo-encoding").
 *
 * @module
 */
import type { ByteWriter } from "../../core/bytes.ts";
import { PseudoEncoding } from "../../protocol/constants.ts";
import { writePseudoRect } from "../../protocol/server_messages.ts";
import type { PseudoEncodingDefinition } from "./pseudo_encoding.ts";

function ledState(
  name: string,
  type: number,
  write: (leds: number, out: ByteWriter) => void,
): PseudoEncodingDefinition {
  return {
    name,
    type,
    group: "leds",
    open() {
      let told: number | undefined;
      return {
        hasNews: ({ leds }) => leds !== undefined && leds !== told,
        write({ leds }, _target, out) {
          writePseudoRect(out, type);
          write(leds!, out);
          told = leds;
        },
        repeat() {
          told = undefined;
        },
      };
    },
  };
}

/** One byte: scroll 1, num 2, caps 4. */
export const QEMU_LED_STATE = ledState(
  "QEMU LED State",
  PseudoEncoding.QemuLedState,
  (leds, out) => out.u8(leds),
);

/** The same bits in four bytes. */
export const VMWARE_LED_STATE = ledState(
  "VMware LED State",
  PseudoEncoding.VMwareLedState,
  (leds, out) => out.u32(leds),
);
