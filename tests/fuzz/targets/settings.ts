/**
 * What operators write: configuration, environment, command lines; password files, users' files, lists of addresses.
 *
 * @module
 */
import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import { parseArguments } from "../../../lib/cli/arguments.ts";
import { readPlainArguments } from "../../../lib/cli/plain_arguments.ts";
import { findJsonError } from "../../../lib/config/json_position.ts";
import { resolveConfig } from "../../../lib/config/load.ts";
import { entriesOf } from "../../../lib/config/schema.ts";
import { AddressRules } from "../../../lib/security/address_rules.ts";
import { splitCode } from "../../../lib/security/totp.ts";
import { formatUser, parseUsers } from "../../../lib/security/users.ts";
import {
  isVncPasswordFile,
  readVncPasswords,
  writeVncPasswords,
} from "../../../lib/security/vnc_password_file.ts";
import { below, joined, mutate, mutateText, oneOf, type Random, some } from "../mutations.ts";
import { type FuzzTarget, simply, tolerate } from "../target.ts";

const utf8 = (words: string) => new TextEncoder().encode(words);
const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** Settings that name files are left alone: what is read then is not made up here. */
const ENTRIES = entriesOf().filter(({ path }) => !/file|folder|certificate|key|socket|record/.test(path));
const VALUES = [
  "0",
  "1",
  "-1",
  "5900",
  "65535",
  "65536",
  "1e9",
  "1e999",
  "NaN",
  "0.5",
  "true",
  "false",
  "null",
  '""',
  '"x"',
  "[]",
  "{}",
  '"off"',
  '"auto"',
  '"always"',
  '["10.0.0.0/8"]',
  '["::/0", 5]',
  '"\\u0000"',
  '"\\ud800"',
  "[[[[]]]]",
];
const JSON_WORDS = [
  ...VALUES,
  "{",
  "}",
  "[",
  "]",
  ",",
  ":",
  '"',
  "\\",
  "\n",
  "//",
  "__proto__",
  '"__proto__":',
  "constructor",
];

function configText(random: Random): string {
  const object: Record<string, unknown> = {};
  const pairs = Array.from({ length: below(6, random) }, () => {
    const path = oneOf(ENTRIES, random).path;
    return `"${random() < 0.8 ? path : path.split(".")[0]}": ${oneOf(VALUES, random)}`;
  });
  return random() < 0.2 ? JSON.stringify(object) : `{ ${pairs.join(", ")} }`;
}

export const CONFIGURATION: FuzzTarget = {
  name: "config files",
  share: 1,
  open: simply({
    make: (random) => utf8(mutateText(configText(random), JSON_WORDS, random)),
    attempt(bytes) {
      const source = textOf(bytes);
      let object: unknown;
      try {
        object = JSON.parse(source);
      } catch {
        const at = findJsonError(source);
        assert.ok(at && at.line >= 1 && at.column >= 1, "an error is somewhere");
        return;
      }
      if (/file|folder|certificate|key|socket|record/.test(source)) return;
      try {
        const { config } = resolveConfig({ object });
        const again = resolveConfig({ object: config }).config;
        assert.ok(isDeepStrictEqual(again, config), "what was understood means something else");
        assert.equal(({} as Record<string, unknown>).polluted, undefined);
      } catch (error) {
        tolerate(error, "ConfigError");
      }
    },
  }),
};

const WORDS = [
  "serve",
  "--port",
  "--port=",
  "5900",
  "-1",
  "--",
  "-",
  "--no-metrics",
  "--display",
  ":0",
  "--geometry",
  "--help",
  "-V",
  "ctl",
  "top",
  "--virtual",
  "1280x720",
  "99999x1",
  "=",
  "\0",
  "é",
  "",
  "completions",
  "bash",
  "licenses",
  "--view-only",
  "--view-only=maybe",
];

