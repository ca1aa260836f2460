/**
 * The control socket of `porthole serve`.
 *
 * @module
 */
import { ConfigError, NativeError } from "../core/errors.ts";
import { getLogger } from "../core/log.ts";
import type { ServerOperations } from "../observability/control_protocol.ts";
import { ControlServer } from "../observability/control_server.ts";
import { openControlSocket } from "../observability/control_socket.ts";
import { controlFolder, controlPath, makeControlFolder, removeDeadSockets } from "./control_path.ts";
import type { ServerActions } from "./server_actions.ts";

/** What to listen on. */
export interface ControlPlace {
  /** The setting control.socket. */
  readonly socket: string;
  /** The viewers' port, which names the socket when the setting does not. */
  readonly port: number;
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * Lets operators in. Where no place was asked for and the usual one cannot be had, the server does without.
 *
 * @returns `undefined` without a socket.
 * @throws {ConfigError} The place that was asked for cannot be had.
 */
export async function startControl(
  { socket, port, environment }: ControlPlace,
  operations: ServerOperations,
  actions: ServerActions,
): Promise<ControlServer | undefined> {
  if (socket === "off") return undefined;
  try {
    const folder = controlFolder(environment);
    if (socket === "") {
      makeControlFolder(folder);
      await removeDeadSockets(folder);
    }
    const listener = await openControlSocket(socket || controlPath(folder, port));
    return new ControlServer(listener, {
      info: () => operations.info(),
      sessions: () => operations.sessions(),
      figuresOf: (session) => operations.figuresOf(session),
      desktopFigures: () => operations.desktopFigures(),
      disconnect: (session, reason) => operations.disconnect(session, reason),
      giveControl: (session) => operations.giveControl(session),
      releaseControl: () => operations.releaseControl(),
      lockouts: () => operations.lockouts(),
      unlock: (address) => operations.unlock(address),
      invite: (wishes) => operations.invite(wishes),
      invitations: () => operations.invitations(),
      revoke: (invitation) => operations.revoke(invitation),
      reload: () => actions.reloadNow(),
      stop: () => actions.stop("ctl"),
    });
  } catch (error) {
    if (!(error instanceof NativeError)) throw error;
    if (socket !== "") throw new ConfigError([`control.socket: ${error.message}`], { cause: error });
    getLogger("control").warning("porthole ctl and top cannot reach this server: {reason}", {
      reason: error.message,
    });
    return undefined;
  }
}
