/**
 * The server: puts the parts together, listens, and gives each peer a session.
 *
 * @module
 */
import { openBackend } from "./backends.ts";
import { NativeError } from "./core/errors.ts";
import { FrameMemory } from "./core/frame_memory.ts";
import { getLogger } from "./core/log.ts";
import { ObserverGroup } from "./core/observer_group.ts";
import { TaskScope } from "./core/task_scope.ts";
import { Desktop } from "./desktop/desktop.ts";
import { PSEUDO_ENCODINGS } from "./encodings/pseudo/registry.ts";
import { SharedRects } from "./encodings/shared_rects.ts";
import { Workbench } from "./encodings/workbench.ts";
import { loadKernels } from "./kernels/simd.ts";
import {
  changeOptions,
  type LiveOptions,
  type ResolvedOptions,
  resolveOptions,
  type VNCServerOptions,
} from "./server_options.ts";
import { Session, type SessionContext } from "./session/session.ts";
import { SessionList } from "./session/session_list.ts";
import type { EncodingMeans } from "./session/rect_encoder.ts";
import type { SessionStatus } from "./session/session_status.ts";
import { SocketTransport } from "./transport/tcp.ts";
import type { Transport } from "./transport/transport.ts";
import { EncodePool } from "./workers/encode_pool.ts";

/** What a server can tell about itself. */
export interface ServerStatus {
  /** Name of the display, or `undefined` while it is lost. */
  readonly display: string | undefined;
  readonly width: number;
  readonly height: number;
  readonly sessions: readonly SessionStatus[];
  /** Peers that have not come in yet. */
  readonly pending: number;
}

/** Waits between attempts to accept when the system has no descriptors left, in ms. */
const ACCEPT_BACKOFF_MS = { least: 50, most: 5000 };

/**
 * A VNC server.
 *
 * ```ts ignore
 * await using server = new VNCServer({ port: 5900, display: ":0" });
 * await server.start();
 * await server.finished;
 * ```
 */
export class VNCServer implements AsyncDisposable {
  readonly #log = getLogger("server");
  readonly #observers: ObserverGroup;
  readonly #scope = new TaskScope();
  readonly #sessions: SessionList;
  readonly #finished = Promise.withResolvers<void>();
  #options: ResolvedOptions;
  #desktop: Desktop | undefined;
  #executor: EncodePool | undefined;
  #listener: Deno.Listener | undefined;
  #nextId = 1;
  #stopping: Promise<void> | undefined;

  /** Takes nothing and starts nothing. @throws {RangeError} An option is out of its range. */
  constructor(options: VNCServerOptions = {}) {
    this.#options = resolveOptions(options);
    this.#observers = new ObserverGroup(this.#options.observers);
    this.#sessions = new SessionList(this.#options.limits, () => this.#options);
    this.#finished.promise.catch(() => {}); // whoever asks for `finished` hears of it
  }

