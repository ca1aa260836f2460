/**
 * Passwords in a text file: the first line is the password, the second, if any, the read-only one.
 *
 * @module
 */

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
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return { ...nothing, problem: "is not text; write the password itself on its first line" };
  }
  const [password = "", readOnlyPassword = "", ...rest] = text.split(/\r?\n/);
  if (password === "") return { ...nothing, problem: "has no password on its first line" };
  if (rest.some((line) => line !== "")) return { ...nothing, problem: "has more than two lines" };
  const read = { password, readOnlyPassword };
  // A pipe, as of a shell's <(...), has bits that mean nothing here; 0o077 is what group and others may do.
  const open = mode !== null && (mode & 0o170000) === 0o100000 && (mode & 0o077) !== 0;
  return open ? { ...read, warning: "can be read by other users: chmod 600 is better" } : read;
}
