/**
 * Xorg with its dummy driver: an X server for a test that has monitors with gamma ramps, which Xvfb has not; or, with a
 * module of ours, one that can be switched off, which none has that Debian offers without hardware.
 *
 * @module
 */
import { compileC } from "./program.ts";
import { Xvfb } from "./xvfb.ts";

const PROGRAM = "/usr/lib/xorg/Xorg";
const MODULES = "/usr/lib/xorg/modules";
const DRIVER = `${MODULES}/drivers/dummy_drv.so`;
/** Package xserver-xorg-dev. */
const HEADER = "/usr/include/xorg/xorg-server.h";

/** What a monitor has, by which it can be made dark. */
export type DarkBy = "gamma" | "dpms";

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

/**
 * Whether it is installed, and may be started: packages xserver-xorg-core and xserver-xorg-video-dummy, for DPMS also
 * xserver-xorg-dev; as root.
 */
export function hasXorg(darkBy: DarkBy = "gamma"): boolean {
  const files = [PROGRAM, DRIVER, ...(darkBy === "dpms" ? [HEADER] : [])];
  try {
    return Deno.uid() === 0 && files.every((path) => Deno.statSync(path).isFile);
  } catch {
    return false;
  }
}

/** Starts it with a screen of 640x480. */
export async function startXorg(darkBy: DarkBy = "gamma"): Promise<Xvfb> {
  const folder = await Deno.makeTempDir();
  try {
    const module = darkBy === "dpms" ? await buildDpms(folder) : "";
    await Deno.writeTextFile(`${folder}/xorg.conf`, module + CONFIG);
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

/** Builds the module that gives the monitor DPMS and takes its gamma ramps. @returns The configuration that loads it. */
async function buildDpms(folder: string): Promise<string> {
  const source = new URL("native/dpmsmonitor.c", import.meta.url);
  const headers = ["/usr/include/xorg", "/usr/include/pixman-1"].map((path) => `-I${path}`);
  // The server unloads drivers without a monitor of their own, with all that they have hung into others.
  const kind = ["-shared", "-fPIC", "-Wl,-z,nodelete", "-Wno-unused-parameter"];
  await compileC(source, `${folder}/dpmsmonitor.so`, ...kind, ...headers);
  return `
Section "Files"
  ModulePath "${folder},${MODULES}"
EndSection
Section "Module"
  Load "dpmsmonitor"
EndSection
`;
}
