/**
 * The server: puts the parts together, listens, and gives each peer a session.
 *
 * @module
 */
import { Arrivals, type Door } from "./arrivals.ts";
import { openBackend } from "./backends.ts";
import { NativeError } from "./core/errors.ts";
import { countDescriptors } from "./ffi/process_descriptors.ts";
import { FrameMemory } from "./core/frame_memory.ts";
import { getLogger } from "./core/log.ts";
import { nextTurn, restBy } from "./core/next_turn.ts";
import type { ServerObserver } from "./core/observer.ts";
import { ObserverGroup } from "./core/observer_group.ts";
import { TaskScope } from "./core/task_scope.ts";
import { Desktop } from "./desktop/desktop.ts";
import { PSEUDO_ENCODINGS } from "./encodings/pseudo/registry.ts";
import { SharedRects } from "./encodings/shared_rects.ts";
import { Workbench } from "./encodings/workbench.ts";
import { SYSTEM_CLOCK } from "./core/clock.ts";
import { listen, listenForItself, listenUnix } from "./listeners.ts";
import { LocalSide } from "./local_side.ts";
import { LoginGuard } from "./security/login_guard.ts";
import { ServerKeys } from "./security/server_keys.ts";
import { loadKernels } from "./kernels/simd.ts";
import type { ServerOperations } from "./observability/control_protocol.ts";
import { AuditLog } from "./observability/audit_log.ts";
import { EventLoopMonitor } from "./observability/event_loop_monitor.ts";
import { PrometheusExporter } from "./observability/prometheus_exporter.ts";
import { SessionStatistics } from "./observability/session_statistics.ts";
import {
  changeOptions,
  type LiveOptions,
  type ResolvedOptions,
  resolveOptions,
  type VNCServerOptions,
} from "./server_options.ts";
import { ServerCredentials } from "./server_credentials.ts";
import { ServerInvitations } from "./server_invitations.ts";
import { ServerRecording } from "./server_recording.ts";
import { CommonWork } from "./session/common_work.ts";
import { type ControlChange, InputControl } from "./session/input_control.ts";
import { Session, type SessionContext } from "./session/session.ts";
import { practise } from "./session/practice.ts";
import { warmUp } from "./session/warm_up.ts";
import { SessionList } from "./session/session_list.ts";
import type { EncodingMeans } from "./session/rect_encoder.ts";
import type { SessionStatus } from "./session/session_status.ts";
import { acceptLoop } from "./transport/accept_loop.ts";
import { OwnConnection } from "./transport/own_connection.ts";
import type { Transport } from "./transport/transport.ts";
import { WebAccess } from "./web_access.ts";
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
  readonly #pauses = new DisposableStack();
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
  readonly #keys = new ServerKeys(() => this.#options);
  readonly #credentials: ServerCredentials;
  readonly #recording: ServerRecording | undefined;
  #options: ResolvedOptions;
  #desktop: Desktop | undefined;
  #executor: EncodePool | undefined;
  #listener: Deno.Listener | undefined;
  #web: WebAccess | undefined;
  #webListener: Deno.Listener | undefined;
  #unixListener: Deno.Listener | undefined;
  readonly #arrivals: Arrivals;
  #nextId = 1;
  #receiver: ((transport: Transport) => void) | undefined;
  #stopping: Promise<void> | undefined;

  /** Takes nothing and starts nothing. @throws {RangeError} An option is out of its range. */
  constructor(options: VNCServerOptions = {}) {
    this.#options = resolveOptions(options);
    this.#arrivals = new Arrivals(
      this.#options,
      ({ address, transport }, reason) =>
        this.#observers.notify("connectionTurnedAway", { address, transport, reason }),
    );
    if (this.#options.metrics) this.metrics = new PrometheusExporter({ countDescriptors });
    if (this.#options.record) this.#recording = new ServerRecording(this.#options.record);
    const own = [this.#local, this.statistics, new AuditLog(), this.metrics, this.#recording]
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
    const { invitations, logins: guard } = this;
    this.#credentials = new ServerCredentials({ keys: this.#keys, guard, invitations });
    this.#finished.promise.catch(() => {}); // whoever asks for `finished` hears of it
  }

  /**
   * Opens the display and listens.
   *
   * @throws {NativeError} The display cannot be opened, or a port is taken; says what to do.
   * @throws {ConfigError} The certificate cannot be used.
   * @throws {RecordingError} What is to be recorded to cannot be made.
   */
  async start(): Promise<void> {
    if (this.#desktop) throw new TypeError("Cannot start a server twice");
    this.#credentials.of(this.#options); // what is wrong with them is told at once
    const memory = new FrameMemory();
    const kernels = loadKernels(memory);
    const { frameRate, compare, pollShare } = this.#options;
    this.#desktop = await Desktop.open({
      open: () => this.#local.open(() => openBackend(this.#options, memory, kernels)),
      memory,
      kernels,
      frameRate,
      compare,
      pollShare,
      observers: this.#observers,
    });
    try {
      await this.#listenAll();
      this.#recording?.open();
      await this.#showMetrics();
    } catch (error) {
      this.#stopListening();
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
    await this.#restByItself();
    this.#recording?.start(context, (task) => this.#scope.spawn(task));
    this.#acceptAll(context);
    this.#scope.spawn((signal) => this.#practise(context, signal));
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

  /** The port for browsers, if there is one. */
  get webPort(): number | undefined {
    const address = this.#webListener?.addr;
    return address?.transport === "tcp" ? address.port : undefined;
  }

  /** SHA-256 of the certificate that browsers and viewers are shown, if there is one: "AB:CD:…". */
  get fingerprint(): string | undefined {
    return this.#speaksTls ? this.#keys.certificate.fingerprint : undefined;
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
    if (!this.#receiver || this.#stopping) {
      throw new TypeError("Cannot accept a peer: the server does not run");
    }
    if (this.#arrivals.admits(transport)) this.#receiver(transport);
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
    this.#keys.reload(changed);
    this.#options = changed;
    this.#arrivals.options = changed;
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
    this.#stopListening();
    await this.metrics?.stop();
    await this.#scope[Symbol.asyncDispose]();
    this.#control[Symbol.dispose]();
    this.#credentials[Symbol.dispose]();
    await this.#recording?.[Symbol.asyncDispose]();
    this.#eventLoop[Symbol.dispose]();
    this.#local[Symbol.dispose]();
    await this.#web?.[Symbol.asyncDispose]();
    this.#executor?.[Symbol.dispose]();
    this.#pauses.dispose();
    await this.#desktop?.[Symbol.asyncDispose]();
    this.#finished.resolve();
  }

  /** Where there is no loopback, pauses take a little longer. */
  async #restByItself(): Promise<void> {
    try {
      const own = this.#pauses.use(await OwnConnection.open(listenForItself()));
      this.#pauses.use(restBy(own.rest));
    } catch (error) {
      this.#log.debug("Cannot connect to itself: {error}", { error });
    }
  }

  /** What nobody waits for yet makes the first client wait less. */
  async #practise(context: SessionContext, signal: AbortSignal): Promise<void> {
    const { desktop: { frame }, encodings, means: { workbench } } = context;
    await nextTurn();
    const isIdle = () => !this.#stopping && this.sessions.length === 0 && this.#sessions.pendingCount === 0;
    await practise(context, isIdle, signal);
    await warmUp({ frame, encodings, workbench, isIdle });
  }

  #fail(error: unknown): void {
    this.#log.fatal("Server failed: {error}", { error });
    this.#finished.reject(error);
    void this.stop();
  }

  #stopListening(): void {
    this.#listener?.close();
    this.#webListener?.close();
    this.#unixListener?.close();
    this.#arrivals[Symbol.dispose]();
  }

  async #listenAll(): Promise<void> {
    const { unixSocket, unixSocketMode, hostname, port, web, onePort, certificateFile } = this.#options;
    // Files that were given are to be right from the start.
    if (certificateFile || this.#speaksHttps) void this.#keys.certificate;
    this.#listener = listen(hostname, port, "--port");
    if (unixSocket) this.#unixListener = await listenUnix(unixSocket, parseInt(unixSocketMode, 8));
    if (!web && !onePort) return;
    this.#web = new WebAccess(() => this.#options, this.#keys, this.#arrivals, this.metrics?.routes);
    if (!web) return;
    try {
      this.#webListener = listen(web.hostname || hostname, web.port, "--web-port");
    } catch (error) {
      if (!web.optional || !(error instanceof NativeError)) throw error;
      this.#log.warning("Browsers cannot connect: {reason}", { reason: error.message });
    }
  }

  get #speaksHttps(): boolean {
    const { web, onePort, webTls } = this.#options;
    return (web !== undefined || onePort) && webTls !== "off";
  }

  get #speaksTls(): boolean {
    return this.#speaksHttps || this.#options.securityTypes.some(({ encrypts }) => encrypts);
  }

  #tellControl(change: ControlChange): void {
    this.#log.info("Control goes from session {from} to {to}: {reason}", {
      from: change.from ?? "none",
      to: change.to ?? "none",
      reason: change.reason,
    });
    this.#observers.notify("controlChanged", change);
  }

  async #showMetrics(): Promise<void> {
    this.metrics?.showDesktop(this.#desktop!.frame);
    const { metrics } = this.#options;
    if (metrics && metrics.port !== undefined) await this.metrics!.start({ ...metrics, port: metrics.port });
  }

  #acceptAll(context: SessionContext): void {
    const receive = this.#receiver = (transport: Transport) => this.#receive(transport, context);
    const web = this.#web;
    web?.start({ open: receive, viewOnly: (transport) => this.#receive(transport, onlyLooking(context)) });
    const { onePort } = this.#options;
    const take = (transport: Transport) => web && onePort ? web.acceptAny(transport) : receive(transport);
    this.#scope.spawn((signal) => this.#accept(this.#listener!, "viewers", take, signal));
    if (this.#unixListener) {
      this.#scope.spawn((signal) => this.#accept(this.#unixListener!, "unix", receive, signal));
    }
    if (!this.#webListener) return;
    this.#scope.spawn((signal) =>
      this.#accept(this.#webListener!, "web", (transport) => web!.acceptWeb(transport), signal)
    );
  }

  #accept(
    listener: Deno.Listener,
    door: Door,
    take: (transport: Transport) => void,
    signal: AbortSignal,
  ): Promise<void> {
    return acceptLoop(listener, (conn) => this.#arrivals.receive(conn, door, take), signal);
  }

  /** One peer, whatever it came by. */
  #receive(transport: Transport, context: SessionContext): void {
    if (!this.#sessions.makeRoomFor(transport)) {
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
      credentials: () => this.#credentials.of(this.#options),
      networkProfile: () => this.#options.networkProfile,
      desktopName: () => this.#options.name || `Porthole on ${desktop.display ?? "a lost display"}`,
      viewOnly: () => this.#options.viewOnly,
      control: this.#control,
      commonWork: new CommonWork(),
      sharesClipboard: clipboard !== "off",
      refusal: () => this.#sessions.fullBecause,
      consent: this.#local.consent,
      admit: (session, shared) => this.#sessions.admit(session, shared),
    };
  }
}

function onlyLooking(context: SessionContext): SessionContext {
  return { ...context, viewOnly: () => true };
}
