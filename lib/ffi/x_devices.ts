/**
 * The machine's keyboards and pointers, taken off what they act on and given back (X Input 2).
 *
 * @module
 */
import { NativeError } from "../core/errors.ts";
import { pointerAt, structAt } from "./c_arrays.ts";
import { LIBXI, type LibXi } from "./libxi.ts";
import { neededExtension } from "./needed_extension.ts";
import type { XMemory } from "./types.ts";
import { XIAnyHierarchyChangeInfo, XIAttachSlaveInfo, XIDeviceInfo } from "./x_curtain_structs.ts";
import type { XDisplay } from "./x_display.ts";

const XI_ALL_DEVICES = 0;
const XI_ATTACH_SLAVE = 3;
const XI_DETACH_SLAVE = 4;
const XI_SLAVE_POINTER = 3;
const XI_SLAVE_KEYBOARD = 4;
const XI_FLOATING_SLAVE = 5;

interface Device {
  readonly id: number;
  readonly name: string;
  readonly use: number;
  readonly master: number;
}

/**
 * Takes all devices off their masters that are attached to one and are not XTEST's.
 *
 * @param note Told before it is done: device, master, and so on. Not called when there is none.
 * @throws {NativeError} Server or machine lack X Input 2, or the server does not want it.
 */
export function floatDevices(display: XDisplay, note: (devices: readonly number[]) => void): void {
  const xi = open(display);
  const attached = devicesOf(display, xi).filter(({ use, name }) =>
    (use === XI_SLAVE_POINTER || use === XI_SLAVE_KEYBOARD) && !/\bXTEST\b/.test(name)
  );
  if (attached.length === 0) return;
  note(attached.flatMap(({ id, master }) => [id, master]));
  for (const { id, name } of attached) {
    const error = change(display, xi, XI_DETACH_SLAVE, id, 0);
    if (error) throw new NativeError(`"${name}" cannot be taken off: ${error}`, "XIChangeHierarchy");
  }
}

/** Gives devices back that are still floating. @param devices As they were noted. */
export function reattachDevices(display: XDisplay, devices: readonly number[]): void {
  const xi = open(display);
  const present = devicesOf(display, xi);
  for (let at = 0; at + 1 < devices.length; at += 2) {
    const device = present.find(({ id }) => id === devices[at]);
    if (device?.use === XI_FLOATING_SLAVE) change(display, xi, XI_ATTACH_SLAVE, device.id, devices[at + 1]!);
  }
}

function open(display: XDisplay): LibXi {
  const xi = neededExtension(display, "XInputExtension", LIBXI);
  const [major, minor] = [Int32Array.of(2), Int32Array.of(0)];
  if (xi.XIQueryVersion(display.handle, major, minor) !== 0) {
    throw new NativeError(`${display.name} has no X Input 2`, "XIQueryVersion");
  }
  return xi;
}

function devicesOf(display: XDisplay, xi: LibXi): Device[] {
  const count = new Int32Array(1);
  const list = xi.XIQueryDevice(display.handle, XI_ALL_DEVICES, count);
  display.throwIfLost();
  if (list === null) return [];
  const structs = structAt(list, count[0]! * XIDeviceInfo.size);
  const devices = Array.from({ length: count[0]! }, (_, at) => {
    const struct = new DataView(structs.buffer, at * XIDeviceInfo.size, XIDeviceInfo.size);
    const name = pointerAt(struct, XIDeviceInfo.name);
    return {
      id: struct.getInt32(XIDeviceInfo.deviceid, true),
      name: name === null ? "" : Deno.UnsafePointerView.getCString(name as XMemory),
      use: struct.getInt32(XIDeviceInfo.use, true),
      master: struct.getInt32(XIDeviceInfo.attachment, true),
    };
  });
  xi.XIFreeDeviceInfo(list);
  return devices;
}

/** @returns What went wrong. */
function change(
  display: XDisplay,
  xi: LibXi,
  type: number,
  device: number,
  master: number,
): string | undefined {
  const info = new DataView(new ArrayBuffer(XIAnyHierarchyChangeInfo.size));
  info.setInt32(XIAttachSlaveInfo.type, type, true);
  info.setInt32(XIAttachSlaveInfo.deviceid, device, true);
  info.setInt32(XIAttachSlaveInfo.new_master, master, true);
  const { error } = display.trap(() => xi.XIChangeHierarchy(display.handle, new Uint8Array(info.buffer), 1));
  return error?.message;
}
