/**
 * The server's end of the control socket.
 *
 * Who may open the socket may do everything, so no login is asked for. A program that speaks nonsense, sends without end
 * or does not read hurts nobody but itself.
 *
 * @module
 */
import { SYSTEM_CLOCK } from "../core/clock.ts";
import { ConfigError } from "../core/errors.ts";
import { getLogger } from "../core/log.ts";
import { RELEASE } from "../core/release.ts";
import { TaskScope } from "../core/task_scope.ts";
import {
  answerLine,
  CONTROL_PROTOCOL,
  type ControlRequest,
  type ControlTarget,
  failureLine,
  invitationReport,
  type InviteWishes,
  lockReport,
  MOST_REQUEST_BYTES,
  parseControlRequest,
  type RequestId,
  serverReport,
  sessionReport,
  statsReport,
} from "./control_protocol.ts";
import { LineReader, LineTooLong } from "./line_reader.ts";
import { type ProcessFigures, processFigures } from "./process_figures.ts";

/** Connections at the same time; more are closed at once. */
const MOST_CONNECTIONS = 16;
/** Time for the next request, in ms, and for an answer to be read. */
const IDLE_MS = 60_000;
const WRITE_MS = 5000;

/** As much of a `Deno.Listener` as is needed. */
export interface ControlListener extends Disposable {
  accept(): Promise<Deno.Conn>;
}

/** Limits that tests make shorter. */
export interface ControlLimits {
  readonly idleMs: number;
  readonly writeMs: number;
}

/** Serves operators. Owns its listener and connections. */
export class ControlServer implements AsyncDisposable {
  readonly #log = getLogger("control");
  readonly #audit = getLogger("audit");
  readonly #target: ControlTarget;
  readonly #limits: ControlLimits;
  readonly #listener: ControlListener;
  readonly #scope = new TaskScope();
  readonly #connections = new Set<Deno.Conn>();

  constructor(
    listener: ControlListener,
    target: ControlTarget,
    limits: ControlLimits = { idleMs: IDLE_MS, writeMs: WRITE_MS },
  ) {
    this.#listener = listener;
    this.#target = target;
    this.#limits = limits;
    this.#scope.spawn((signal) => this.#accept(signal));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#scope.abort();
    this.#listener[Symbol.dispose]();
    for (const connection of [...this.#connections]) this.#close(connection);
    await this.#scope[Symbol.asyncDispose]();
  }

  async #accept(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      let connection: Deno.Conn;
      try {
        connection = await this.#listener.accept();
      } catch (error) {
        if (signal.aborted || error instanceof Deno.errors.BadResource) return;
        this.#log.warning("Cannot accept a connection: {error}", { error });
        await SYSTEM_CLOCK.sleep(1000, signal).catch(() => {});
        continue;
      }
      if (this.#connections.size >= MOST_CONNECTIONS) {
        connection.close();
        continue;
      }
      this.#connections.add(connection);
      this.#scope.spawn((signal) => this.#serve(connection, signal));
    }
  }

