/**
 * The file with the keys to displays, "Xauthority" (Xau(3)).
 *
 * @module
 */
import { cString } from "./c_strings.ts";
import type { LibC } from "./libc.ts";

/**
 * Lets Xlib see another `$XAUTHORITY` while `action` runs. Xlib takes it from C's environment.
 *
 * @param authority `undefined` changes nothing.
 */
export function withAuthority<T>(authority: string | undefined, libc: LibC, action: () => T): T {
  if (authority === undefined) return action();
  const name = cString("XAUTHORITY");
  const before = Deno.env.get("XAUTHORITY");
  libc.setenv(name, cString(authority), 1);
  try {
    return action();
  } finally {
    if (before === undefined) libc.unsetenv(name);
    else libc.setenv(name, cString(before), 1);
  }
}
