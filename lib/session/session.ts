/**
 * One client, from its first byte to its last: handshake, then two loops in one scope.
 *
 * @module
 */
import { abortable } from "../core/abortable.ts";
import { ByteWriter } from "../core/bytes.ts";
import { SYSTEM_CLOCK } from "../core/clock.ts";
import {
  AuthenticationError,
  DisconnectedError,
  type EndReason,
  ProtocolError,
  RefusedError,
} from "../core/errors.ts";
import type { Limits } from "../core/limits.ts";
import { getLogger, LogContext } from "../core/log.ts";
import type { ObserverGroup } from "../core/observer_group.ts";
import type { SessionId } from "../core/observer.ts";
import { TaskScope } from "../core/task_scope.ts";
import type { Desktop } from "../desktop/desktop.ts";
import type { EncodingDefinition } from "../encodings/encoding.ts";
import type { PseudoEncodingDefinition } from "../encodings/pseudo/pseudo_encoding.ts";
import { EncodingType } from "../protocol/constants.ts";
import { NATIVE_PIXEL_FORMAT } from "../protocol/pixel_format.ts";
import { writeServerInit } from "../protocol/server_messages.ts";
import type { Consent } from "../security/consent.ts";
import { isOwner } from "../security/roles.ts";
import type { Credentials, Principal, SecurityTypeDefinition } from "../security/security_type.ts";
import { MeteredTransport } from "../transport/metered.ts";
import type { Peer, Transport } from "../transport/transport.ts";
import { ClientState } from "./client_state.ts";
import { ClipboardExchange } from "./clipboard_exchange.ts";
import type { CommonWork } from "./common_work.ts";
import { type Agreement, handshake, refuse } from "./handshake.ts";
import { IdleTimer } from "./idle_timer.ts";
import type { InputControl, Participant } from "./input_control.ts";
import type { NetworkProfileName } from "./network_profile.ts";
import { Pacer } from "./pacing.ts";
import type { EncodingMeans } from "./rect_encoder.ts";
import { receiveLoop } from "./receive_loop.ts";
import { SessionEvents } from "./session_events.ts";
import type { SessionPhase, SessionStatus } from "./session_status.ts";
import { UpdateComposer } from "./update_composer.ts";
import { updateLoop } from "./update_loop.ts";
import { MESSAGES, WorkAllowance } from "./work_allowance.ts";

/** What all sessions of a server share. Read at the moment of use, so that settings can change under them. */
export interface SessionContext {
  readonly desktop: Desktop;
  readonly observers: ObserverGroup;
  readonly encodings: readonly EncodingDefinition[];
  readonly pseudoEncodings: readonly PseudoEncodingDefinition[];
  /** What all sessions encode with. */
  readonly means: EncodingMeans;
  readonly securityTypes: readonly SecurityTypeDefinition[];
  readonly limits: Limits;
  readonly credentials: () => Credentials;
  readonly desktopName: () => string;
  /** Nobody may touch anything, whoever they are. */
  readonly viewOnly: () => boolean;
  /** Whose keys and pointer count. */
  readonly control: InputControl;
  /** What the messages of all clients may cost. */
  readonly commonWork: CommonWork;
  /** Text goes from clipboard to clipboard. */
  readonly sharesClipboard: boolean;
  /** What to assume of new clients' networks. */
  readonly networkProfile: () => NetworkProfileName;
  /** Why nobody can come in at the moment, if that is so; told to the peer. */
  refusal(): string | undefined;
  /** Asks the person at the desktop about clients that have logged in. */
  readonly consent: Consent | undefined;
  /** Decides about a client that has shown who it is. @throws {AuthenticationError} It may not come in. */
  admit(session: Session, shared: boolean): void;
}

/** Owns its transport. */
export class Session {
  readonly id: SessionId;
  readonly #transport: Transport;
  /** The uppermost layer on it. */
  #layer: Transport;
  readonly #context: SessionContext;
  readonly #events: SessionEvents;
  readonly #started = performance.now();
  readonly #end = new AbortController();
  readonly #log = getLogger("session");
  #phase: SessionPhase = "handshake";
  #security: SecurityTypeDefinition | undefined;
  #agreement: Agreement | undefined;
  #client: ClientState | undefined;
  #pacer: Pacer | undefined;
  #participant: Participant | undefined;

  constructor(id: SessionId, transport: Transport, context: SessionContext) {
    this.id = id;
    this.#context = context;
    this.#events = new SessionEvents(id, context.observers);
    this.#layer = this.#transport = new MeteredTransport(transport, this.#events);
  }

  /** Name of the user who has come in; "" where there are only passwords. */
  get user(): string {
    return this.#agreement?.principal.user ?? "";
  }

