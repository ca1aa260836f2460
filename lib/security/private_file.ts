/**
 * Files that hold secrets: nobody else may read them, from the moment on that they are there.
 *
 * @module
 */

/** Replaces a file in one step, so that a reader finds the old one or the new one. Makes its folder. */
export function writePrivately(path: string, content: string | Uint8Array): void {
  const folder = path.slice(0, path.lastIndexOf("/"));
  if (folder) Deno.mkdirSync(folder, { recursive: true, mode: 0o700 });
  const fresh = `${path}.${crypto.randomUUID()}`;
  const options = { mode: 0o600, createNew: true };
  try {
    if (typeof content === "string") Deno.writeTextFileSync(fresh, content, options);
    else Deno.writeFileSync(fresh, content, options);
    Deno.renameSync(fresh, path);
  } catch (error) {
    try {
      Deno.removeSync(fresh);
    } catch { /* it was not made */ }
    throw error;
  }
}
