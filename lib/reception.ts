/**
 * What becomes of peers: from the listeners to sessions. Loaded once the server listens: see lib/later.ts.
 *
 * @module
 */
import { Arrivals, type Door } from "./arrivals.ts";
import { SYSTEM_CLOCK } from "./core/clock.ts";
import type { FrameMemory } from "./core/frame_memory.ts";
import { getLogger } from "./core/log.ts";
import { nextTurn, restBy } from "./core/next_turn.ts";
import type { ObserverGroup } from "./core/observer_group.ts";
import { TaskScope } from "./core/task_scope.ts";
import type { Desktop } from "./desktop/desktop.ts";
import { PSEUDO_ENCODINGS } from "./encodings/pseudo/registry.ts";
import { ENCODINGS } from "./encodings/registry.ts";
import { SharedRects } from "./encodings/shared_rects.ts";
import { Workbench } from "./encodings/workbench.ts";
import { ProcessMemory } from "./ffi/process_memory.ts";
import { IdleMemory } from "./idle_memory.ts";
import type { Kernels } from "./kernels/kernels.ts";
import { type Listeners, listenForItself } from "./listeners.ts";
import type { Consent } from "./security/consent.ts";
import { SECURITY_TYPES } from "./security/registry.ts";
import type { Credentials, SecurityTypeDefinition } from "./security/security_type.ts";
import { ServerKeys } from "./security/server_keys.ts";
import { ServerCredentials } from "./server_credentials.ts";
import type { ResolvedOptions } from "./server_options.ts";
import { ServerRecording } from "./server_recording.ts";
import type { InputControl } from "./session/input_control.ts";
import { NOBODY, practise } from "./session/practice.ts";
import { Session, type SessionContext } from "./session/session.ts";
import type { SessionList } from "./session/session_list.ts";
import { warmUp } from "./session/warm_up.ts";
import { CommonWork } from "./session/common_work.ts";
import { acceptLoop } from "./transport/accept_loop.ts";
import { memoryTransports } from "./transport/memory.ts";
import { connectToItself, OwnConnection } from "./transport/own_connection.ts";
import { SocketTransport } from "./transport/tcp.ts";
import type { Transport } from "./transport/transport.ts";
import { WebAccess } from "./web_access.ts";
import type { Route } from "./web/pages.ts";
import { EncodePool } from "./workers/encode_pool.ts";

/** What the server has when it listens. */
export interface ServerParts extends Required<Pick<Credentials, "guard" | "invitations">> {
  /** Read at the moment of use. */
  readonly options: () => ResolvedOptions;
  readonly listeners: Listeners;
  readonly desktop: Desktop;
  readonly memory: FrameMemory;
  readonly kernels: Kernels;
  readonly observers: ObserverGroup;
  readonly sessions: SessionList;
  readonly control: InputControl;
  readonly consent: Consent;
  /** What browsers get besides the page. */
  readonly routes: ReadonlyMap<string, Route> | undefined;
}

/** Owns sessions, and connections until they are ones. */
export class Reception implements AsyncDisposable {
  readonly #log = getLogger("server");
  readonly #server: ServerParts;
  readonly #securityTypes: readonly SecurityTypeDefinition[];
  readonly #arrivals: Arrivals;
  readonly #keys: ServerKeys;
  readonly #credentials: ServerCredentials;
  readonly #recording: ServerRecording | undefined;
  readonly #executor: EncodePool;
  readonly #web: WebAccess | undefined;
  readonly #context: SessionContext;
  readonly #scope = new TaskScope();
  readonly #pauses = new DisposableStack();
  readonly #idleMemory: IdleMemory;
  #nextId = 1;
  #ending = false;