  /** What operators see of it. */
  status(): SessionStatus {
    return {
      id: this.id,
      phase: this.#phase,
      address: this.#transport.peer.address,
      transport: this.#transport.peer.transport,
      owner: this.#transport.peer.owner,
      security: this.#agreement?.method ?? this.#security?.name,
      user: this.#agreement?.principal.user || undefined,
      role: this.#agreement?.principal.role,
      version: this.#agreement?.version,
      viewOnly: this.#viewOnly,
      hasControl: this.#hasControl,
      connectedMs: performance.now() - this.#started,
      size: this.#client?.size,
      encodings: this.#client?.encodings.order ?? [],
      roundTripMs: this.#pacer?.pace?.roundTripMs,
    };
  }

  /** Who is at the other end. */
  get peer(): Peer {
    return this.#transport.peer;
  }

  /** Who it is, once it has shown that. */
  get principal(): Principal | undefined {
    return this.#agreement?.principal;
  }

  /** Ends the session; `message` goes to the log. */
  disconnect(message: string, reason: EndReason = "operator"): void {
    this.#end.abort(new DisconnectedError(message, { reason }));
  }

  /**
   * Talks with the client until either side ends it. Never throws: how it ended is told to the observers.
   *
   * @param signal Ends the session when it aborts.
   */
  run(signal: AbortSignal): Promise<void> {
    const { address } = this.#transport.peer;
    const context = new LogContext({ session: this.id, address, phase: () => this.#phase });
    return context.run(() => this.#run(signal));
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { peer } = this.#transport;
    const { observers } = this.#context;
    observers.notify("connectionOpened", {
      session: this.id,
      address: peer.address,
      transport: peer.transport,
      ...(peer.owner && { owner: peer.owner }),
    });
    let reason: unknown;
    try {
      await this.#talk(AbortSignal.any([signal, this.#end.signal]));
    } catch (error) {
      reason = error;
    }
    this.#phase = "closing";
    this.#report(reason);
    this.#transport.farewell?.(messageOf(reason), isAbort(reason));
    // What the peer was told last, such as why it may not come in, is to reach it; one that does not read is not waited for.
    if (reason instanceof AuthenticationError || reason instanceof ProtocolError) {
      await this.#layer.close();
    }
    this.#layer[Symbol.dispose]();
    this.#transport[Symbol.dispose]();
  }

  get #viewOnly(): boolean {
    return this.#context.viewOnly() || (this.#agreement?.principal.viewOnly ?? false);
  }

  get #hasControl(): boolean {
    return this.#participant !== undefined && this.#context.control.has(this.#participant);
  }

  /** What its user sees as a title; tells those that have to wait for control. */
  #title(): string {
    const name = this.#context.desktopName();
    return this.#viewOnly || this.#hasControl ? name : `${name} (view only: waiting for control)`;
  }

