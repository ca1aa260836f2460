/**
 * A window manager on a display, and the windows that it has.
 *
 * @module
 */
import { type DisplayProgram, startOnDisplay } from "./display_program.ts";
import { eventually, run } from "./input_observer.ts";

/**
 * Set by openbox when it has begun to manage windows. It says that it is there (_NET_SUPPORTING_WM_CHECK) before that, and
 * windows that are mapped in between stay unmapped for ever.
 */
const MANAGED = "_PORTHOLE_TESTS_MANAGED";
const TELL_MANAGED = `xprop -root -f ${MANAGED} 8c -set ${MANAGED} 1`;

/** Starts openbox, and waits until it shows every window that comes. */
export async function startWindowManager(display: string): Promise<DisplayProgram> {
  await using starting = new AsyncDisposableStack();
  const program = starting.use(
    startOnDisplay("openbox", ["--sm-disable", "--startup", TELL_MANAGED], display),
  );
  await eventually(async () => {
    const text = await run("xprop", ["-root", "-notype", MANAGED], display);
    if (!text.includes("=")) throw new Error(`The window manager does not manage yet: ${text}`);
  });
  starting.move();
  return program;
}

/** What windows a display's window manager has taken care of, the newest last (_NET_CLIENT_LIST), by their ids. */
export async function managedWindows(display: string, authority?: string): Promise<readonly string[]> {
  const text = await run("xprop", ["-root", "-notype", "_NET_CLIENT_LIST"], display, authority);
  return text.match(/0x[0-9a-f]+/g) ?? [];
}
