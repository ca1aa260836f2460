/**
 * Passwords in a file: of text, where the first line is the password and the second, if any, the read-only one; or as
 * other VNC programs make it.
 *
 * @module
 */
import { readVncPasswords } from "../security/vnc_password_file.ts";

/** What a password file says. */
export interface PasswordFile {
  readonly password: string;
  /** Empty when there is none. */
  readonly readOnlyPassword: string;
  /** Why it cannot be used, without its content. */
  readonly problem?: string;
  /** What is unwise about it. */
  readonly warning?: string;
}

/** More than this is not a password file. */
const LONGEST = 4096;

/** Reads `path`. Never throws: what is wrong is told in `problem`. */
export function readPasswordFile(path: string): PasswordFile {
  const nothing = { password: "", readOnlyPassword: "" };
  let bytes: Uint8Array;
  let mode: number | null;
  try {
    bytes = Deno.readFileSync(path);
    mode = Deno.statSync(path).mode;
  } catch (error) {
    const why = error instanceof Deno.errors.NotFound ? "there is no such file" : (error as Error).message;
    return { ...nothing, problem: `cannot be read: ${why}` };
  }
  if (bytes.length > LONGEST) return { ...nothing, problem: "is too long for a password file" };
  // A pipe, as of a shell's <(...), has bits that mean nothing here; 0o077 is what group and others may do.
  const open = mode !== null && (mode & 0o170000) === 0o100000 && (mode & 0o077) !== 0;
  const unwise = open ? { warning: "can be read by other users: chmod 600 is better" } : {};
  const obscured = readVncPasswords(bytes);
  if (obscured) {
    const { password, viewOnlyPassword: readOnlyPassword } = obscured;
    if (password === "") return { ...nothing, problem: "has an empty password" };
    return { password, readOnlyPassword, ...unwise };
  }
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return { ...nothing, problem: "is not text; write the password itself on its first line" };
  }
  const [password = "", readOnlyPassword = "", ...rest] = text.split(/\r?\n/);
  if (password === "") return { ...nothing, problem: "has no password on its first line" };
  if (rest.some((line) => line !== "")) return { ...nothing, problem: "has more than two lines" };
  return { password, readOnlyPassword, ...unwise };
}
