/**
 * Reads and changes the users' file.
 *
 * @module
 */
import { ConfigError } from "../core/errors.ts";
import { getLogger } from "../core/log.ts";
import { writePrivately } from "./private_file.ts";
import { parseUsers, type User, type Users, UsersFileError, withUser } from "./users.ts";

/**
 * Reads the file.
 *
 * @param path "" is no file, and no users.
 * @throws {ConfigError} It cannot be read, or breaks the rules.
 */
export function readUsersFile(path: string): Users {
  if (path === "") return new Map();
  try {
    const users = parseUsers(Deno.readTextFileSync(path));
    const { mode, isFile } = Deno.statSync(path);
    const open = isFile ? (mode ?? 0) & 0o077 : 0;
    const log = getLogger("security");
    if ((open & 0o022) !== 0) {
      log.warning("{path} can be written by others, who can let themselves in: chmod 600", { path });
    } else if (open !== 0) {
      log.warning(
        "{path} can be read by others, who can guess passwords by it and make codes of authenticators: chmod 600",
        { path },
      );
    }
    return users;
  } catch (cause) {
    if (cause instanceof UsersFileError) {
      throw new ConfigError([`users_file: ${path}, ${cause.message}`], { cause });
    }
    const why = cause instanceof Deno.errors.NotFound ? "there is no such file" : (cause as Error).message;
    throw new ConfigError([`users_file: ${path} cannot be read: ${why}`], { cause });
  }
}

/**
 * Adds a user, or replaces the one of that name; makes the file if there is none, and leaves all else in it as it is.
 *
 * @param change What is there of that name, to what is to be there.
 * @throws {ConfigError} As above.
 */
export function putUser(path: string, name: string, change: (before: User | undefined) => User): void {
  const isThere = exists(path);
  const user = change(isThere ? readUsersFile(path).get(name) : undefined);
  writePrivately(path, withUser(isThere ? Deno.readTextFileSync(path) : "", user));
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
