/**
 * Xorg with its dummy driver: an X server for a test that has monitors with gamma ramps, which Xvfb has not.
 *
 * @module
 */
import { Xvfb } from "./xvfb.ts";

const PROGRAM = "/usr/lib/xorg/Xorg";
const DRIVER = "/usr/lib/xorg/modules/drivers/dummy_drv.so";

const CONFIG = `
Section "ServerFlags"
  Option "AutoAddDevices" "false"
  Option "AutoEnableDevices" "false"
  Option "AutoAddGPU" "false"
  Option "DontVTSwitch" "true"
EndSection
Section "Device"
  Identifier "dummy"
  Driver "dummy"
EndSection
Section "Monitor"
  Identifier "monitor"
  HorizSync 5.0-1000.0
  VertRefresh 5.0-200.0
EndSection
Section "Screen"
  Identifier "screen"
  Device "dummy"
  Monitor "monitor"
  DefaultDepth 24
  SubSection "Display"
    Depth 24
    Virtual 640 480
    Modes "640x480"
  EndSubSection
EndSection
`;

/** Whether it is installed, and may be started: packages xserver-xorg-core and xserver-xorg-video-dummy, as root. */
export function hasXorg(): boolean {
  try {
    return Deno.statSync(PROGRAM).isFile && Deno.statSync(DRIVER).isFile && Deno.uid() === 0;
  } catch {
    return false;
  }
}

/** Starts it with a screen of 640x480. */
export async function startXorg(): Promise<Xvfb> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/xorg.conf`, CONFIG);
    const files = ["-config", `${folder}/xorg.conf`, "-logfile", "/dev/null"];
    const args = [
      "-displayfd",
      "1",
      ...files,
      "-nolisten",
      "tcp",
      "-noreset",
      "-novtswitch",
      "-sharevts",
      "vt7",
    ];
    return await Xvfb.startAs(PROGRAM, args);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
