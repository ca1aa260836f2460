/**
 * Records every session into a file of its own.
 *
 * @module
 */
import { getLogger } from "../core/log.ts";
import type {
  MessagesSent,
  PixelFormatChosen,
  ServerObserver,
  SessionClosed,
  SessionId,
  SessionOpened,
  UpdateSent,
} from "../core/observer.ts";
import { createRecordingFolder, EXTENSION } from "./files.ts";
import { SessionRecorder, type SessionRecorderOptions } from "./session_recorder.ts";

/** An observer of a server. Owns the recordings under way. */
export class RecordingFolder implements ServerObserver, AsyncDisposable {
  readonly #path: string;
  readonly #options: Omit<SessionRecorderOptions, "session" | "file">;
  readonly #recorders = new Map<SessionId, SessionRecorder>();
  /** Recordings whose sessions are over, until their files are written. */
  readonly #ending = new Set<Promise<void>>();
  readonly #log = getLogger("recording");

  /**
   * @param path The folder; made where it is not there.
   * @throws {RecordingError} It cannot be made.
   */
  constructor(path: string, options: Omit<SessionRecorderOptions, "session" | "file"> = {}) {
    this.#path = path.replace(/\/+$/, "") || "/";
    this.#options = options;
    createRecordingFolder(this.#path);
  }

  sessionOpened(event: SessionOpened): void {
    const path = `${this.#path}/${fileName(event.session, new Date(), this.#options.format)}`;
    try {
      const recorder = new SessionRecorder(path, { ...this.#options, session: event.session });
      recorder.sessionOpened(event);
      this.#recorders.set(event.session, recorder);
      this.#log.info("Session is recorded to {path}", { session: event.session, path: recorder.path });
    } catch (error) {
      // The next session may have more luck.
      this.#log.error("Session is not recorded: {error}", { session: event.session, error });
    }
  }

  messagesSent(event: MessagesSent): void {
    this.#recorders.get(event.session)?.messagesSent(event);
  }

  pixelFormatChosen(event: PixelFormatChosen): void {
    this.#recorders.get(event.session)?.pixelFormatChosen(event);
  }

  updateSent(event: UpdateSent): void {
    this.#recorders.get(event.session)?.updateSent(event);
  }

  keyEvent(event: { readonly session: SessionId; readonly keysym: number; readonly down: boolean }): void {
    this.#recorders.get(event.session)?.keyEvent(event);
  }

  pointerEvent(
    event: { readonly session: SessionId; readonly x: number; readonly y: number; readonly buttons: number },
  ): void {
    this.#recorders.get(event.session)?.pointerEvent(event);
  }

  displayLost(event: { readonly reason: string }): void {
    for (const recorder of this.#recorders.values()) recorder.displayLost(event);
  }

  displayFound(event: { readonly name: string }): void {
    for (const recorder of this.#recorders.values()) recorder.displayFound(event);
  }

  sessionClosed(event: SessionClosed): void {
    const recorder = this.#recorders.get(event.session);
    if (!recorder) return;
    this.#recorders.delete(event.session);
    recorder.sessionClosed(event);
    const ending = recorder.close().finally(() => this.#ending.delete(ending));
    this.#ending.add(ending);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const recorders = [...this.#recorders.values()];
    this.#recorders.clear();
    await Promise.all([...recorders.map((recorder) => recorder.close()), ...this.#ending]);
  }
}

/** "2026-01-31T12-59-59-session-7.phr". */
function fileName(session: SessionId, now: Date, format: SessionRecorderOptions["format"]): string {
  const time = now.toISOString().slice(0, 19).replaceAll(":", "-");
  return `${time}-session-${session}${format === "fbs" ? ".fbs" : EXTENSION}`;
}
