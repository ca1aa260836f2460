/**
 * Password files of VNC programs.
 *
 * @module
 */
import { passwordKey, vncDes } from "./vnc_auth.ts";

/** The key under which the files are obscured: the same in all VNC programs, no secret. */
const FILE_KEY = Uint8Array.of(23, 82, 107, 6, 35, 78, 88, 7);

/** Writes a file as vncpasswd does. @returns Its path; the caller removes it. */
export async function passwordFile(password: string): Promise<string> {
  const path = await Deno.makeTempFile({ prefix: "vnc-password-" });
  await Deno.writeFile(path, vncDes(FILE_KEY, passwordKey(password)));
  return path;
}
