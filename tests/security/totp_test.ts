/**
 * Codes of authenticators: the vectors of RFC 4226 and RFC 6238, and that none lets in twice.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  hotp,
  newTotpSecret,
  otpauthUri,
  parseTotpSecret,
  splitCode,
  totpCounter,
  UsedCodes,
} from "../../lib/security/totp.ts";
import {
  formatUser,
  hashPassword,
  parseUsers,
  type Users,
  UsersFileError,
  verifyUser,
} from "../../lib/security/users.ts";
import { Refused } from "../support/rfb/handshake.ts";
import { comeIn } from "../support/rfb/security_client.ts";
import { TestServer } from "../support/test_server.ts";

/** "12345678901234567890", with which both documents reckon. */
const RFC_SECRET = new TextEncoder().encode("12345678901234567890");

Deno.test("hotp() gives the values of RFC 4226 appendix D", () => {
  const expected = "755224 287082 359152 969429 338314 254676 287922 162583 399871 520489".split(" ");
  assert.deepEqual(expected.map((_, counter) => hotp(RFC_SECRET, counter)), expected);
});

Deno.test("hotp() of totpCounter() gives the SHA-1 values of RFC 6238 appendix B", () => {
  const expected: readonly (readonly [number, string])[] = [
    [59, "94287082"],
    [1111111109, "07081804"],
    [1111111111, "14050471"],
    [1234567890, "89005924"],
    [2000000000, "69279037"],
    [20000000000, "65353130"],
  ];
  for (const [seconds, code] of expected) {
    assert.equal(hotp(RFC_SECRET, totpCounter(seconds * 1000), 8), code);
    assert.equal(hotp(RFC_SECRET, totpCounter(seconds * 1000)), code.slice(2));
  }
});

Deno.test("parseTotpSecret() reads what newTotpSecret() makes, and base32 as RFC 4648 §10 has it", () => {
  const secret = newTotpSecret();
  assert.match(secret, /^[A-Z2-7]{32}$/);
  assert.equal(parseTotpSecret(secret)!.length, 20);
  assert.notEqual(secret, newTotpSecret());
  assert.deepEqual(parseTotpSecret("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"), RFC_SECRET);
  for (
    const wrong of ["", "MZXW6YTBOI", secret.toLowerCase(), `${secret}=`, `${secret}1`, secret.repeat(4)]
  ) {
    assert.equal(parseTotpSecret(wrong), undefined, wrong);
  }
});

Deno.test("splitCode() takes six digits from the end, and nothing else", () => {
  assert.deepEqual(splitCode("pass123456"), { password: "pass", code: "123456" });
  assert.deepEqual(splitCode("1234567"), { password: "1", code: "234567" });
  assert.deepEqual(splitCode("123456"), { password: "", code: "123456" });
  for (const none of ["", "12345", "pass12345x", "pass 12345", "pass１２３４５６"]) {
    assert.equal(splitCode(none), undefined, none);
  }
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.integer({ min: 0, max: 999_999 }), (password, number) => {
      const code = String(number).padStart(6, "0");
      assert.deepEqual(splitCode(password + code), { password, code });
    }),
    { numRuns: 200, seed: 6238 },
  );
});

Deno.test("UsedCodes takes the codes of three periods, each once, and none from before one that was used", () => {
  const clock = { ms: 1_700_000_000_000 };
  const at = (periods: number) => hotp(RFC_SECRET, totpCounter(clock.ms) + periods);
  const codes = new UsedCodes(() => clock.ms);
  for (const periods of [-2, 2, 3]) assert.equal(codes.use("anna", RFC_SECRET, at(periods)), false);
  for (const wrong of ["", "12345", "1234567", "abcdef"]) {
    assert.equal(codes.use("anna", RFC_SECRET, wrong), false);
  }
  assert.equal(codes.use("anna", RFC_SECRET, at(-1)), true);
  assert.equal(codes.use("anna", RFC_SECRET, at(-1)), false, "replayed");
  assert.equal(codes.use("anna", RFC_SECRET, at(1)), true);
  assert.equal(codes.use("anna", RFC_SECRET, at(0)), false, "older than one that was used");
  assert.equal(codes.use("berta", RFC_SECRET, at(0)), true, "somebody else's");
  const old = at(1);
  clock.ms += 30_000;
  assert.equal(codes.use("anna", RFC_SECRET, old), false, "replayed in the next period");
  assert.equal(codes.use("anna", RFC_SECRET, at(1)), true);
});

