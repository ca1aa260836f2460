/**
 * Menus that open below their button, or above it where the bar is at the bottom.
 *
 * @module
 */

/** Space between a menu and the window's edge, in CSS pixels. */
const MARGIN = 8;

/** Places each menu when it opens, and tells its button's state. @param onClose Where the focus goes afterwards. */
export function installMenus(onClose: () => void): void {
  for (const opener of document.querySelectorAll<HTMLButtonElement>("[popovertarget]")) {
    const menu = document.getElementById(opener.getAttribute("popovertarget")!)!;
    opener.setAttribute("aria-expanded", "false");
    menu.addEventListener("beforetoggle", (event) => {
      if ((event as ToggleEvent).newState === "open") place(menu, opener);
    });
    menu.addEventListener("toggle", (event) => {
      const open = (event as ToggleEvent).newState === "open";
      opener.setAttribute("aria-expanded", String(open));
      document.body.classList.toggle("menu-open", document.querySelector(":popover-open") !== null);
      if (!open && document.activeElement === opener) onClose();
    });
  }
}

function place(menu: HTMLElement, opener: HTMLElement): void {
  const { left, bottom } = opener.getBoundingClientRect();
  // It has no box before it is shown, but the style sheet says how wide it will be.
  const width = Math.min(parseFloat(getComputedStyle(menu).width), innerWidth - 2 * MARGIN);
  menu.style.setProperty("--menu-left", `${Math.max(MARGIN, Math.min(left, innerWidth - width - MARGIN))}px`);
  menu.style.setProperty("--menu-top", `${bottom + MARGIN}px`);
}