  async #talk(signal: AbortSignal): Promise<void> {
    const agreement = await this.#shakeHands(signal);
    this.#agreement = agreement;
    this.#context.admit(this, agreement.shared);
    this.#phase = "running";
    const { observers, desktop } = this.#context;
    observers.notify("sessionOpened", {
      session: this.id,
      address: agreement.transport.peer.address,
      transport: agreement.transport.peer.transport,
      version: agreement.version,
      security: agreement.method ?? agreement.security.name,
      ...(agreement.principal.user && { user: agreement.principal.user }),
      viewOnly: this.#viewOnly,
    });
    const { width, height } = desktop.frame;
    const client = new ClientState({ width, height });
    this.#client = client;
    const init = new ByteWriter();
    const name = this.#context.desktopName();
    writeServerInit(init, client.size, NATIVE_PIXEL_FORMAT, name);
    this.#events.messages("ServerInit", init.view());
    await abortable(agreement.transport.write(init.view()), signal);
    await this.#serve(agreement, client, name, signal);
  }

  /** Everything up to ClientInit, within the time that a peer has for it. */
  async #shakeHands(signal: AbortSignal): Promise<Agreement> {
    const { limits, securityTypes, credentials, consent } = this.#context;
    const timeout = new AbortController();
    const expire = (what: string, ms: number) =>
      setTimeout(
        () =>
          timeout.abort(
            new DisconnectedError(`Peer did not ${what} within ${ms / 1000} s`, { reason: "timeout" }),
          ),
        ms,
      );
    const handshakeTimer = expire("choose a security type", limits.handshakeMs);
    let loginTimer = expire("log in", limits.loginMs);
    try {
      const refusal = this.#context.refusal();
      const talking = refusal ? refuse(this.#transport, refusal) : handshake(this.#transport, {
        securityTypes,
        credentials: credentials(),
        chosen: (_version, security) => {
          clearTimeout(handshakeTimer);
          this.#phase = "authentication";
          this.#security = security;
          this.#log.debug("Security type {security} chosen", { session: this.id, security: security.name });
        },
        ...(consent?.isAsked && {
          // People take their time, and have another limit.
          approve: async (peer, principal, gone) => {
            clearTimeout(loginTimer);
            const allowed = await consent.ask(peer, principal, AbortSignal.any([signal, gone]));
            loginTimer = expire("come in", limits.handshakeMs);
            return allowed;
          },
        }),
        changed: (layer) => this.#layer = layer,
      });
      return await abortable(talking, AbortSignal.any([signal, timeout.signal]));
    } finally {
      clearTimeout(handshakeTimer);
      clearTimeout(loginTimer);
    }
  }

  async #serve(
    { inbox, transport }: Agreement,
    client: ClientState,
    firstName: string,
    signal: AbortSignal,
  ): Promise<void> {
    const { desktop, encodings, pseudoEncodings, means, limits, control } = this.#context;
    const participant = this.#participant = this.#participantOf(client, () => view.input.releaseAll());
    using _seat = control.join(participant);
    await using view = desktop.join(client.wake);
    using composer = new UpdateComposer(encodings, pseudoEncodings, means);
    const events = this.#events;
    const sharesClipboard = () => this.#context.sharesClipboard && !this.#viewOnly;
    const mayResize = () => control.isOpenTo(participant);
    const clipboard = new ClipboardExchange({
      client,
      clipboard: () => desktop.clipboard,
      offer: (text) => desktop.offerClipboard(text, view),
      isShared: this.#context.sharesClipboard,
      maySee: sharesClipboard,
      mayOffer: () => sharesClipboard() && mayResize(),
      maxBytes: limits.cutTextBytes,
    });
    using timers = this.#limitTime();
    await using scope = new TaskScope(signal);
    const pacer = this.#pacer = new Pacer({
      transport,
      profile: this.#context.networkProfile(),
      clock: SYSTEM_CLOCK,
      wake: () => client.wake.set(),
      measured: (pace) => events.roundTrip(pace),
    }, scope.signal);
    using work = new WorkAllowance(SYSTEM_CLOCK.now(), MESSAGES, this.#context.commonWork);
    scope.spawn((signal) =>
      receiveLoop(
        {
          inbox,
          client,
          desktop,
          view,
          pacer,
          events,
          maxCutText: limits.cutTextBytes,
          work,
          known: new Set([EncodingType.CopyRect, ...encodings.map(({ type }) => type)]),
          active: timers.active,
          mayAct: (press) => control.act(participant, press),
          mayResize,
          clipboard,
        },
        signal,
      )
    );
    scope.spawn((signal) =>
      updateLoop(
        {
          transport,
          client,
          desktop,
          view,
          composer,
          pacer,
          events,
          work,
          desktopName: () => this.#title(),
          firstName,
          sharesClipboard,
          clipboard,
        },
        signal,
      )
    );
    await scope.join();
  }

  /** Sessions that are idle or old end, where that is wanted. */
  #limitTime(): { active(): void } & Disposable {
    const { idleMs, sessionMs } = this.#context.limits;
    const end = (message: string, ms: number, reason: EndReason) =>
      ms === 0
        ? undefined
        : new IdleTimer(SYSTEM_CLOCK, ms, () => this.disconnect(`${message} for ${ms / 1000} s`, reason));
    const idle = end("Nothing was pressed, moved or copied", idleMs, "idle");
    const age = end("The session has lasted", sessionMs, "lifetime");
    return {
      active: () => idle?.touch(),
      [Symbol.dispose]() {
        idle?.[Symbol.dispose]();
        age?.[Symbol.dispose]();
      },
    };
  }

  #participantOf(client: ClientState, letGo: () => void): Participant {
    const mayControl = () => !this.#viewOnly;
    return {
      id: this.id,
      isOwner: isOwner(this.#agreement!.principal),
      get mayControl() {
        return mayControl();
      },
      letGo,
      controlChanged: () => client.wake.set(),
    };
  }

  #report(error: unknown): void {
    const authenticated = this.#client !== undefined;
    const { address } = this.#transport.peer;
    const message = messageOf(error);
    const details = { session: this.id, address, reason: message };
    if (error instanceof AuthenticationError) {
      this.#log.debug("{address} was not let in: {reason}", details);
      if (!(error instanceof RefusedError)) {
        const security = this.#security?.name ?? "";
        this.#context.observers.notify("authenticationFailed", { session: this.id, address, security });
      }
    } else if (error instanceof ProtocolError) {
      this.#log.warning("{address} broke the protocol: {reason}", { ...details, section: error.section });
    } else if (error instanceof DisconnectedError || isAbort(error)) {
      this.#log.debug("Session of {address} ended: {reason}", details);
    } else {
      this.#log.error("Session of {address} failed: {error}", { ...details, error });
    }
    this.#context.observers.notify("sessionClosed", {
      session: this.id,
      authenticated,
      reason: message,
      error: error instanceof Error ? error.name : "none",
      kind: kindOf(error),
      durationMs: performance.now() - this.#started,
    });
  }
}

function kindOf(error: unknown): EndReason {
  if (error instanceof DisconnectedError) return error.reason;
  if (error instanceof RefusedError) return "refused";
  if (error instanceof AuthenticationError) return "authentication";
  if (error instanceof ProtocolError) return "protocol";
  if (isAbort(error)) return "stopped";
  return error === undefined ? "peer" : "fault";
}

function messageOf(error: unknown): string {
  if (isAbort(error)) return "The server has stopped";
  return error instanceof Error ? error.message : String(error);
}

function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}