Deno.test("otpauthUri() is what authenticators read", () => {
  const uri = new URL(otpauthUri("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "björn b@desk", "Port & hole"));
  assert.equal(uri.protocol, "otpauth:");
  assert.equal(uri.host, "totp");
  assert.equal(decodeURIComponent(uri.pathname), "/Port & hole:björn b@desk");
  assert.deepEqual(Object.fromEntries(uri.searchParams), {
    secret: "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
    issuer: "Port & hole",
    algorithm: "SHA1",
    digits: "6",
    period: "30",
  });
});

const SECRET = newTotpSecret();
const HASH = await hashPassword("geheim7");
const USERS: Users = new Map([
  ["anna", { name: "anna", role: "owner", hash: HASH, totp: SECRET }],
  ["berta", { name: "berta", role: "viewer", hash: await hashPassword("geheim123456") }],
]);

/** The code so many periods from now on. */
function codeIn(periods: number): string {
  return hotp(parseTotpSecret(SECRET)!, totpCounter(Date.now()) + periods);
}

Deno.test("parseUsers() reads secrets as formatUser() writes them, and refuses other fourth parts", () => {
  assert.deepEqual(parseUsers(Array.from(USERS.values(), formatUser).join("\n")), USERS);
  for (const wrong of ["totp=", "totp=short", SECRET, `totp=${SECRET}:more`, "hotp=" + SECRET]) {
    assert.throws(() => parseUsers(`anna:owner:${HASH}:${wrong}\n`), (error) => {
      return error instanceof UsersFileError && !error.message.includes(SECRET);
    });
  }
});

Deno.test("verifyUser() asks for password and code, and uses up no code behind a wrong password", async () => {
  const codes = new UsedCodes();
  const verify = (given: string, name = "anna") => verifyUser(USERS, name, given, codes);
  const code = codeIn(0);
  for (const wrong of ["geheim7", `geheim7 ${code}`, `geheim${code}`, code, `${code}geheim7`, ""]) {
    assert.equal(await verify(wrong), undefined, wrong);
  }
  assert.equal((await verify(`geheim7${code}`))?.role, "owner");
  assert.equal(await verify(`geheim7${code}`), undefined, "replayed");
  assert.equal((await verify("geheim123456", "berta"))?.name, "berta", "a password that ends like a code");
  assert.equal(await verifyUser(USERS, "anna", `geheim7${codeIn(1)}`), undefined, "without a memory nobody");
});

/** A folder with the server's RSA key, which takes long to make. */
const state = await Deno.makeTempDir({ prefix: "porthole-keys-" });
globalThis.addEventListener("unload", () => Deno.removeSync(state, { recursive: true }));

Deno.test("users with an authenticator log in with password and code, by each type that asks for names", async () => {
  await using test = await TestServer.start({ stateFolder: state, users: USERS });
  const { server } = test;
  const way = (type: number) => ({ port: server.port, type, subtype: 256, user: "anna" });
  const refused = (error: unknown) => error instanceof Refused && error.reason === "Authentication failed";
  const first = codeIn(0);
  {
    const { transport } = await comeIn({ ...way(19), password: `geheim7${first}` });
    using _transport = transport;
    assert.equal(server.sessions[0]!.user, "anna");
  }
  for (const type of [19, 130, 6]) {
    await assert.rejects(comeIn({ ...way(type), password: `geheim7${first}` }), refused, "replayed");
    await assert.rejects(comeIn({ ...way(type), password: "geheim7" }), refused);
  }
  server.reload({ users: new Map(USERS) });
  await assert.rejects(comeIn({ ...way(130), password: `geheim7${first}` }), refused, "after a reload, too");
  const { transport } = await comeIn({ ...way(130), password: `geheim7${codeIn(1)}` });
  transport[Symbol.dispose]();
});
