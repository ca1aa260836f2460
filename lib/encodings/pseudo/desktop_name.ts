/**
 * DesktopName: the name that was given at the start has changed (rfbproto "DesktopName Pseudo-encoding").
 *
 * @module
 */
import { PseudoEncoding } from "../../protocol/constants.ts";
import { desktopNameBytes, writePseudoRect } from "../../protocol/server_messages.ts";
import type { PseudoEncodingDefinition } from "./pseudo_encoding.ts";

/** u32 length and the name in UTF-8. Told when it differs from the one told last; the first was in ServerInit. */
export const DESKTOP_NAME: PseudoEncodingDefinition = {
  name: "DesktopName",
  type: PseudoEncoding.DesktopName,
  open() {
    let told: string | undefined;
    return {
      hasNews({ name, firstName = name }) {
        told ??= firstName;
        return name !== told;
      },
      write({ name }, _target, out) {
        const bytes = desktopNameBytes(name);
        writePseudoRect(out, PseudoEncoding.DesktopName);
        out.u32(bytes.length).bytes(bytes);
        told = name;
      },
      repeat() {},
    };
  },
};
