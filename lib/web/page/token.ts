/**
 * Links that let in: the page's address has a one-time password behind "#", where no server sees it.
 *
 * @module
 */

/** The password of the link that led here, if it has one. From now on neither address bar nor history show it. */
export function takeToken(): string | undefined {
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  if (token === null) return undefined;
  history.replaceState(history.state, "", location.pathname + location.search);
  return token || undefined;
}
