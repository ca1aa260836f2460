/**
 * The server: puts the parts together, listens, and gives each peer a session.
 *
 * @module
 */
import { openBackend } from "./backends.ts";
import { SYSTEM_CLOCK } from "./core/clock.ts";
import { FrameMemory } from "./core/frame_memory.ts";
import { getLogger } from "./core/log.ts";
import type { ServerObserver } from "./core/observer.ts";
import { ObserverGroup } from "./core/observer_group.ts";
import type { Desktop } from "./desktop/desktop.ts";
import { countDescriptors } from "./ffi/process_descriptors.ts";
import { listenAll, type Listeners } from "./listeners.ts";
import { LocalSide } from "./local_side.ts";
import { AuditLog } from "./observability/audit_log.ts";
import type { ServerOperations } from "./observability/control_protocol.ts";
import { EventLoopMonitor } from "./observability/event_loop_monitor.ts";
import { PrometheusExporter } from "./observability/prometheus_exporter.ts";
import { SessionStatistics } from "./observability/session_statistics.ts";
import type { Reception } from "./reception.ts";
import { LoginGuard } from "./security/login_guard.ts";
import { ServerInvitations } from "./server_invitations.ts";
import {
  changeOptions,
  type LiveOptions,
  type ResolvedOptions,
  resolveOptions,
  type VNCServerOptions,
} from "./server_options.ts";
import { type ControlChange, InputControl } from "./session/input_control.ts";
import { SessionList } from "./session/session_list.ts";
import type { SessionStatus } from "./session/session_status.ts";
import type { Transport } from "./transport/transport.ts";

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
  readonly #sessions: SessionList;
  readonly #finished = Promise.withResolvers<void>();
  readonly #eventLoop = new EventLoopMonitor((delayMs) =>
    this.#observers.notify("eventLoopDelayed", { delayMs })
  );
  /** How each session does at the moment. */
  readonly statistics: SessionStatistics = new SessionStatistics();
  /** What is counted for Prometheus, unless the option `metrics` is off. */
  readonly metrics: PrometheusExporter | undefined;
  /** Failed logins, and who has to wait for them. */
  readonly logins: LoginGuard = new LoginGuard(SYSTEM_CLOCK, {
    locked: (event) => this.#observers.notify("loginLocked", event),
  });
  /** One-time passwords. */
  readonly invitations: ServerInvitations;
  readonly #control = new InputControl({
    clock: SYSTEM_CLOCK,
    rules: () => this.#options,
    changed: (change) => this.#tellControl(change),
  });
  readonly #local = new LocalSide(() => this.#options);
  #options: ResolvedOptions;
  #desktop: Desktop | undefined;
  #listeners: Listeners | undefined;
  #reception: Reception | undefined;
  /** All that runs, the newest first. */
  #running: AsyncDisposableStack | undefined;
  #stopping: Promise<void> | undefined;

  /** Takes nothing and starts nothing. @throws {RangeError} An option is out of its range. */
  constructor(options: VNCServerOptions = {}) {
    this.#options = resolveOptions(options);
    if (this.#options.metrics) this.metrics = new PrometheusExporter({ countDescriptors });
    const own = [this.#local, this.statistics, new AuditLog(), this.metrics]
      .filter((one) => one !== undefined);
    const observers: ServerObserver[] = [...own, ...this.#options.observers];
    if (observers.some(({ eventLoopDelayed }) => eventLoopDelayed)) observers.push(this.#eventLoop);
    this.#observers = new ObserverGroup(observers);
    this.#sessions = new SessionList(this.#options.limits, () => this.#options);
    this.invitations = new ServerInvitations({
      server: this,
      options: () => this.#options,
      sessions: this.#sessions,
      notify: (event) => this.#observers.notify("invitationChanged", event),
    });
    this.#finished.promise.catch(() => {}); // whoever asks for `finished` hears of it
  }

  /**
   * Opens the display and listens.
   *
   * @param listening Called as soon as the server listens, and awaited before anybody is let in.
   * @throws {NativeError} The display cannot be opened, or a port is taken; says what to do.
   * @throws {ConfigError} The certificate cannot be used.
   * @throws {RecordingError} What is to be recorded to cannot be made.
   */
  async start(listening?: () => Promise<unknown>): Promise<void> {
    if (this.#listeners) throw new TypeError("Cannot start a server twice");
    const memory = new FrameMemory();
    const openDisplay = () => this.#local.open(() => openBackend(this.#options, memory));
    await using opening = new AsyncDisposableStack();
    await using unfollowed = new AsyncDisposableStack();
    const display = unfollowed.use(await openDisplay());
    const listeners = this.#listeners = opening.use(await listenAll(this.#options));
    const loading: Promise<typeof import("./later.ts")> = import(import.meta.resolve("./later.ts"));
    const [{ Desktop, loadKernels, Reception }] = await Promise.all([loading, listening?.()]);
    if (this.#stopping) return;
    const kernels = loadKernels(memory);
    const { frameRate, compare, pollShare } = this.#options;
    unfollowed.move(); // the desktop owns it
    const desktop = this.#desktop = opening.use(
      await Desktop.open({
        open: onceThen(display, openDisplay),
        memory,
        kernels,
        frameRate,
        compare,
        pollShare,
        observers: this.#observers,
      }),
    );
    for (const part of [this.#local, this.#eventLoop, this.#control]) opening.use(part);
    this.#reception = opening.use(
      new Reception({
        options: () => this.#options,
        listeners,
        desktop,
        memory,
        kernels,
        observers: this.#observers,
        sessions: this.#sessions,
        control: this.#control,
        consent: this.#local.consent,
        guard: this.logins,
        invitations: this.invitations,
        routes: this.metrics?.routes,
      }),
    );
    opening.defer(() => this.metrics?.stop());
    await this.#showMetrics(desktop);
    await this.#reception.open();
    if (this.#stopping) return;
    this.#running = opening.move();
    desktop.finished.then(() => {}, (error) => this.#fail(error));
  }

  /** The TCP port. */
  get port(): number {
    const address = this.#listeners?.viewers.addr;
    if (address?.transport !== "tcp") {
      throw new TypeError("Cannot tell the port of a server that was not started");
    }
    return address.port;
  }

  /** The port for browsers, if there is one. */
  get webPort(): number | undefined {
    const address = this.#listeners?.web?.addr;
    return address?.transport === "tcp" ? address.port : undefined;
  }

  /** SHA-256 of the certificate that browsers and viewers are shown, if the server runs and there is one: "AB:CD:…". */
  get fingerprint(): string | undefined {
    return this.#reception?.fingerprint;
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

  /** What operators can do with this server, for a control socket. */
  get operations(): ServerOperations {
    return {
      info: () => {
        const { display, width, height, pending } = this.status();
        return {
          display,
          width,
          height,
          port: this.port,
          webPort: this.webPort,
          pending,
          ended: this.statistics.ended,
        };
      },
      sessions: () => this.sessions,
      figuresOf: (session) => this.statistics.of(session),
      desktopFigures: () => this.statistics.desktop(),
      disconnect: (session, reason) => this.disconnect(session, reason),
      giveControl: (session) => this.#control.give(session),
      releaseControl: () => this.#control.release(),
      lockouts: () => this.logins.locks,
      unlock: (address) => this.logins.clear(address),
      invite: (wishes) => this.invitations.make(wishes),
      invitations: () => this.invitations.open,
      revoke: (invitation) => this.invitations.revoke(invitation),
    };
  }

  /**
   * Gives a session to a peer that has come by another way than this server's ports, such as `memoryTransports()`.
   *
   * @param transport Belongs to the server from now on. Closed at once where `allow` and `deny` do not want it, or when too
   *   many peers have not logged in yet.
   * @throws {TypeError} The server does not run.
   */
  accept(transport: Transport): void {
    if (!this.#reception || this.#stopping) {
      throw new TypeError("Cannot accept a peer: the server does not run");
    }
    this.#reception.accept(transport);
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

  /**
   * Changes settings for what happens from now on, and reads the certificate again; sessions that are there stay.
   *
   * @throws {RangeError} As the constructor. @throws {ConfigError} The certificate cannot be used.
   */
  reload(options: LiveOptions): void {
    const changed = changeOptions(this.#options, options);
    this.#reception?.reload(changed);
    this.#options = changed;
    this.#local.refresh();
    if (this.#desktop) this.#desktop.frameRate = this.#options.frameRate;
    this.#control.review();
  }

  /** Lets go of everything: sessions, listener, display. Resolves when it is done. */
  stop(): Promise<void> {
    return this.#stopping ??= this.#shutDown();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #shutDown(): Promise<void> {
    this.#listeners?.[Symbol.dispose]();
    await this.metrics?.stop();
    await this.#running?.disposeAsync();
    this.#finished.resolve();
  }

  #fail(error: unknown): void {
    this.#log.fatal("Server failed: {error}", { error });
    this.#finished.reject(error);
    void this.stop();
  }

  #tellControl(change: ControlChange): void {
    this.#log.info("Control goes from session {from} to {to}: {reason}", {
      from: change.from ?? "none",
      to: change.to ?? "none",
      reason: change.reason,
    });
    this.#observers.notify("controlChanged", change);
  }

  async #showMetrics({ frame }: Desktop): Promise<void> {
    this.metrics?.showDesktop(frame);
    const { metrics } = this.#options;
    if (metrics && metrics.port !== undefined) await this.metrics!.start({ ...metrics, port: metrics.port });
  }
}

/** Gives what is there already, and makes new ones from then on. */
function onceThen<T>(first: T, make: () => Promise<T>): () => Promise<T> {
  let given: T | undefined = first;
  return () => {
    const one = given === undefined ? make() : Promise.resolve(given);
    given = undefined;
    return one;
  };
}
