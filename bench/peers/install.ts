/**
 * What the benchmark needs of the system, installed when it is missing (Debian and its relatives).
 *
 * @module
 */

/** A file whose presence tells that a package is installed, and the package. */
const NEEDED: readonly (readonly [paths: readonly string[], packageName: string])[] = [
  [["/usr/bin/Xvfb"], "xvfb"],
  [["/usr/bin/x11vnc"], "x11vnc"],
  [["/usr/bin/X0tigervnc"], "tigervnc-scraping-server"],
  [["/usr/bin/cc"], "gcc"],
  [["/usr/include/X11/Xlib.h"], "libx11-dev"],
  [["/usr/include/X11/extensions/XShm.h"], "libxext-dev"],
  [["/usr/include/jpeglib.h"], "libjpeg-dev"],
  [["/usr/include/zlib.h"], "zlib1g-dev"],
  [["/usr/share/fonts/X11/misc/9x15.pcf.gz", "/usr/share/fonts/X11/misc/fonts.dir"], "xfonts-base"],
];

const FOR_XVNC = [["/usr/bin/Xtigervnc"], "tigervnc-standalone-server"] as const;

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}

async function run(command: string, ...args: string[]): Promise<void> {
  const root = Deno.uid() === 0;
  const { code, stderr } = await new Deno.Command(root ? command : "sudo", {
    args: root ? args : ["--non-interactive", command, ...args],
    env: { DEBIAN_FRONTEND: "noninteractive" },
    stdin: "null",
  }).output();
  if (code !== 0) {
    throw new Error(`${command} ${args.join(" ")} failed:\n${new TextDecoder().decode(stderr)}`);
  }
}

/**
 * Installs what is missing by apt-get, as root or with sudo.
 *
 * @param withXvnc Xvnc is to be measured, too.
 * @throws {Error} With apt-get's words.
 */
export async function installMissing(withXvnc: boolean): Promise<void> {
  const missing = [...NEEDED, ...(withXvnc ? [FOR_XVNC] : [])]
    .filter(([paths]) => !paths.every(exists))
    .map(([, name]) => name);
  if (missing.length === 0) return;
  await run("apt-get", "update", "-q");
  await run("apt-get", "install", "-q", "-y", "--no-install-recommends", ...missing);
}