  /** Takes nothing and lets nobody in. */
  constructor(server: ServerParts) {
    const { options, observers, guard, invitations, routes } = this.#server = server;
    const { record, web, onePort, workers, securityTypes = SECURITY_TYPES } = options();
    this.#securityTypes = securityTypes;
    this.#arrivals = new Arrivals(
      options(),
      ({ address, transport }, reason) =>
        observers.notify("connectionTurnedAway", { address, transport, reason }),
    );
    this.#keys = new ServerKeys(options);
    this.#credentials = new ServerCredentials({ keys: this.#keys, guard, invitations });
    if (record) observers.add(this.#recording = new ServerRecording(record));
    const { memory } = server;
    const idleMemory = this.#idleMemory = new IdleMemory(
      SYSTEM_CLOCK,
      () => ProcessMemory.open(() => memory.spare),
    );
    observers.add(idleMemory);
    this.#executor = new EncodePool(memory, workers, { ended: () => idleMemory.giveBackLater() });
    if (web || onePort) this.#web = new WebAccess(options, this.#keys, this.#arrivals, routes);
    this.#context = this.#contextOf(server);
  }

  /**
   * Lets peers in.
   *
   * @throws {ConfigError} The certificate cannot be used.
   * @throws {RecordingError} What is to be recorded to cannot be made.
   */
  async open(): Promise<void> {
    const options = this.#server.options();
    // Files that were given are to be right from the start.
    if (options.certificateFile || options.keyFile || this.#speaksHttps) void this.#keys.certificate;
    this.#credentials.of(options); // what is wrong with them is told at once
    this.#recording?.open();
    await this.#restByItself();
    this.#recording?.start(this.#context, (task) => this.#scope.spawn(task));
    this.#acceptAll();
    this.#scope.spawn((signal) => this.#practise(signal));
  }

  /** SHA-256 of the certificate that browsers and viewers are shown, if there is one. */
  get fingerprint(): string | undefined {
    const speaksTls = this.#speaksHttps || this.#securityTypes.some(({ encrypts }) => encrypts);
    return speaksTls ? this.#keys.certificate.fingerprint : undefined;
  }

  /** Gives a session to a peer that has come by another way than the listeners. */
  accept(transport: Transport): void {
    if (this.#arrivals.admits(transport)) this.#receive(transport, this.#context);
  }

  /** Other options, for those who come from now on. @throws {ConfigError} The certificate cannot be used. */
  reload(options: ResolvedOptions): void {
    this.#keys.reload(options);
    this.#arrivals.options = options;
  }

  /** Lets nobody in any more, and ends all sessions. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending = true;
    this.#arrivals[Symbol.dispose]();
    await this.#scope[Symbol.asyncDispose]();
    this.#credentials[Symbol.dispose]();
    await this.#recording?.[Symbol.asyncDispose]();
    await this.#web?.[Symbol.asyncDispose]();
    this.#executor[Symbol.dispose]();
    this.#pauses.dispose();
    this.#idleMemory[Symbol.dispose]();
  }

  get #speaksHttps(): boolean {
    const { web, onePort, webTls } = this.#server.options();
    return (web !== undefined || onePort) && webTls !== "off";
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

  /** Where there is no loopback, it leads through memory. */
  async #practiceLine(): Promise<readonly [Transport, Transport]> {
    try {
      const [far, near] = await connectToItself(listenForItself());
      return [this.#arrivals.transportOf(near, NOBODY), new SocketTransport(far)];
    } catch {
      return memoryTransports(NOBODY);
    }
  }

  /** What nobody waits for yet makes the first client wait less. */
  async #practise(signal: AbortSignal): Promise<void> {
    const { desktop, encodings, means: { workbench } } = this.#context;
    const { frame } = desktop;
    const { sessions } = this.#server;
    await nextTurn();
    const isIdle = () => !this.#ending && sessions.size === 0 && sessions.pendingCount === 0;
    if (isIdle()) await practise(this.#context, await this.#practiceLine(), isIdle, signal);
    await warmUp({ frame, encodings, workbench, isIdle });
    if (isIdle()) desktop.prepareInput();
    await this.#web?.practise(isIdle, signal);
    this.#idleMemory.giveBackLater();
  }

  #acceptAll(): void {
    const { listeners, options } = this.#server;
    const web = this.#web;
    const open = (transport: Transport) => this.#receive(transport, this.#context);
    const viewOnly = (transport: Transport) => this.#receive(transport, onlyLooking(this.#context));
    web?.start({ open, viewOnly });
    const isForAll = web && options().onePort;
    this.#acceptAt(listeners.viewers, "viewers", isForAll ? (transport) => web.acceptAny(transport) : open);
    if (listeners.unix) this.#acceptAt(listeners.unix, "unix", open);
    if (listeners.web) this.#acceptAt(listeners.web, "web", (transport) => web!.acceptWeb(transport));
  }

  #acceptAt(listener: Deno.Listener, door: Door, take: (transport: Transport) => void): void {
    const receive = (conn: Deno.Conn) => this.#arrivals.receive(conn, door, take);
    this.#scope.spawn((signal) => acceptLoop(listener, receive, signal));
  }

  /** One peer, whatever it came by. */
  #receive(transport: Transport, context: SessionContext): void {
    const { sessions, observers } = this.#server;
    if (!sessions.makeRoomFor(transport)) {
      this.#log.warning("Too many peers have not logged in: {address} is turned away", {
        address: transport.peer.address,
      });
      observers.notify("connectionTurnedAway", transport.peer);
      transport[Symbol.dispose]();
      return;
    }
    const session = new Session(this.#nextId++, transport, context);
    sessions.add(session, transport);
    this.#scope.spawn(async (signal) => {
      try {
        await session.run(signal);
      } finally {
        sessions.remove(session);
      }
    });
  }

  #contextOf(
    { options, desktop, memory, kernels, observers, sessions, control, consent }: ServerParts,
  ): SessionContext {
    const { encodings = ENCODINGS, limits, clipboard } = options();
    return {
      desktop,
      observers,
      encodings,
      pseudoEncodings: PSEUDO_ENCODINGS,
      means: {
        workbench: new Workbench(kernels, memory),
        shared: new SharedRects(),
        executor: this.#executor,
        pictureSerial: () => desktop.pictureSerial,
      },
      securityTypes: this.#securityTypes,
      limits,
      credentials: () => this.#credentials.of(options()),
      networkProfile: () => options().networkProfile,
      desktopName: () => options().name || `Porthole on ${desktop.display ?? "a lost display"}`,
      viewOnly: () => options().viewOnly,
      control,
      commonWork: new CommonWork(),
      sharesClipboard: clipboard !== "off",
      refusal: () => sessions.fullBecause,
      consent,
      admit: (session, shared) => sessions.admit(session, shared),
    };
  }
}

function onlyLooking(context: SessionContext): SessionContext {
  return { ...context, viewOnly: () => true };
}
