/**
 * What viewers choose, given the order in which security types and VeNCrypt's sub-types are offered to them: the best that
 * they know. Most take the first in the server's order; that real ones do is shown by tests/interop/security_test.ts.
 *
 * @module
 */
import assert from "node:assert/strict";
import { Inbox } from "../../lib/transport/inbox.ts";
import type { Peer } from "../../lib/transport/transport.ts";
import type { User } from "../../lib/security/users.ts";
import { LOCAL_PEER, MemoryServer, remotePeer } from "../support/memory_server.ts";
import type { TestServerOptions } from "../support/test_server.ts";

/** What a viewer knows, by numbers; it takes the first of the server's. */
interface Viewer {
  readonly types: readonly number[];
  readonly subtypes: readonly number[];
}

const X509 = [260, 261, 262];
const TLS = [257, 258, 259, ...X509];

const VIEWERS: Readonly<Record<string, Viewer>> = {
  "TigerVNC from 1.13": { types: [1, 2, 5, 6, 19, 129, 130], subtypes: [1, 2, 5, 6, 129, 130, 256, ...TLS] },
  "TigerVNC to 1.12": { types: [1, 2, 19], subtypes: [1, 2, 256, ...TLS] },
  // It knows no TLS within a connection, and takes what it knows as security types for sub-types, too.
  noVNC: { types: [1, 2, 6, 16, 19, 22, 30, 113], subtypes: [1, 2, 6, 16, 19, 22, 30, 113, 256] },
  "Remmina (libvncclient)": { types: [1, 2, 19, 30], subtypes: [256, ...TLS] },
  "macOS Screen Sharing": { types: [2, 30], subtypes: [] },
  RealVNC: { types: [1, 2, 5, 6, 129, 130], subtypes: [] },
  "TightVNC and UltraVNC": { types: [1, 2, 16], subtypes: [] },
};

const BROWSER_HTTP: Peer = { ...remotePeer(1), transport: "websocket" };
const PATHS: Readonly<Record<string, Peer>> = {
  network: remotePeer(1),
  "this machine": LOCAL_PEER,
  "browser, http": BROWSER_HTTP,
  "browser, https": { ...BROWSER_HTTP, encrypted: true },
};

const ANNA: User = {
  name: "anna",
  role: "owner",
  hash: `scrypt$2$1$1$${"A".repeat(22)}$${"A".repeat(43)}`,
};
const USERS: TestServerOptions = { users: new Map([["anna", ANNA]]) };
const PASSWORD: TestServerOptions = { password: "secret" };
const SETTINGS: Readonly<Record<string, TestServerOptions>> = {
  nothing: {},
  "no authentication": { insecureNoAuth: true },
  password: PASSWORD,
  "password, required": { ...PASSWORD, encryption: "required" },
  "password, always": { ...PASSWORD, encryption: "always" },
  users: USERS,
  "users and Apple's login": { ...USERS, appleDh: 2048 },
  "password and Apple's login": { ...PASSWORD, appleDh: 2048 },
  "nothing, and a guest": {},
  "users, and a guest": USERS,
};

const NAMES: Readonly<Record<number, string>> = {
  1: "None",
  2: "VncAuth",
  5: "RA2",
  6: "RA2ne",
  19: "VeNCrypt",
  30: "Apple",
  129: "RA2_256",
  130: "RA2ne_256",
  256: "Plain",
  260: "X509None",
  261: "X509Vnc",
  262: "X509Plain",
};

/** With the servers' keys, which take long to make. */
const state = await Deno.makeTempDir({ prefix: "porthole-keys-" });
globalThis.addEventListener("unload", () => Deno.removeSync(state, { recursive: true }));

/** A server; with an invitation, if there is to be a guest. */
async function start(setting: string): Promise<MemoryServer> {
  const server = await MemoryServer.start({ stateFolder: state, ...SETTINGS[setting] });
  const guest = { role: "viewer", validMs: 600_000, uses: 1 } as const;
  if (setting.includes("guest")) server.server.invitations.make(guest);
  return server;
}

/** The types that a peer is offered, and the sub-types if VeNCrypt is among them. */
async function offers(
  server: MemoryServer,
  peer: Peer,
): Promise<{ types: readonly number[]; subtypes: readonly number[] }> {
  const connection = server.connect(peer);
  const { transport } = connection;
  const inbox = new Inbox(transport);
  try {
    await inbox.take(12);
    await transport.write(new TextEncoder().encode("RFB 003.008\n"));
    const types = [...await inbox.take((await inbox.take(1))[0]!)];
    if (!types.includes(19)) return { types, subtypes: [] };
    await transport.write(Uint8Array.of(19));
    await inbox.take(2);
    await transport.write(Uint8Array.of(0, 2));
    const [, count] = await inbox.take(2);
    const list = new DataView((await inbox.take(4 * count!)).slice().buffer);
    return { types, subtypes: Array.from({ length: count! }, (_, i) => list.getUint32(4 * i)) };
  } finally {
    transport[Symbol.dispose]();
    await connection.closed;
  }
}

