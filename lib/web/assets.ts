/**
 * The page's files as routes.
 *
 * @module
 */
import { PAGE_FILES, type PageFile } from "./page_files.ts";
import type { Page, Route } from "./pages.ts";

/** The page, and all that it consists of, by path. */
export const ASSET_ROUTES: ReadonlyMap<string, Route> = new Map(
  Object.entries(PAGE_FILES).map(([name, file]) => [
    name === "index.html" ? "/" : `/${name}`,
    once(() => pageOf(file)),
  ]),
);

function pageOf({ type, etag, gzip }: PageFile): Page {
  const body = Uint8Array.fromBase64(gzip);
  return { type, etag: `"${etag}"`, body, gzip: true };
}

/** Unpacks a file when somebody wants it, and keeps it. */
function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => made ??= make();
}
