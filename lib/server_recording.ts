/**
 * What a server records by itself: its desktop, by a session that has no other purpose, or each session.
 *
 * @module
 */
import { getLogger } from "./core/log.ts";
import type {
  MessagesSent,
  PixelFormatChosen,
  ServerObserver,
  SessionClosed,
  SessionId,
  SessionOpened,
  UpdateSent,
} from "./core/observer.ts";
import { ENCODINGS } from "./encodings/registry.ts";
import { isFolder } from "./recording/files.ts";
import { RecordingClient } from "./recording/recording_client.ts";
import { RecordingFolder } from "./recording/recording_folder.ts";
import { SessionRecorder } from "./recording/session_recorder.ts";
import type { RecordOptions } from "./server_options.ts";
import { Session, type SessionContext } from "./session/session.ts";
import { OWN_SESSION, silentContext } from "./session/silent_context.ts";

/** Is to be an observer of the server; records once it is started. */
export class ServerRecording implements ServerObserver, AsyncDisposable {
  readonly #options: RecordOptions;
  readonly #log = getLogger("recording");
  #folder: RecordingFolder | undefined;
  #recorder: SessionRecorder | undefined;

  constructor(options: RecordOptions) {
    this.#options = options;
  }

  /** Makes the file or the folder. @throws {RecordingError} It cannot be made. */
  open(): void {
    const { path, keys = false, format = "porthole" } = this.#options;
    if (isFolder(path)) {
      this.#folder = new RecordingFolder(path, { keys, format });
      this.#log.info("Sessions are recorded to {path}", { path });
    } else {
      this.#recorder = new SessionRecorder(path, { keys, format, kind: "desktop", session: OWN_SESSION });
      this.#log.info("The desktop is recorded to {path}", { path: this.#recorder.path });
    }
  }

  /**
   * Begins to record the desktop, if that is wanted.
   *
   * @param context That of the server's sessions.
   * @param spawn Runs a task until the server stops.
   */
  start(context: SessionContext, spawn: (task: (signal: AbortSignal) => Promise<void>) => void): void {
    const recorder = this.#recorder;
    if (!recorder) return;
    const { frameRate = 15, pointer = false, format, quality, keyFrameSeconds } = this.#options;
    const client = new RecordingClient(recorder, {
      frameRate,
      pointer,
      isPlain: format === "fbs",
      quality,
      keyFrameMs: keyFrameSeconds && keyFrameSeconds * 1000,
    });
    const session = new Session(OWN_SESSION, client, {
      ...silentContext(context, [recorder, client]),
      encodings: ENCODINGS,
    });
    spawn((signal) => session.run(signal));
  }

  // What happens in other sessions.

  sessionOpened(event: SessionOpened): void {
    this.#folder?.sessionOpened(event);
    const { session, address, transport, security, viewOnly } = event;
    this.#recorder?.recordNote({ note: "sessionOpened", session, address, transport, security, viewOnly });
  }

  sessionClosed(event: SessionClosed): void {
    this.#folder?.sessionClosed(event);
    const { session, authenticated, reason, error } = event;
    if (authenticated) this.#recorder?.recordNote({ note: "sessionClosed", session, reason, error });
  }

  keyEvent(event: { readonly session: SessionId; readonly keysym: number; readonly down: boolean }): void {
    this.#folder?.keyEvent(event);
    this.#recorder?.recordKeyEvent(event.keysym, event.down, event.session);
  }

  pointerEvent(
    event: { readonly session: SessionId; readonly x: number; readonly y: number; readonly buttons: number },
  ): void {
    this.#folder?.pointerEvent(event);
    this.#recorder?.recordPointerEvent(event.x, event.y, event.buttons, event.session);
  }

  messagesSent(event: MessagesSent): void {
    this.#folder?.messagesSent(event);
  }

  pixelFormatChosen(event: PixelFormatChosen): void {
    this.#folder?.pixelFormatChosen(event);
  }

  updateSent(event: UpdateSent): void {
    this.#folder?.updateSent(event);
  }

  displayLost(event: { readonly reason: string }): void {
    this.#folder?.displayLost(event);
    this.#recorder?.displayLost(event);
  }

  displayFound(event: { readonly name: string }): void {
    this.#folder?.displayFound(event);
    this.#recorder?.displayFound(event);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#folder?.[Symbol.asyncDispose]();
    await this.#recorder?.[Symbol.asyncDispose]();
  }
}
