/**
 * Password files of VNC programs, compared with what other programs write.
 *
 * @module
 */
import assert from "node:assert/strict";
import {
  isVncPasswordFile,
  readVncPasswords,
  writeVncPasswords,
} from "../../lib/security/vnc_password_file.ts";
import { passwordKey, vncDes } from "../support/rfb/vnc_auth.ts";

/** What `x11vnc -storepasswd secret` writes. */
const SECRET = Uint8Array.fromHex("2e2dbf576eb06c9e");

Deno.test("readVncPasswords() reads what writeVncPasswords() writes", () => {
  for (
    const [password, viewOnlyPassword] of [["secret", ""], ["secret", "looker"], ["12345678", "x"], [
      "größe",
      "",
    ]]
  ) {
    const bytes = writeVncPasswords({ password: password!, viewOnlyPassword: viewOnlyPassword! });
    assert.deepEqual(readVncPasswords(bytes), { password, viewOnlyPassword });
  }
});

Deno.test("writeVncPasswords() writes what other programs write, eight bytes of each", () => {
  const key = Uint8Array.of(23, 82, 107, 6, 35, 78, 88, 7);
  const bytes = writeVncPasswords({ password: "longer than eight", viewOnlyPassword: "looker" });
  assert.deepEqual([...bytes], [
    ...vncDes(key, passwordKey("longer than eight")),
    ...vncDes(key, passwordKey("looker")),
  ]);
  assert.deepEqual(writeVncPasswords({ password: "secret", viewOnlyPassword: "" }), SECRET);
});

Deno.test("isVncPasswordFile() takes no text and no other length for one", () => {
  assert.equal(isVncPasswordFile(SECRET), true);
  assert.equal(isVncPasswordFile(new TextEncoder().encode("secret1\n")), false);
  assert.equal(isVncPasswordFile(new TextEncoder().encode("12345678")), false);
  assert.equal(isVncPasswordFile(new TextEncoder().encode("seven12\nseven34\n")), false);
  assert.equal(isVncPasswordFile(new Uint8Array(9)), false);
  assert.equal(isVncPasswordFile(new Uint8Array(0)), false);
});