/** What a viewer ends with. */
function choice(viewer: Viewer, { types, subtypes }: Awaited<ReturnType<typeof offers>>): string {
  const type = types.find((type) => viewer.types.includes(type));
  if (type !== 19) return NAMES[type ?? -1] ?? "–";
  const subtype = subtypes.find((subtype) => viewer.subtypes.includes(subtype));
  return subtype === undefined ? "– (no sub-type)" : NAMES[subtype]!;
}

/** A setting, a path: types and sub-types in the order in which they are offered, and what viewers end with there. */
const EXPECTED: readonly (readonly [string, string, string, string, Readonly<Record<string, string>>])[] = [
  ["nothing", "network", "", "", {
    "TigerVNC from 1.13": "–",
    "TigerVNC to 1.12": "–",
    "noVNC": "–",
    "Remmina (libvncclient)": "–",
    "macOS Screen Sharing": "–",
    "RealVNC": "–",
    "TightVNC and UltraVNC": "–",
  }],
  ["nothing", "this machine", "None", "", {
    "TigerVNC from 1.13": "None",
    "TigerVNC to 1.12": "None",
    "noVNC": "None",
    "Remmina (libvncclient)": "None",
    "macOS Screen Sharing": "–",
    "RealVNC": "None",
    "TightVNC and UltraVNC": "None",
  }],
  ["nothing", "browser, http", "", "", {
    "noVNC": "–",
  }],
  ["nothing", "browser, https", "", "", {
    "noVNC": "–",
  }],
  ["no authentication", "network", "VeNCrypt None", "X509None None", {
    "TigerVNC from 1.13": "X509None",
    "TigerVNC to 1.12": "X509None",
    "noVNC": "None",
    "Remmina (libvncclient)": "X509None",
    "macOS Screen Sharing": "–",
    "RealVNC": "None",
    "TightVNC and UltraVNC": "None",
  }],
  ["no authentication", "this machine", "None", "", {
    "TigerVNC from 1.13": "None",
    "TigerVNC to 1.12": "None",
    "noVNC": "None",
    "Remmina (libvncclient)": "None",
    "macOS Screen Sharing": "–",
    "RealVNC": "None",
    "TightVNC and UltraVNC": "None",
  }],
  ["no authentication", "browser, http", "None", "", {
    "noVNC": "None",
  }],
  ["no authentication", "browser, https", "None", "", {
    "noVNC": "None",
  }],
  ["password", "network", "RA2_256 RA2 VeNCrypt VncAuth", "X509Plain X509Vnc VncAuth", {
    "TigerVNC from 1.13": "RA2_256",
    "TigerVNC to 1.12": "X509Plain",
    "noVNC": "VncAuth",
    "Remmina (libvncclient)": "X509Plain",
    "macOS Screen Sharing": "VncAuth",
    "RealVNC": "RA2_256",
    "TightVNC and UltraVNC": "VncAuth",
  }],
  ["password", "this machine", "VncAuth", "", {
    "TigerVNC from 1.13": "VncAuth",
    "TigerVNC to 1.12": "VncAuth",
    "noVNC": "VncAuth",
    "Remmina (libvncclient)": "VncAuth",
    "macOS Screen Sharing": "VncAuth",
    "RealVNC": "VncAuth",
    "TightVNC and UltraVNC": "VncAuth",
  }],
  ["password", "browser, http", "RA2ne_256 RA2ne VncAuth", "", {
    "noVNC": "RA2ne",
  }],
  ["password", "browser, https", "VncAuth", "", {
    "noVNC": "VncAuth",
  }],
  ["password, required", "network", "RA2_256 RA2 VeNCrypt", "X509Plain X509Vnc", {
    "TigerVNC from 1.13": "RA2_256",
    "TigerVNC to 1.12": "X509Plain",
    "noVNC": "– (no sub-type)",
    "Remmina (libvncclient)": "X509Plain",
    "macOS Screen Sharing": "–",
    "RealVNC": "RA2_256",
    "TightVNC and UltraVNC": "–",
  }],
  ["password, required", "this machine", "VncAuth", "", {
    "TigerVNC from 1.13": "VncAuth",
    "TigerVNC to 1.12": "VncAuth",
    "noVNC": "VncAuth",
    "Remmina (libvncclient)": "VncAuth",
    "macOS Screen Sharing": "VncAuth",
    "RealVNC": "VncAuth",
    "TightVNC and UltraVNC": "VncAuth",
  }],
  ["password, required", "browser, http", "", "", {
    "noVNC": "–",
  }],
  ["password, required", "browser, https", "VncAuth", "", {
    "noVNC": "VncAuth",
  }],
  ["password, always", "network", "RA2_256 RA2 VeNCrypt", "X509Plain X509Vnc", {
    "TigerVNC from 1.13": "RA2_256",
    "TigerVNC to 1.12": "X509Plain",
    "noVNC": "– (no sub-type)",
    "Remmina (libvncclient)": "X509Plain",
    "macOS Screen Sharing": "–",
    "RealVNC": "RA2_256",
    "TightVNC and UltraVNC": "–",
  }],
  ["password, always", "this machine", "RA2_256 RA2 VeNCrypt", "X509Plain X509Vnc", {
    "TigerVNC from 1.13": "RA2_256",
    "TigerVNC to 1.12": "X509Plain",
    "noVNC": "– (no sub-type)",
    "Remmina (libvncclient)": "X509Plain",
    "macOS Screen Sharing": "–",
    "RealVNC": "RA2_256",
    "TightVNC and UltraVNC": "–",
  }],
  ["password, always", "browser, http", "", "", {
    "noVNC": "–",
  }],
  ["password, always", "browser, https", "VncAuth", "", {
    "noVNC": "VncAuth",
  }],
  ["users", "network", "RA2_256 RA2 VeNCrypt", "X509Plain", {
    "TigerVNC from 1.13": "RA2_256",
    "TigerVNC to 1.12": "X509Plain",
    "noVNC": "– (no sub-type)",
    "Remmina (libvncclient)": "X509Plain",
    "macOS Screen Sharing": "–",
    "RealVNC": "RA2_256",
    "TightVNC and UltraVNC": "–",
  }],
  ["users", "this machine", "VeNCrypt RA2ne_256 RA2ne", "Plain", {
    "TigerVNC from 1.13": "Plain",
    "TigerVNC to 1.12": "Plain",
    "noVNC": "Plain",
    "Remmina (libvncclient)": "Plain",
    "macOS Screen Sharing": "–",
    "RealVNC": "RA2ne_256",
    "TightVNC and UltraVNC": "–",
  }],
  ["users", "browser, http", "RA2ne_256 RA2ne", "", {
    "noVNC": "RA2ne",
  }],
  ["users", "browser, https", "RA2ne_256 RA2ne", "", {
    "noVNC": "RA2ne",
  }],
  ["users and Apple's login", "network", "RA2_256 RA2 VeNCrypt Apple", "X509Plain", {
    "TigerVNC from 1.13": "RA2_256",
    "TigerVNC to 1.12": "X509Plain",
    "noVNC": "– (no sub-type)",
    "Remmina (libvncclient)": "X509Plain",
    "macOS Screen Sharing": "Apple",
    "RealVNC": "RA2_256",
    "TightVNC and UltraVNC": "–",
  }],
  ["users and Apple's login", "this machine", "VeNCrypt RA2ne_256 RA2ne Apple", "Plain", {
    "TigerVNC from 1.13": "Plain",
    "TigerVNC to 1.12": "Plain",
    "noVNC": "Plain",
    "Remmina (libvncclient)": "Plain",
    "macOS Screen Sharing": "Apple",
    "RealVNC": "RA2ne_256",
    "TightVNC and UltraVNC": "–",
  }],
  ["users and Apple's login", "browser, http", "RA2ne_256 RA2ne Apple", "", {
    "noVNC": "RA2ne",
  }],
  ["users and Apple's login", "browser, https", "RA2ne_256 RA2ne Apple", "", {
    "noVNC": "RA2ne",
  }],
  [
    "password and Apple's login",
    "network",
    "RA2_256 RA2 VeNCrypt Apple VncAuth",
    "X509Plain X509Vnc VncAuth",
    {
      "TigerVNC from 1.13": "RA2_256",
      "TigerVNC to 1.12": "X509Plain",
      "noVNC": "VncAuth",
      "Remmina (libvncclient)": "X509Plain",
      "macOS Screen Sharing": "Apple",
      "RealVNC": "RA2_256",
      "TightVNC and UltraVNC": "VncAuth",
    },
  ],
  ["password and Apple's login", "this machine", "VncAuth", "", {
    "TigerVNC from 1.13": "VncAuth",
    "TigerVNC to 1.12": "VncAuth",
    "noVNC": "VncAuth",
    "Remmina (libvncclient)": "VncAuth",
    "macOS Screen Sharing": "VncAuth",
    "RealVNC": "VncAuth",
    "TightVNC and UltraVNC": "VncAuth",
  }],
  ["password and Apple's login", "browser, http", "RA2ne_256 RA2ne Apple VncAuth", "", {
    "noVNC": "RA2ne",
  }],
  ["password and Apple's login", "browser, https", "VncAuth", "", {
    "noVNC": "VncAuth",
  }],
  ["nothing, and a guest", "network", "RA2_256 RA2 VeNCrypt VncAuth", "X509Plain X509Vnc VncAuth", {
    "TigerVNC from 1.13": "RA2_256",
    "TigerVNC to 1.12": "X509Plain",
    "noVNC": "VncAuth",
    "Remmina (libvncclient)": "X509Plain",
    "macOS Screen Sharing": "VncAuth",
    "RealVNC": "RA2_256",
    "TightVNC and UltraVNC": "VncAuth",
  }],
  ["nothing, and a guest", "this machine", "None", "", {
    "TigerVNC from 1.13": "None",
    "TigerVNC to 1.12": "None",
    "noVNC": "None",
    "Remmina (libvncclient)": "None",
    "macOS Screen Sharing": "–",
    "RealVNC": "None",
    "TightVNC and UltraVNC": "None",
  }],
  ["nothing, and a guest", "browser, http", "RA2ne_256 RA2ne VncAuth", "", {
    "noVNC": "RA2ne",
  }],
  ["nothing, and a guest", "browser, https", "VncAuth", "", {
    "noVNC": "VncAuth",
  }],
  ["users, and a guest", "network", "RA2_256 RA2 VeNCrypt VncAuth", "X509Plain X509Vnc VncAuth", {
    "TigerVNC from 1.13": "RA2_256",
    "TigerVNC to 1.12": "X509Plain",
    "noVNC": "VncAuth",
    "Remmina (libvncclient)": "X509Plain",
    "macOS Screen Sharing": "VncAuth",
    "RealVNC": "RA2_256",
    "TightVNC and UltraVNC": "VncAuth",
  }],
  ["users, and a guest", "this machine", "VeNCrypt RA2ne_256 RA2ne VncAuth", "Plain VncAuth", {
    "TigerVNC from 1.13": "Plain",
    "TigerVNC to 1.12": "Plain",
    "noVNC": "Plain",
    "Remmina (libvncclient)": "Plain",
    "macOS Screen Sharing": "VncAuth",
    "RealVNC": "RA2ne_256",
    "TightVNC and UltraVNC": "VncAuth",
  }],
  ["users, and a guest", "browser, http", "RA2ne_256 RA2ne VncAuth", "", {
    "noVNC": "RA2ne",
  }],
  ["users, and a guest", "browser, https", "RA2ne_256 RA2ne VncAuth", "", {
    "noVNC": "RA2ne",
  }],
];

