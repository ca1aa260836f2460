/**
 * Real viewers, libraries and OpenSSL come in through each security type that they know.
 *
 * @module
 */
import assert from "node:assert/strict";
import { hashPassword, type Users } from "../../lib/security/users.ts";
import { canvasPicture, TestBrowser } from "../support/browser.ts";
import { eventually, run } from "../support/input_observer.ts";
import { LibVncClient } from "../support/libvncclient.ts";
import { PIXEL_FORMATS } from "../support/pixel_formats.ts";
import { scratchDirectory } from "../support/program.ts";
import type { RgbImage } from "../support/rgb_image.ts";
import { TestServer, type TestServerOptions } from "../support/test_server.ts";
import { type ViewerDefinition, ViewerDesk, VIEWERS } from "../support/viewers.ts";

const HASH = await hashPassword("geheim");
const USERS: Users = new Map([
  ["anna", { name: "anna", role: "owner", hash: HASH }],
  ["viktor", { name: "viktor", role: "viewer", hash: HASH }],
]);

/** A server with something to see, and the file in which its certificate is. Owns the folder of its keys. */
async function start(
  options: TestServerOptions,
): Promise<{ server: TestServer; authority: string } & AsyncDisposable> {
  await using opening = new AsyncDisposableStack();
  const state = await Deno.makeTempDir({ prefix: "porthole-state-" });
  opening.defer(() => Deno.remove(state, { recursive: true }));
  const server = opening.use(await TestServer.start({ stateFolder: state, ...options }));
  assert.ok(server.server.fingerprint); // the certificate is there from now on
  server.screen.draw({ x: 20, y: 20, width: 60, height: 50 }, 0x3366cc);
  const resources = opening.move();
  return {
    server,
    authority: `${state}/certificate.pem`,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

/** Waits until somebody has come in. */
async function cameIn({ server }: TestServer, method: string): Promise<void> {
  await eventually(() => {
    if (server.sessions.length === 0) throw new Error("Nobody has come in");
    return Promise.resolve();
  });
  assert.equal(server.sessions[0]!.security, method);
}

// TigerVNC

/** The viewer, made to use one type; it knows the certificate, if one is asked for. */
function tigervnc(type: string, certificate: string): ViewerDefinition {
  return {
    name: "xtigervncviewer",
    encodings: [],
    lossy: false,
    args: ({ port }, passwordFile) => [
      `-SecurityTypes=${type}`,
      `-X509CA=${certificate}`,
      "-AlertOnFatalError=0",
      "-ReconnectOnError=0",
      "-RemoteResize=0",
      "-NoJPEG=1",
      ...(passwordFile === undefined ? [] : [`-PasswordFile=${passwordFile}`]),
      `localhost::${port}`,
    ],
  };
}

/** Types that this version of the viewer knows. */
const TIGERVNC_TYPES = await run("xtigervncviewer", ["--help"], ":0").catch(String);

interface Case {
  /** TigerVNC's name. */
  readonly type: string;
  /** As our lists of sessions have it. */
  readonly method: string;
  readonly server: TestServerOptions;
  /** Otherwise the password goes into a file, as for VNC Authentication. */
  readonly user?: string;
  readonly password?: string;
}

const TLS: TestServerOptions = { encryption: "always" };
const CASES: readonly Case[] = [
  { type: "X509None", method: "VeNCrypt X509None", server: TLS },
  {
    type: "X509Vnc",
    method: "VeNCrypt X509Vnc",
    server: { ...TLS, password: "geheim" },
    password: "geheim",
  },
  {
    type: "X509Plain",
    method: "VeNCrypt X509Plain",
    server: { ...TLS, users: USERS },
    user: "viktor",
    password: "geheim",
  },
  { type: "Plain", method: "VeNCrypt Plain", server: { users: USERS }, user: "anna", password: "geheim" },
  { type: "VncAuth", method: "VNC Authentication", server: { password: "geheim" }, password: "geheim" },
  ...["RA2", "RA2_256"].map((type): Case => ({
    type,
    method: type,
    server: { ...TLS, users: USERS },
    user: "anna",
    password: "geheim",
  })),
  ...["RA2ne", "RA2ne_256"].map((type): Case => ({
    type,
    method: type,
    server: { users: USERS },
    user: "anna",
    password: "geheim",
  })),
];

for (const { type, method, server: options, user, password } of CASES) {
  Deno.test({
    name: `xtigervncviewer shows the screen through ${method}`,
    ignore: !new RegExp(`\\b${type}\\b`, "i").test(TIGERVNC_TYPES), // before 1.13 it knows no RSA-AES
    async fn() {
      await using running = await start(options);
      const { server, authority } = running;
      await using desk = await ViewerDesk.start();
      await using viewer = await desk.open(tigervnc(type, authority), {
        port: server.server.port,
        ...(user === undefined && password !== undefined && { password }),
        ...(user !== undefined && { env: { VNC_USERNAME: user, VNC_PASSWORD: password! } }),
      });
      await cameIn(server, method);
      const [session] = server.server.sessions;
      assert.deepEqual([session!.user, session!.viewOnly], [user, user === "viktor"]);
      await viewer.shows(() => Promise.resolve(server.rgb()));
    },
  });
}

Deno.test("xtigervncviewer comes in through what it likes best where it may choose: X509Plain", async () => {
  await using running = await start({ ...TLS, users: USERS });
  const { server, authority } = running;
  await using desk = await ViewerDesk.start();
  const definition = tigervnc("", authority);
  const free: ViewerDefinition = {
    ...definition,
    args: (options, file) =>
      definition.args(options, file).filter((arg) => !arg.startsWith("-SecurityTypes")),
  };
  await using viewer = await desk.open(free, {
    port: server.server.port,
    env: { VNC_USERNAME: "anna", VNC_PASSWORD: "geheim" },
  });
  const best = /RA2_256/.test(TIGERVNC_TYPES) ? /RA2_256|X509Plain/ : /X509Plain/;
  await eventually(() => {
    assert.match(server.server.sessions[0]?.security ?? "nobody", best);
    return Promise.resolve();
  });
  await viewer.shows(() => Promise.resolve(server.rgb()));
});

// gtk-vnc

/** Lets a program see another folder where its user's home directory is: gtk-vnc asks the system, not $HOME. */
const AT_HOME = ["--mount", "--map-root-user", "sh", "-c", 'mount --bind "$0" ~ && exec "$@"'];

/** gtk-vnc's example, which finds the certificate at home. */
async function gvncviewer(authority: string): Promise<ViewerDefinition> {
  const home = `${scratchDirectory()}/gtk-vnc`;
  await Deno.mkdir(`${home}/.pki/CA`, { recursive: true });
  await Deno.copyFile(authority, `${home}/.pki/CA/cacert.pem`);
  const { args } = VIEWERS.find(({ name }) => name === "gvncviewer")!;
  return {
    name: "unshare",
    encodings: [],
    lossy: true,
    args: (options, file) => [...AT_HOME, home, "gvncviewer", ...args(options, file)],
  };
}

const HOME = Deno.env.get("HOME") ?? "/root";

for (
  const { name, options, words, method } of [
    { name: "X509None", options: TLS, words: [], method: "VeNCrypt X509None" },
    {
      name: "X509Plain",
      options: { ...TLS, users: USERS },
      words: ["anna", "geheim"],
      method: "VeNCrypt X509Plain",
    },
  ] as const
) {
  Deno.test(`gvncviewer shows the screen through VeNCrypt ${name}`, async () => {
    // Wider than its menu, or the picture is stretched.
    await using running = await start({ ...options, width: 320, height: 240 });
    const { server, authority } = running;
    await using desk = await ViewerDesk.start();
    await using viewer = await desk.open(await gvncviewer(authority), {
      port: server.server.port,
      env: { HOME },
    });
    if (words.length > 0) await answerDialogue(desk.display, words);
    await cameIn(server, method);
    await viewer.shows(() => Promise.resolve(server.rgb()), 8);
  });
}

/** Types into the dialogue that asks for name and password: one word a field. */
async function answerDialogue(display: string, words: readonly string[]): Promise<void> {
  const id = await eventually(async () => {
    const found = await run("xdotool", ["search", "--onlyvisible", "--name", "Authentication"], display);
    const [first] = found.trim().split("\n");
    if (!first) throw new Error("There is no dialogue");
    return first;
  });
  await run("xdotool", ["windowactivate", "--sync", id!], display);
  for (const [index, word] of words.entries()) {
    if (index > 0) await run("xdotool", ["key", "Tab"], display);
    await run("xdotool", ["type", "--delay", "15", word], display);
  }
  await run("xdotool", ["key", "Return"], display);
}

// libvncclient

const FORMAT = PIXEL_FORMATS["32 le 16-8-0"]!;

for (
  const { name, options, login, method } of [
    { name: "X509None", options: TLS, login: {}, method: "VeNCrypt X509None" },
    {
      name: "X509Plain, with the password alone,",
      options: { ...TLS, password: "geheim" },
      login: { password: "geheim" },
      method: "VeNCrypt X509Plain",
    },
    {
      name: "X509Plain, with a name,",
      options: { ...TLS, users: USERS },
      login: { user: "anna", password: "geheim" },
      method: "VeNCrypt X509Plain",
    },
  ] as const
) {
  Deno.test(`libvncclient, through VeNCrypt ${name} shows the screen`, async () => {
    await using running = await start(options);
    const { server, authority } = running;
    await using client = await LibVncClient.connect({
      port: server.server.port,
      encodings: "zrle raw",
      format: FORMAT,
      authority,
      ...login,
    });
    assert.equal(server.server.sessions[0]!.security, method);
    await client.converge(() => Promise.resolve(server.rgb()));
  });
}

// noVNC

/** noVNC's own client in Chromium, connected to a server's WebSocket. */
async function showInNoVnc(
  server: TestServer,
  scheme: "ws" | "wss",
  credentials: { username?: string; password?: string },
  check: (picture: () => Promise<RgbImage>) => Promise<void>,
): Promise<void> {
  const root = new URL("../", import.meta.resolve("@novnc/novnc"));
  const origin = `${scheme === "ws" ? "http" : "https"}://localhost:${server.server.webPort}`;
  await using browser = await TestBrowser.start();
  await using opened = await browser.open("about:blank");
  const { page } = opened;
  // noVNC's files come from here, under the server's own name, so that the WebSocket is of the same origin.
  for (const folder of ["core", "vendor"]) {
    await page.route(`${origin}/${folder}/**`, async (route) => {
      const { pathname } = new URL(route.request().url());
      const body = Deno.readTextFileSync(new URL(`.${pathname}`, root));
      await route.fulfill({ contentType: "text/javascript", body });
    });
  }
  await page.goto(`${origin}/about.json`);
  // Run in the page, where it has a DOM; here it is a text.
  await page.evaluate(`(async () => {
    const { default: RFB } = await import("/core/rfb.js");
    document.body.innerHTML = "<div id=screen></div>";
    const options = { credentials: ${JSON.stringify(credentials)}, wsProtocols: ["binary"] };
    const url = "${scheme}://localhost:${server.server.webPort}/websockify";
    const rfb = window.rfb = new RFB(document.querySelector("#screen"), url, options);
    rfb.addEventListener("serververification", () => rfb.approveServer());
    rfb.addEventListener("securityfailure", ({ detail }) => console.error("Refused: " + detail.reason));
  })()`);
  const picture = () => canvasPicture(page, "#screen canvas");
  await check(picture).catch((error) => {
    throw new Error(`${error.message}; the page says: ${opened.problems.join(", ")}`);
  });
  assert.deepEqual(opened.problems, []);
}

for (
  const { name, scheme, options, login, method } of [
    {
      name: "RA2ne over ws, with a name",
      scheme: "ws",
      options: { users: USERS },
      login: { username: "anna", password: "geheim" },
      method: "RA2ne",
    },
    {
      name: "RA2ne over wss, with a name",
      scheme: "wss",
      options: { users: USERS },
      login: { username: "anna", password: "geheim" },
      method: "RA2ne",
    },
    {
      name: "VNC Authentication over ws",
      scheme: "ws",
      options: { password: "geheim" },
      login: { password: "geheim" },
      method: "VNC Authentication",
    },
    {
      name: "VNC Authentication over wss, where encryption is asked for everywhere",
      scheme: "wss",
      options: { password: "geheim", encryption: "always" },
      login: { password: "geheim" },
      method: "VNC Authentication",
    },
    { name: "None over ws", scheme: "ws", options: {}, login: {}, method: "None" },
  ] as const
) {
  // Chromium's pipes stay with Playwright for a while.
  const sanitizers = { sanitizeOps: false, sanitizeResources: false };
  Deno.test({
    ...sanitizers,
    name: `noVNC shows the screen through ${name}`,
    async fn() {
      await using running = await start({ web: { port: 0 }, ...options });
      const { server } = running;
      await showInNoVnc(server, scheme, login, async (picture) => {
        await cameIn(server, method);
        const wanted = server.rgb();
        await eventually(async () => {
          const { width, height, pixels } = await picture();
          assert.deepEqual([width, height], [wanted.width, wanted.height]);
          assert.ok(pixels.every((pixel, i) => pixel === wanted.pixels[i]), "the picture is another one");
        }, 15_000);
      });
    },
  });
}

// OpenSSL

/** A port behind which TLS of VeNCrypt begins: what comes before is said by us. Owns its listener and connections. */
class VeNCryptPrelude implements AsyncDisposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #work: Promise<void>;

  constructor(server: number, subtype: number) {
    this.#work = this.#serve(server, subtype);
  }

  get port(): number {
    return this.#listener.addr.port;
  }

  async #serve(port: number, subtype: number): Promise<void> {
    const pipes: Promise<unknown>[] = [];
    try {
      for await (const client of this.#listener) {
        const server = await Deno.connect({ hostname: "127.0.0.1", port });
        const said = [0, 0, subtype >> 8, subtype & 255];
        const steps = [
          [12, [...new TextEncoder().encode("RFB 003.008\n")]],
          [-1, [19]],
          [2, [0, 2]],
          [1, []],
          [-4, said],
        ] as const;
        for (const [expect, answer] of steps) {
          // A negative number is the size of the elements of a list.
          const count = expect < 0 ? -expect * (await readExactly(server, 1))[0]! : expect;
          await readExactly(server, count);
          await server.write(Uint8Array.from(answer));
        }
        assert.deepEqual([...await readExactly(server, 1)], [1]);
        pipes.push(client.readable.pipeTo(server.writable).catch(() => {}));
        pipes.push(server.readable.pipeTo(client.writable).catch(() => {}));
      }
    } finally {
      await Promise.all(pipes);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#work;
  }
}

async function readExactly(conn: Deno.Conn, count: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(count);
  for (let at = 0; at < count;) {
    const got = await conn.read(bytes.subarray(at));
    if (got === null) throw new Error("The server has closed");
    at += got;
  }
  return bytes;
}

/** OpenSSL's client, connected to a port. */
function startOpenssl(port: number, args: readonly string[]): Deno.ChildProcess {
  return new Deno.Command("openssl", {
    args: ["s_client", "-connect", `127.0.0.1:${port}`, "-servername", "localhost", ...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** What it says of a server. */
async function openssl(port: number, args: readonly string[]): Promise<{ code: number; text: string }> {
  const process = startOpenssl(port, args);
  await process.stdin.close();
  const { code, stdout, stderr } = await process.output();
  return { code, text: new TextDecoder().decode(Uint8Array.from([...stdout, ...stderr])) };
}

/** What the server says through it to `words`, as far as it is needed. */
async function talkThroughOpenssl(
  port: number,
  args: readonly string[],
  words: Uint8Array<ArrayBuffer>,
  needed: number,
): Promise<Uint8Array> {
  const process = startOpenssl(port, ["-quiet", ...args]);
  const errors = new Response(process.stderr).text();
  const writer = process.stdin.getWriter();
  await writer.write(words);
  const heard: number[] = [];
  for await (const chunk of process.stdout) {
    heard.push(...chunk);
    if (heard.length >= needed) break;
  }
  try {
    process.kill("SIGKILL");
  } catch { /* it has ended with the server's last byte */ }
  await Promise.all([process.status, errors, writer.close().catch(() => {})]);
  return Uint8Array.from(heard);
}

/** The fingerprint of the certificate that stands in a text, as OpenSSL prints it. */
async function fingerprintIn(text: string): Promise<string> {
  const pem = /-----BEGIN CERTIFICATE-----[^]+?-----END CERTIFICATE-----\n/.exec(text)?.[0];
  assert.ok(pem, text);
  const process = new Deno.Command("openssl", {
    args: ["x509", "-noout", "-fingerprint", "-sha256"],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = process.stdin.getWriter();
  await writer.write(new TextEncoder().encode(pem));
  await writer.close();
  const { stdout } = await process.output();
  return new TextDecoder().decode(stdout).trim().split("=")[1]!;
}

/** Lets OpenSSL try what it thinks too old. */
const LAX = ["-cipher", "ALL:@SECLEVEL=0"];

Deno.test("openssl s_client makes TLS 1.2 with VeNCrypt X509None, and comes in through it", async () => {
  await using running = await start(TLS);
  const { server, authority } = running;
  await using prelude = new VeNCryptPrelude(server.server.port, 260);
  const shown = await openssl(prelude.port, ["-tls1_2", "-CAfile", authority, "-verify_return_error"]);
  assert.match(shown.text, /Protocol *: TLSv1\.2/);
  assert.match(shown.text, /Verif(y|ication).*(: 0|OK)/);
  assert.equal(await fingerprintIn(shown.text), server.server.fingerprint);
  // SecurityResult, and ServerInit behind ClientInit.
  const args = ["-tls1_2", "-CAfile", authority];
  const bytes = await talkThroughOpenssl(prelude.port, args, Uint8Array.of(1), 8);
  assert.deepEqual([...bytes.subarray(0, 8)], [0, 0, 0, 0, 0, 200, 0, 150]);
});

Deno.test("openssl s_client is refused TLS 1.1, 1.0 and NULL ciphers by VeNCrypt and by https", async () => {
  await using running = await start({ ...TLS, web: { port: 0 } });
  const { server } = running;
  await using prelude = new VeNCryptPrelude(server.server.port, 260);
  for (const port of [prelude.port, server.server.webPort!]) {
    for (const version of ["-tls1_1", "-tls1"]) {
      const { code, text } = await openssl(port, [version, ...LAX]);
      assert.notEqual(code, 0, text);
      assert.doesNotMatch(text, /BEGIN CERTIFICATE/);
    }
    for (const weak of ["NULL", "aNULL", "RC4", "3DES", "kRSA"]) {
      const { code } = await openssl(port, ["-tls1_2", "-cipher", `${weak}:@SECLEVEL=0`]);
      assert.notEqual(code, 0, weak);
    }
  }
});

Deno.test("VeNCrypt goes no further than TLS 1.2, which TigerVNC's viewers up to 1.12 need", async () => {
  await using running = await start(TLS);
  const { server } = running;
  await using prelude = new VeNCryptPrelude(server.server.port, 260);
  assert.notEqual((await openssl(prelude.port, ["-tls1_3"])).code, 0);
  const { text } = await openssl(prelude.port, []);
  assert.match(text, /TLSv1\.2/, "what a client may choose itself");
});

for (const version of ["1_2", "1_3"]) {
  Deno.test(`openssl s_client makes TLS ${version.replace("_", ".")} with https, and sees the fingerprint printed`, async () => {
    await using running = await start({ web: { port: 0 } });
    const { server, authority } = running;
    const port = server.server.webPort!;
    const { text } = await openssl(port, [`-tls${version}`, "-CAfile", authority, "-verify_return_error"]);
    assert.match(text, new RegExp(`TLSv${version.replace("_", "\\.")}`));
    assert.equal(await fingerprintIn(text), server.server.fingerprint);
    const request = new TextEncoder().encode(
      `GET /about.json HTTP/1.1\r\nHost: localhost:${port}\r\nConnection: close\r\n\r\n`,
    );
    const args = [`-tls${version}`, "-CAfile", authority];
    const bytes = await talkThroughOpenssl(port, args, request, Infinity);
    assert.match(new TextDecoder().decode(bytes), /^HTTP\/1\.1 200 [^]*\{"https":true,/);
  });
}

Deno.test("a server goes on after OpenSSL has broken off in the middle of TLS", async () => {
  await using running = await start(TLS);
  const { server } = running;
  await using prelude = new VeNCryptPrelude(server.server.port, 260);
  for (let i = 0; i < 5; i++) {
    using conn = await Deno.connect({ hostname: "127.0.0.1", port: prelude.port });
    await conn.write(Uint8Array.of(0x16, 3, 1, 2, 0, 1));
  }
  await eventually(() => {
    assert.equal(server.server.status().pending, 0);
    return Promise.resolve();
  });
  assert.match((await openssl(prelude.port, ["-tls1_2"])).text, /TLSv1\.2/);
});