  /**
   * Opens the display and listens.
   *
   * @throws {NativeError} The display cannot be opened, or the port is taken; says what to do.
   */
  async start(): Promise<void> {
    if (this.#desktop) throw new TypeError("Cannot start a server twice");
    const memory = new FrameMemory();
    const kernels = loadKernels(memory);
    const { frameRate, compare } = this.#options;
    this.#desktop = await Desktop.open({
      open: () => openBackend(this.#options, memory),
      memory,
      kernels,
      frameRate,
      compare,
      observers: this.#observers,
    });
    try {
      this.#listener = this.#listen();
    } catch (error) {
      await this.#desktop[Symbol.asyncDispose]();
      throw error;
    }
    const desktop = this.#desktop;
    this.#executor = new EncodePool(memory, this.#options.workers);
    const context = this.#contextOf(desktop, {
      workbench: new Workbench(kernels, memory),
      shared: new SharedRects(),
      executor: this.#executor,
      pictureSerial: () => desktop.pictureSerial,
    });
    this.#scope.spawn((signal) => this.#accept(this.#listener!, context, signal));
    this.#desktop.finished.then(() => {}, (error) => this.#fail(error));
  }

  /** The TCP port. */
  get port(): number {
    const address = this.#listener?.addr;
    if (address?.transport !== "tcp") {
      throw new TypeError("Cannot tell the port of a server that was not started");
    }
    return address.port;
  }

  /** Resolves when the server has stopped. @throws What stopped it, if that was a fault. */
  get finished(): Promise<void> {
    return this.#finished.promise;
  }

  /** Sessions that have come in. */
  get sessions(): readonly SessionStatus[] {
    return [...this.#sessions].map((session) => session.status());
  }

  /** A snapshot of everything. */
  status(): ServerStatus {
    const frame = this.#desktop?.frame;
    return {
      display: this.#desktop?.display,
      width: frame?.width ?? 0,
      height: frame?.height ?? 0,
      sessions: this.sessions,
      pending: this.#sessions.pendingCount,
    };
  }

  /** Ends one session. @returns Whether it was there. */
  disconnect(id: number, reason = "Disconnected by the operator"): boolean {
    for (const session of this.#sessions) {
      if (session.id !== id) continue;
      session.disconnect(reason);
      return true;
    }
    return false;
  }

  /** Changes settings for what happens from now on; sessions that are there stay. @throws {RangeError} As the constructor. */
  reload(options: LiveOptions): void {
    this.#options = changeOptions(this.#options, options);
    if (this.#desktop) this.#desktop.frameRate = this.#options.frameRate;
  }

  /** Lets go of everything: sessions, listener, display. Resolves when it is done. */
  stop(): Promise<void> {
    return this.#stopping ??= this.#shutDown();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #shutDown(): Promise<void> {
    this.#listener?.close();
    await this.#scope[Symbol.asyncDispose]();
    this.#executor?.[Symbol.dispose]();
    await this.#desktop?.[Symbol.asyncDispose]();
    this.#finished.resolve();
  }

  #fail(error: unknown): void {
    this.#log.fatal("Server failed: {error}", { error });
    this.#finished.reject(error);
    void this.stop();
  }

  #listen(): Deno.Listener {
    const { hostname, port } = this.#options;
    try {
      return Deno.listen({ hostname, port });
    } catch (error) {
      if (error instanceof Deno.errors.AddrInUse) {
        throw new NativeError(
          `Cannot listen on ${hostname} port ${port}: another program does. Choose another port (--port), or 0 for any`,
          "bind",
          { cause: error },
        );
      }
      throw new NativeError(
        `Cannot listen on ${hostname} port ${port}: ${(error as Error).message}`,
        "bind",
        {
          cause: error,
        },
      );
    }
  }

  async #accept(listener: Deno.Listener, context: SessionContext, signal: AbortSignal): Promise<void> {
    let backoffMs: number = ACCEPT_BACKOFF_MS.least;
    while (!signal.aborted) {
      try {
        const transport = new SocketTransport(await listener.accept());
        backoffMs = ACCEPT_BACKOFF_MS.least;
        this.#receive(transport, context);
      } catch (error) {
        if (signal.aborted || error instanceof Deno.errors.BadResource) return;
        this.#log.warning("Cannot accept a connection: {error}", { error });
        await new Promise((resolve) => setTimeout(resolve, backoffMs));
        backoffMs = Math.min(backoffMs * 2, ACCEPT_BACKOFF_MS.most);
      }
    }
  }

  /** One peer, whatever it came by. */
  #receive(transport: Transport, context: SessionContext): void {
    if (!this.#sessions.hasRoomFor(transport)) {
      this.#log.warning("Too many peers have not logged in: {address} is turned away", {
        address: transport.peer.address,
      });
      this.#observers.notify("connectionTurnedAway", transport.peer);
      transport[Symbol.dispose]();
      return;
    }
    const session = new Session(this.#nextId++, transport, context);
    this.#sessions.add(session, transport);
    this.#scope.spawn(async (signal) => {
      try {
        await session.run(signal);
      } finally {
        this.#sessions.remove(session);
      }
    });
  }

  #contextOf(desktop: Desktop, means: EncodingMeans): SessionContext {
    const { encodings, securityTypes, limits, clipboard } = this.#options;
    return {
      desktop,
      observers: this.#observers,
      encodings,
      pseudoEncodings: PSEUDO_ENCODINGS,
      means,
      securityTypes,
      limits,
      credentials: () => this.#options,
      desktopName: () => this.#options.name || `Porthole on ${desktop.display ?? "a lost display"}`,
      viewOnly: () => this.#options.viewOnly,
      sharesClipboard: clipboard !== "off",
      refusal: () => this.#sessions.fullBecause,
      admit: (session, shared) => this.#sessions.admit(session, shared),
    };
  }
}
