/**
 * The page's files by path.
 *
 * @module
 */
import type { Route } from "./pages.ts";

/** What the page consists of. */
export const ASSET_ROUTES: ReadonlyMap<string, Route> = new Map<string, Route>([
  ["/", () => ({ type: "text/html", body: "hello" })],
]);
