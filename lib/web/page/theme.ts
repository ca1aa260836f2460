/**
 * Light or dark: what the system says, unless the user has chosen.
 *
 * @module
 */
import { button } from "./dom.ts";
import type { Preferences } from "./preferences.ts";

/** Shows the theme, and lets the button change it. */
export function installTheme(preferences: Preferences, save: () => void): void {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => preferences.theme === "auto" ? system.matches : preferences.theme === "dark";
  const apply = () => document.documentElement.dataset.theme = isDark() ? "dark" : "light";
  system.addEventListener("change", apply);
  button("tool-theme").addEventListener("click", () => {
    const wanted = isDark() ? "light" : "dark";
    // Back to what the system says as soon as that is what is wanted: so the page follows it again.
    preferences.theme = (wanted === "dark") === system.matches ? "auto" : wanted;
    save();
    apply();
  });
  apply();
}
