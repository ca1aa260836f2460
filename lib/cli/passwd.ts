/**
 * `porthole passwd`: makes password files and users' files, and asks for passwords without showing them.
 *
 * @module
 */
import { writePrivately } from "../security/private_file.ts";
import { hostNames } from "../security/host_names.ts";
import { newTotpSecret, otpauthUri } from "../security/totp.ts";
import { hashPassword, isUserName } from "../security/users.ts";
import { putUser } from "../security/users_file.ts";
import { writeVncPasswords } from "../security/vnc_password_file.ts";
import { EXIT_USAGE, type PasswdCommand, type Terminal } from "./command.ts";
import { ConfigError } from "../core/errors.ts";

/** Asks for a secret; `undefined` when the user gives up. */
export type AskSecret = (prompt: string) => Promise<string | undefined>;

/** Viewers' programs cannot send more. */
const LONGEST_BYTES = 255;

/** Runs the command. @returns The process's exit code. */
export async function passwd(command: PasswdCommand, terminal: Terminal, ask: AskSecret): Promise<number> {
  try {
    const { file, user } = command;
    if (user === undefined && command.totp !== undefined) throw new GivenUp("--totp is for a --user");
    const secret = user === undefined
      ? await writePasswords(command, ask)
      : await changeUser(user, command, ask);
    terminal.out(`${file} is written; only you can read it.`);
    if (user === undefined) terminal.out(`Use it with --password-file ${file}`);
    else terminal.out(`Use it with --users-file ${file}`);
    for (const line of secret ? secretLines(user!, secret) : []) terminal.out(line);
    return 0;
  } catch (error) {
    if (!(error instanceof GivenUp || error instanceof ConfigError || isFileError(error))) throw error;
    terminal.err(`porthole: ${(error as Error).message}`);
    return EXIT_USAGE;
  }
}

/** The user has not given a password that can be used. */
class GivenUp extends Error {}

/** @returns The secret of a new authenticator, if there is one. */
async function changeUser(
  name: string,
  { file, role: given, totp: wanted }: PasswdCommand,
  ask: AskSecret,
): Promise<string | undefined> {
  if (!isUserName(name)) {
    throw new GivenUp("a name is 1 to 255 bytes without spaces, colons and #");
  }
  const password = await askTwice(`Password of ${name}`, ask);
  const fresh = wanted === true ? newTotpSecret() : undefined;
  const hash = await hashPassword(password);
  putUser(file, name, (before) => {
    const totp = wanted === undefined ? before?.totp : fresh;
    // A new password alone makes no viewer an operator, and no owner less.
    const role = given ?? before?.role ?? "operator";
    return { name, role, hash, ...(totp !== undefined && { totp }) };
  });
  return fresh;
}

/** What the user's authenticator is to be told; once, since it is a secret. */
function secretLines(name: string, secret: string): string[] {
  return [
    `Give ${name}'s authenticator this, by hand or as a QR code (qrencode -t ansiutf8), and nobody else:`,
    `  ${secret.replaceAll(/.{4}(?=.)/g, "$& ")}`,
    `  ${otpauthUri(secret, `${name}@${hostNames()[0]}`, "Porthole")}`,
    `The code follows the password at once: password123456; the page has a field for it.`,
  ];
}

async function writePasswords({ file, viewOnly, vnc }: PasswdCommand, ask: AskSecret): Promise<undefined> {
  const password = await askTwice("Password", ask);
  const viewOnlyPassword = viewOnly ? await askTwice("Password to look only", ask) : "";
  if (password === viewOnlyPassword) throw new GivenUp("the two passwords are the same");
  const lines = [password, ...(viewOnlyPassword ? [viewOnlyPassword] : [])];
  writePrivately(
    file,
    vnc ? writeVncPasswords({ password, viewOnlyPassword }) : lines.map((line) => `${line}\n`).join(""),
  );
}

async function askTwice(what: string, ask: AskSecret): Promise<string> {
  const first = await ask(`${what}: `);
  if (!first) throw new GivenUp("no password, nothing is written");
  if (new TextEncoder().encode(first).length > LONGEST_BYTES) {
    throw new GivenUp(`the password is longer than ${LONGEST_BYTES} bytes`);
  }
  if (await ask("Once more: ") !== first) throw new GivenUp("the two are not the same, nothing is written");
  return first;
}

function isFileError(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.PermissionDenied ||
    error instanceof Deno.errors.NotADirectory || error instanceof Deno.errors.IsADirectory;
}