  async #serve(connection: Deno.Conn, signal: AbortSignal): Promise<void> {
    const lines = new LineReader(connection, MOST_REQUEST_BYTES);
    const within = <T>(ms: number, promise: Promise<T>): Promise<T> => {
      const timer = setTimeout(() => this.#close(connection), ms);
      return promise.finally(() => clearTimeout(timer));
    };
    const write = (line: string) => within(this.#limits.writeMs, writeAll(connection, line));
    try {
      let next = lines.next();
      for (;;) {
        const line = await within(this.#limits.idleMs, next);
        if (line === undefined) break;
        next = lines.next();
        next.catch(() => {}); // whoever waits for it hears of it
        const { id, ...parsed } = parseControlRequest(line);
        if ("problem" in parsed) await write(failureLine(id, parsed.problem));
        else if (parsed.request.command === "stats") {
          await this.#stream(id, parsed.request, write, next, signal);
        } else await write(this.#answer(id, parsed.request));
        if ("request" in parsed && parsed.request.command === "stop") this.#target.stop();
      }
    } catch (error) {
      if (error instanceof LineTooLong) await write(failureLine(undefined, error.message)).catch(() => {});
      else this.#log.debug("A connection ended: {error}", { error });
    } finally {
      this.#close(connection);
    }
  }

  #answer(id: RequestId, request: Exclude<ControlRequest, { command: "stats" }>): string {
    const target = this.#target;
    switch (request.command) {
      case "info":
        return answerLine(id, this.#overview());
      case "list":
        return answerLine(id, target.sessions().map((one) => sessionReport(one, target.figuresOf(one.id))));
      case "disconnect": {
        const { session, reason } = request;
        if (!target.disconnect(session, reason)) return failureLine(id, `There is no session ${session}`);
        this.#audit.info("The operator disconnects session {session}", { session, reason });
        return answerLine(id, {});
      }
      case "control": {
        const problem = target.giveControl(request.session);
        return problem ? failureLine(id, problem) : answerLine(id, {});
      }
      case "release": {
        const problem = target.releaseControl();
        return problem ? failureLine(id, problem) : answerLine(id, {});
      }
      case "lockouts":
        return answerLine(id, target.lockouts().map(lockReport));
      case "unlock": {
        const { address } = request;
        const unlocked = target.unlock(address);
        this.#audit.info("The operator forgets failed logins", { from: address ?? "all", unlocked });
        return answerLine(id, { unlocked });
      }
      case "invite":
        return this.#invite(id, request.wishes);
      case "invites":
        return answerLine(id, target.invitations().map(invitationReport));
      case "revoke": {
        const { invitation } = request;
        if (!target.revoke(invitation)) return failureLine(id, `There is no invitation ${invitation}`);
        this.#audit.info("The operator takes invitation {invitation} back", { invitation });
        return answerLine(id, {});
      }
      case "reload":
        return this.#reload(id);
      case "stop":
        this.#audit.info("The operator stops the server");
        return answerLine(id, {});
    }
  }

  #overview(): object {
    const report = serverReport(this.#target, processFigures());
    const sessions = this.#target.sessions().length;
    return { release: RELEASE, protocol: CONTROL_PROTOCOL, pid: Deno.pid, ...report, sessions };
  }

  /** The answer holds a secret, and goes nowhere else. */
  #invite(id: RequestId, wishes: InviteWishes): string {
    try {
      const made = this.#target.invite(wishes);
      this.#audit.info("The operator makes invitation {invitation}", {
        invitation: made.id,
        role: made.role,
        uses: made.usesLeft,
        seconds: Math.round(made.leftMs / 1000),
      });
      return answerLine(id, invitationReport(made));
    } catch (error) {
      if (error instanceof RangeError) return failureLine(id, error.message);
      throw error;
    }
  }

  #reload(id: RequestId): string {
    try {
      const report = this.#target.reload();
      this.#audit.info("The operator has the configuration read again", { applied: report.applied });
      return answerLine(id, report);
    } catch (error) {
      if (error instanceof ConfigError) return failureLine(id, error.message);
      this.#log.error("Cannot read the configuration again: {error}", { error });
      return failureLine(id, "Something is wrong; the server's log says what");
    }
  }

  /** Reports until the peer says something else or goes. One that reads slowly gets fewer. */
  async #stream(
    id: RequestId,
    { intervalMs, count }: Extract<ControlRequest, { command: "stats" }>,
    write: (line: string) => Promise<void>,
    next: Promise<unknown>,
    signal: AbortSignal,
  ): Promise<void> {
    const ended = new AbortController();
    const interrupt = () => ended.abort();
    next.then(interrupt, interrupt);
    const until = AbortSignal.any([signal, ended.signal]);
    let before: { readonly at: number; readonly figures: ProcessFigures } | undefined;
    for (let left = count; left > 0; left--) {
      const now = { at: performance.now(), figures: processFigures() };
      const cpuPercent = before &&
        (now.figures.cpuSeconds - before.figures.cpuSeconds) * 100_000 / (now.at - before.at);
      before = now;
      await write(answerLine(id, statsReport(this.#target, now.figures, cpuPercent)));
      if (left === 1) return;
      try {
        await SYSTEM_CLOCK.sleep(Math.max(0, now.at + intervalMs - performance.now()), until);
      } catch {
        return;
      }
    }
  }

  #close(connection: Deno.Conn): void {
    if (this.#connections.delete(connection)) connection.close();
  }
}

async function writeAll(connection: Deno.Conn, line: string): Promise<void> {
  const bytes = new TextEncoder().encode(line);
  for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
}
