/**
 * Why a display cannot be opened, and what to do about it. Xlib only says that it cannot.
 *
 * @module
 */
import { NativeError } from "../core/errors.ts";
import { cString } from "./c_strings.ts";
import type { LibC } from "./libc.ts";
import { sockaddr_un } from "./structs.ts";

const AF_UNIX = 1;
const SOCK_STREAM_CLOEXEC = 0o2000001;

/** There is no display name. Tells those on Wayland apart. */
export function noDisplayName(env: { readonly get: (name: string) => string | undefined }): NativeError {
  const wayland = env.get("WAYLAND_DISPLAY");
  return new NativeError(
    wayland
      ? `Cannot open a display: this is a Wayland session ("${wayland}") without X, and only X11 desktops can be ` +
        `shared. Use wayvnc for this desktop, log in to an X11 session, or serve a virtual desktop with --virtual`
      : `Cannot open a display: DISPLAY is not set. Name one with --display :0, or serve a virtual desktop with ` +
        `--virtual`,
    "XOpenDisplay",
  );
}

/** `XOpenDisplay(name)` has failed. Looks for the reason. */
export function explainFailure(name: string, libc: LibC): NativeError {
  const parsed = /^(?:[a-z0-9]+\/)?(.*?):(\d+)(?:\.(\d+))?$/i.exec(name);
  if (!parsed) {
    return refusal(`"${name}" is not the name of a display; ":0" or "host:0" is wanted`);
  }
  const [, host = "", number = "0"] = parsed;
  if (host !== "" && host !== "unix") {
    return refusal(
      `"${name}" does not answer or refuses access. Check that its X server listens on TCP port ` +
        `${6000 + Number(number)}, and that it allows this machine (xhost, XAUTHORITY or --authority)`,
    );
  }
  if (!listens(`/tmp/.X11-unix/X${number}`, libc)) {
    return refusal(
      `no X server listens at "${name}". Name another with --display, or serve a virtual desktop with --virtual`,
    );
  }
  return refusal(
    `the X server at "${name}" refuses access. Run this as the desktop's user, or name its key file with ` +
      `XAUTHORITY or --authority, or allow this user with "xhost +si:localuser:NAME" on that desktop`,
  );
}

function refusal(reason: string): NativeError {
  return new NativeError(`Cannot open the display: ${reason}`, "XOpenDisplay");
}

/** Whether somebody listens on a socket at `path`, or at the abstract one of that name as X servers do on Linux. */
function listens(path: string, libc: LibC): boolean {
  return connects("\0" + path, libc) || connects(path, libc);
}

function connects(path: string, libc: LibC): boolean {
  const address = new Uint8Array(sockaddr_un.size);
  new DataView(address.buffer).setUint16(sockaddr_un.sun_family, AF_UNIX, true);
  const abstract = path.startsWith("\0");
  const bytes = cString(abstract ? path.slice(1) : path);
  const at = sockaddr_un.sun_path + (abstract ? 1 : 0);
  address.set(bytes, at);
  // An abstract name is as long as the address says; the zero byte of C strings would be part of it.
  const length = at + bytes.length - (abstract ? 1 : 0);
  const socket = libc.socket(AF_UNIX, SOCK_STREAM_CLOEXEC, 0);
  if (socket < 0) return false;
  const result = libc.connect(socket, address, length);
  libc.close(socket);
  return result === 0;
}
