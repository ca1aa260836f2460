/**
 * `porthole top`: how a running server does, again and again.
 *
 * @module
 */
import { ControlClient } from "../observability/control_client.ts";
import type { Terminal, TopCommand } from "./command.ts";
import { findControlSocket } from "./control_path.ts";
import { tellFailure } from "./failure.ts";
import { serverLines, type ShownServer } from "./session_table.ts";

/** The terminal's second screen, and back to the first with all that was on it. */
const ENTER = "\x1b[?1049h\x1b[?25l";
const LEAVE = "\x1b[?25h\x1b[?1049l";
/** To the top left, and nothing below. */
const CLEAR = "\x1b[H\x1b[J";

/** What `top()` draws on. */
export interface Screen extends Terminal {
  /** Writes as it is, without an end of line. */
  draw(text: string): void;
  /** Characters and lines; `undefined` when there is no terminal. */
  size(): { readonly columns: number; readonly rows: number } | undefined;
  /** Calls `stop` when the user has seen enough. */
  onStop(stop: () => void): Disposable;
}

/** Shows figures until the user or the server stops. @returns The exit code. */
export async function top(
  command: TopCommand,
  screen: Screen,
  environment: Readonly<Record<string, string>>,
): Promise<number> {
  let stopped = false;
  const live = !command.once && !command.json && screen.size() !== undefined;
  try {
    using client = await ControlClient.connect(await findControlSocket(command, environment));
    using _listener = screen.onStop(() => {
      stopped = true;
      client[Symbol.dispose]();
    });
    using _view = live ? secondScreen(screen) : undefined;
    // The first report knows nothing of the processor: it counts from one to the next.
    let first = true;
    for await (const report of client.stats(command.intervalMs, command.once ? 2 : undefined)) {
      const isDue = !first || (live && !command.once);
      first = false;
      if (!isDue) continue;
      if (command.json) screen.out(JSON.stringify(report));
      else show(report as ShownServer, screen, live);
    }
    return 0;
  } catch (error) {
    return stopped ? 0 : tellFailure(error, screen);
  }
}

function show(report: ShownServer, screen: Screen, live: boolean): void {
  const { columns, rows } = screen.size() ?? { columns: Infinity, rows: Infinity };
  const lines = serverLines(report, columns);
  if (live) screen.draw(CLEAR + lines.slice(0, rows - 1).join("\n"));
  else for (const line of [...lines, ""]) screen.out(line);
}

function secondScreen(screen: Screen): Disposable {
  screen.draw(ENTER);
  return { [Symbol.dispose]: () => screen.draw(LEAVE) };
}
