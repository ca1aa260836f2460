/**
 * Nothing that viewers type, copy or log in with is in anything that the program says: on a real desktop, with all that can
 * say something switched on, at the level that says most.
 *
 * @module
 */
import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import { SessionPlayer } from "../../lib/mod.ts";
import { eventually, Terminal } from "../support/input_observer.ts";
import { freePort } from "../support/peers.ts";
import { Encoding, Refused, RfbClient } from "../support/rfb_client.ts";
import { Copied, pasted } from "../support/selections.ts";
import { ServedProgram } from "../support/served_program.ts";
import { denoDirectory, startCommand } from "../support/start_command.ts";
import { TestWebSocket } from "../support/websocket_client.ts";
import { Xvfb } from "../support/xvfb.ts";

const PASSWORDS = { full: "xyzzy-42", look: "plugh-43", wrong: "fee-fie!" } as const;
/** What is typed: ASCII, and an old key that no keyboard has (U+1F5DD). */
const TYPED = "zq7wordx";
const OLD_KEY = 0x1f5dd;
const COPIED = { there: "clip-of-the-desktop", here: "clip-of-the-viewer" } as const;

/** A word in the ways in which it may show: as it is, and as bytes in hexadecimal and Base64. */
function traces(secret: string): string[] {
  const bytes = new TextEncoder().encode(secret);
  return [secret, bytes.toHex(), bytes.toBase64().replace(/=+$/, "")];
}

const SECRETS = [
  ...[...Object.values(PASSWORDS), TYPED, ...Object.values(COPIED), String.fromCodePoint(OLD_KEY)].flatMap(
    traces,
  ),
  ...[OLD_KEY, 0x0100_0000 + OLD_KEY].flatMap((keysym) => [String(keysym), keysym.toString(16)]),
  "\x01\x01\xf5\xdd", // as in a KeyEvent
];

async function type(client: RfbClient): Promise<void> {
  for (const character of [...TYPED, String.fromCodePoint(OLD_KEY)]) {
    const code = character.codePointAt(0)!;
    const keysym = code < 0x100 ? code : 0x0100_0000 + code;
    for (const down of [true, false]) await client.key(keysym, down);
  }
}

Deno.test("nothing that is typed, copied or logged in with on a real desktop is in any output at DEBUG", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await using xvfb = await Xvfb.start({ width: 640, height: 480 });
    await using terminal = await Terminal.start(xvfb.display);
    const environment = { ...await denoDirectory(), XDG_RUNTIME_DIR: folder };
    const file = (name: string) => `${folder}/${name}`;
    await Deno.writeTextFile(file("passwords"), `${PASSWORDS.full}\n${PASSWORDS.look}`, { mode: 0o600 });
    const [webPort, metricsPort] = [freePort(), freePort()];
    await using program = new ServedProgram(startCommand(), [
      ...["--display", xvfb.display, "--password-file", file("passwords"), "--shared", "always"],
      ...["--log-level", "DEBUG", "--log-file", file("log"), "--audit-file", file("audit")],
      ...[
        "--web-port",
        String(webPort),
        "--metrics-port",
        String(metricsPort),
        "--record",
        file("sessions/"),
      ],
    ], environment);
    const run = async (...args: string[]): Promise<string> => {
      const [command, ...before] = startCommand();
      const { stdout, stderr } = await new Deno.Command(command!, {
        args: [...before, ...args],
        clearEnv: true,
        env: { PATH: Deno.env.get("PATH")!, HOME: folder, ...environment },
        stdin: "null",
      }).output();
      return new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
    };
    const port = await program.port();
    const { password: invitation } = JSON.parse(await run("ctl", "invite", "--json"));
    const encodings = [Encoding.Zrle, Encoding.Fence];
    await using full = await RfbClient.connect({ port, password: PASSWORDS.full, encodings });
    const stream = await TestWebSocket.open({ port: webPort });
    await using looking = await RfbClient.connect({ stream, password: PASSWORDS.look, encodings });
    await using guest = await RfbClient.connect({ port, password: invitation, encodings });
    await assert.rejects(RfbClient.connect({ port, password: PASSWORDS.wrong }), Refused);
    for (const client of [full, looking, guest]) {
      await type(client);
      await client.pointer(5, 5, 0);
      await client.refresh();
    }
    await eventually(async () => {
      const typed = (await terminal.text()).split(TYPED + String.fromCodePoint(OLD_KEY));
      assert.equal(typed.length, 3, `both who may type have typed: ${typed}`);
    });
    await full.cutText(COPIED.here);
    await pasted(xvfb.display, COPIED.here);
    {
      await using _copied = await Copied.text(xvfb.display, COPIED.there);
      await full.nextOf("cut text");
    }
    const outputs = new Map<string, string>();
    for (const words of [["list"], ["list", "--json"], ["info", "--json"], ["invites"], ["lockouts"]]) {
      outputs.set(`ctl ${words.join(" ")}`, await run("ctl", ...words));
    }
    for (const more of [[], ["--json"]]) outputs.set(`top ${more}`, await run("top", "--once", ...more));
    for (const path of ["metrics", "healthz"]) {
      outputs.set(path, await (await fetch(`http://127.0.0.1:${metricsPort}/${path}`)).text());
    }
    for (const path of ["", "about.json", "metrics"]) {
      outputs.set(`web ${path}`, await (await fetch(`http://127.0.0.1:${webPort}/${path}`)).text());
    }
    assert.equal(await program.stop(), 0);
    outputs.set("what it said", program.said);
    for (const name of ["log", "audit"]) outputs.set(name, await Deno.readTextFile(file(name)));
    let keysRecorded = 0;
    for (const { name } of Deno.readDirSync(file("sessions"))) {
      const bytes = gunzipSync(await Deno.readFile(file(`sessions/${name}`)));
      outputs.set(name, new TextDecoder("latin1").decode(bytes));
      await using player = await SessionPlayer.open(file(`sessions/${name}`));
      const { eventCounts } = await player.statistics();
      keysRecorded += eventCounts.key ?? 0;
    }
    assert.equal(keysRecorded, 2 * 2 * (TYPED.length + 1), "that there were keys, but not which");
    assert.equal(outputs.size, 5 + 2 + 2 + 3 + 3 + 3);
    for (const [name, text] of outputs) {
      assert.notEqual(text, "", name);
      for (const secret of [...SECRETS, invitation]) {
        assert.ok(!text.includes(secret), `${secret} is in ${name}`);
      }
    }
    // The level is really the one that tells most.
    const categories = new Set(
      outputs.get("log")!.trimEnd().split("\n").map((line) => JSON.parse(line))
        .filter(({ level }) => level === "DEBUG").map(({ category }) => category),
    );
    assert.ok(categories.has("session"), [...categories].join());
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
