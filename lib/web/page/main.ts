/**
 * Porthole's page: puts its parts together.
 *
 * @module
 */
import { ClipboardPanel } from "./clipboard.ts";
import { Connection, type State } from "./connection.ts";
import { Curtain } from "./curtain.ts";
import { button, element, isPressed, press, write } from "./dom.ts";
import { dropPicture, keepPicture } from "./ghost.ts";
import { KEYS, sendChord } from "./keys.ts";
import { installMenus } from "./menus.ts";
import { loadPreferences, savePreferences } from "./preferences.ts";
import { StatisticsPanel } from "./statistics.ts";
import { installTheme } from "./theme.ts";
import { takeToken } from "./token.ts";
import { installTyping } from "./typing.ts";
import type { Viewer } from "./viewer.ts";

/** What the quality choices mean to the server: JPEG quality and compression level, 0 to 9 each. */
const QUALITIES = {
  best: { quality: 9, compression: 1 },
  balanced: { quality: 6, compression: 2 },
  least: { quality: 1, compression: 9 },
} as const;

const preferences = loadPreferences();
const save = () => savePreferences(preferences);
if (new URLSearchParams(location.search).has("view_only")) preferences.viewOnly = true;

installTheme(preferences, save);
const viewer = () => connection.viewer;
const statistics = new StatisticsPanel(preferences.statistics, (shown) => {
  preferences.statistics = shown;
  save();
});
const clipboard = new ClipboardPanel();
const curtain = new Curtain(preferences.viewOnly, {
  connect(credentials, viewOnly) {
    setViewOnly(viewOnly);
    connection.connect(credentials);
  },
  giveUp: () => connection.disconnect(),
});
const connection = new Connection(element("screen", HTMLElement), preferences.viewOnly, {
  state: showState,
  viewer(fresh) {
    fresh.background = "transparent";
    applyPicture(fresh);
    fresh.addEventListener("desktopname", ({ detail }) => showName(detail.name));
    fresh.addEventListener("clippingviewport", ({ detail }) => {
      button("tool-pan").hidden = !detail;
      if (!detail) press(button("tool-pan"), fresh.dragViewport = false);
    });
    clipboard.watch(fresh);
    releaseHeld();
  },
  picture: dropPicture,
  leaving: (old) => keepPicture(old.canvas),
});

installMenus(() => viewer()?.focus());
installTyping(viewer);
installBar();
installShortcut();
if (!comeInByLink()) connection.connect();
addEventListener("hashchange", comeInByLink);

/** @returns Whether the page's address let us try. */
function comeInByLink(): boolean {
  const password = takeToken();
  if (password === undefined) return false;
  // Servers that ask for names take any for it.
  connection.connect({ username: "invite", password, once: true, byLink: true });
  return true;
}

function showState(state: State): void {
  const { body } = document;
  body.dataset.state = state.name;
  body.toggleAttribute("data-quiet", state.name === "connecting" && state.quiet);
  const connected = state.name === "connected";
  write(element("status-text", HTMLElement), statusText(state));
  curtain.show(state);
  statistics.watch(connected ? viewer() : undefined);
  if (connected) viewer()?.focus();
  else if (state.name !== "connecting") clipboard.watch(undefined);
}

function statusText(state: State): string {
  switch (state.name) {
    case "idle":
      return "Not connected";
    case "connecting":
      return "Connecting…";
    case "asking":
      return "Waiting for the password";
    case "connected":
      return connection.viewOnly ? "Connected, view only" : "Connected";
    case "waiting":
      return "Connection lost";
    case "refused":
      return state.ended ? "Disconnected" : "Refused";
  }
}

function showName(name: string): void {
  write(element("name", HTMLElement), name);
  document.title = `${name} · Porthole`;
}

function setViewOnly(viewOnly: boolean): void {
  preferences.viewOnly = viewOnly;
  save();
  curtain.viewOnly = viewOnly;
  press(button("tool-view-only"), viewOnly);
  for (const tool of document.querySelectorAll<HTMLButtonElement>(".needs-control")) tool.disabled = viewOnly;
  connection.viewOnly = viewOnly;
}

/** Size and quality, as chosen. */
function applyPicture(target: Viewer): void {
  const { quality, compression } = QUALITIES[preferences.quality] ?? QUALITIES.balanced;
  target.scaleViewport = preferences.size === "fit";
  target.resizeSession = preferences.size === "remote";
  // Fingers have no scroll bars.
  target.clipViewport = preferences.size === "one" && matchMedia("(pointer: coarse)").matches;
  target.qualityLevel = quality;
  target.compressionLevel = compression;
}

function installBar(): void {
  button("tool-view-only").addEventListener("click", ({ currentTarget }) => {
    setViewOnly(!isPressed(currentTarget as HTMLElement));
  });
  for (const choice of document.querySelectorAll<HTMLInputElement>("#picture input")) {
    const name = choice.name as "size" | "quality";
    choice.checked = preferences[name] === choice.value;
    choice.addEventListener("change", () => {
      Object.assign(preferences, { [name]: choice.value });
      save();
      const target = viewer();
      if (target) applyPicture(target);
    });
  }
  for (const key of document.querySelectorAll<HTMLButtonElement>("[data-keys]")) {
    key.addEventListener("click", () => {
      const target = viewer();
      if (target) sendChord(target, key.dataset.keys!);
      releaseHeld();
    });
  }
  for (const key of document.querySelectorAll<HTMLButtonElement>("[data-hold]")) {
    key.addEventListener("click", () => hold(key, !isPressed(key)));
  }
  button("tool-pan").addEventListener("click", ({ currentTarget }) => {
    const target = viewer();
    if (!target) return;
    target.dragViewport = !target.dragViewport;
    press(currentTarget as HTMLElement, target.dragViewport);
  });
  const full = button("tool-full");
  full.hidden = !document.fullscreenEnabled;
  full.addEventListener("click", () => {
    if (document.fullscreenElement) void document.exitFullscreen();
    else void document.documentElement.requestFullscreen({ navigationUI: "hide" });
  });
  document.addEventListener("fullscreenchange", () => press(full, document.fullscreenElement !== null));
  button("tool-leave").addEventListener("click", () => connection.disconnect());
  setViewOnly(preferences.viewOnly);
}

/** A modifier that stays down until it is pressed again, or until a key of the menu has been sent with it. */
function hold(key: HTMLElement, down: boolean): void {
  const { keysym, code } = KEYS[key.dataset.hold!]!;
  viewer()?.sendKey(keysym, code, down);
  press(key, down);
}

function releaseHeld(): void {
  for (const key of document.querySelectorAll<HTMLElement>("[data-hold][aria-pressed=true]")) {
    hold(key, false);
  }
}

/** All keys go to the desktop, Tab too: there must be one that leads out. */
function installShortcut(): void {
  addEventListener("keydown", (event) => {
    if (!(event.ctrlKey && event.altKey && event.shiftKey && event.code === "KeyP")) return;
    event.preventDefault();
    event.stopPropagation();
    // noVNC lets go of all keys when the window loses the focus; their releases will not reach it any more.
    dispatchEvent(new FocusEvent("blur"));
    button("tool-view-only").focus();
  }, { capture: true });
}
