/**
 * What the user has chosen, kept by the browser for the next time. Never a password.
 *
 * @module
 */

/** Everything that can be chosen, with what it is at first. */
const DEFAULTS = {
  size: "fit" as "fit" | "one" | "remote",
  quality: "balanced" as "best" | "balanced" | "least",
  viewOnly: false,
  statistics: false,
  /** "auto" is what the system says. */
  theme: "auto" as "auto" | "light" | "dark",
};

/** All choices. */
export type Preferences = typeof DEFAULTS;

const KEY = "porthole";

/** The choices; a browser that keeps nothing has the defaults each time. */
export function loadPreferences(): Preferences {
  try {
    return { ...DEFAULTS, ...JSON.parse(localStorage.getItem(KEY) ?? "{}") };
  } catch {
    return { ...DEFAULTS };
  }
}

/** Keeps the choices. */
export function savePreferences(preferences: Preferences): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(preferences));
  } catch { /* private windows keep nothing */ }
}