for (const [setting, path, types, subtypes, choices] of EXPECTED) {
  Deno.test(`viewers choose the best they know: ${setting} × ${path}`, async () => {
    await using server = await start(setting);
    const offered = await offers(server, PATHS[path]!);
    const named = (numbers: readonly number[]) => numbers.map((number) => NAMES[number]).join(" ");
    assert.deepEqual([named(offered.types), named(offered.subtypes)], [types, subtypes]);
    const made = Object.keys(choices).map((viewer) => [viewer, choice(VIEWERS[viewer]!, offered)]);
    assert.deepEqual(Object.fromEntries(made), choices);
  });
}

Deno.test("every setting and path is in the table, and every viewer where it can come from", () => {
  const rows = EXPECTED.map(([setting, path]) => `${setting} × ${path}`);
  const all = Object.keys(SETTINGS).flatMap((setting) =>
    Object.keys(PATHS).map((path) => `${setting} × ${path}`)
  );
  assert.deepEqual(rows, all);
  for (const [, path, , , choices] of EXPECTED) {
    const viewers = path.startsWith("browser") ? ["noVNC"] : Object.keys(VIEWERS);
    assert.deepEqual(Object.keys(choices), viewers);
  }
});

Deno.test("whatever viewers choose where encryption is asked for encrypts, and no type in clear stands before one that does not", () => {
  const clear = ["None", "VncAuth", "Plain", "Apple", "RA2ne", "RA2ne_256"];
  for (const [setting, path, types, subtypes, choices] of EXPECTED) {
    if (path !== "network") continue;
    if (/required|always/.test(setting)) {
      for (const [viewer, chosen] of Object.entries(choices)) {
        assert.ok(!clear.includes(chosen), `${viewer}: ${chosen}`);
      }
    }
    for (const list of [types.split(" "), subtypes.split(" ")]) {
      const first = list.findIndex((name) => clear.includes(name));
      const behind = first < 0 ? [] : list.slice(first);
      assert.deepEqual(behind.filter((name) => !clear.includes(name)), [], `${setting}: ${list.join(" ")}`);
    }
  }
});