export const COMMAND_LINES: FuzzTarget = {
  name: "flags and environment",
  share: 1,
  open: simply({
    make(random) {
      const words = Array.from({ length: below(6, random) }, () => {
        const flag = `--${oneOf(ENTRIES, random).path.replaceAll(/[._]/g, "-")}`;
        const word = random() < 0.5 ? flag : oneOf(WORDS, random);
        return random() < 0.3 ? mutateText(word, WORDS, random) : word;
      });
      return utf8(words.join("\n"));
    },
    attempt(bytes) {
      const words = textOf(bytes).split("\n");
      // The full parser takes its time, as it does with a person's mistakes: every eighth case.
      if (bytes.length % 8 === 0) {
        let said = 0;
        const count = (line: string) => void (said += line.length);
        const command = parseArguments(words, { out: count, err: count });
        assert.equal(typeof command.name, "string");
        assert.ok(said < 1 << 20, "too much is said");
      }
      assert.ok([undefined, "serve"].includes(readPlainArguments(words)?.name));
      const environment = Object.fromEntries(words.map((word, i) => {
        const { path } = ENTRIES[(word.length + i) % ENTRIES.length]!;
        return [`PORTHOLE_${path.toUpperCase().replaceAll(".", "_")}`, word];
      }));
      try {
        resolveConfig({ environment });
      } catch (error) {
        tolerate(error, "ConfigError");
      }
    },
  }),
};

const USERS = [
  `anna:owner:scrypt$2$1$1$${"A".repeat(22)}$${
    "B".repeat(43)
  }\n# a comment\n\nviktor:viewer:scrypt$16384$8$1$${"A".repeat(22)}$${"C".repeat(43)}\r\n`,
];
const USERS_WORDS = [
  ":",
  "\n",
  "\r\n",
  "#",
  "$",
  "owner",
  "viewer",
  "operator",
  "scrypt",
  "16384",
  "99999999",
  "0",
  "\0",
  "é",
  " ",
  "pam",
  "totp",
  "anna",
];
const NETWORKS = [
  "192.0.2.0/24",
  "10.0.0.1",
  "2001:db8::/32",
  "::ffff:10.0.0.1/120",
  "fe80::1%eth0",
  "0.0.0.0/0",
];
const NETWORK_WORDS = ["/", ".", ":", "::", "33", "129", "-1", "%", "[", "]", "256", "ffff", "0", " "];

export const FILES: FuzzTarget = {
  name: "users, passwords, addresses",
  share: 1,
  open: simply({
    make(random) {
      switch (below(3, random)) {
        case 0:
          return joined([0], utf8(mutateText(oneOf(USERS, random), USERS_WORDS, random)));
        case 1: {
          const file = writeVncPasswords({
            password: "secret",
            viewOnlyPassword: random() < 0.5 ? "" : "look",
          });
          return joined(
            [1],
            random() < 0.5 ? some(8 * (1 + below(2, random)), random) : mutate(file, random),
          );
        }
        default:
          return joined([2], utf8(mutateText(oneOf(NETWORKS, random), NETWORK_WORDS, random)));
      }
    },
    attempt(bytes) {
      const content = bytes.subarray(1);
      if (bytes[0] === 0) return tryUsers(textOf(content));
      if (bytes[0] === 1) return tryPasswords(content);
      const words = textOf(content);
      try {
        const rules = new AddressRules([words], []);
        assert.equal(typeof rules.admits("192.0.2.7:5900"), "boolean");
        assert.equal(new AddressRules([], [words]).admits("unix"), true);
      } catch (error) {
        tolerate(error, "RangeError");
      }
      splitCode(words);
    },
  }),
};

function tryUsers(source: string): void {
  try {
    const users = parseUsers(source);
    assert.ok(
      isDeepStrictEqual(parseUsers(Array.from(users.values(), formatUser).join("\n")), users),
      "what is written is read as something else",
    );
  } catch (error) {
    tolerate(error, "UsersFileError");
  }
}

function tryPasswords(content: Uint8Array): void {
  const passwords = readVncPasswords(content);
  assert.ok(!passwords || isVncPasswordFile(content));
  if (!passwords) return;
  const again = readVncPasswords(writeVncPasswords(passwords));
  // Eight bytes that happen to be text are taken for a text file, as are those that are none.
  assert.ok(!again || isDeepStrictEqual(again, passwords), "what is written is read as something else");
}
