/** Where the certificate comes from, and where it is kept. @module */
import assert from "node:assert/strict";
import { makeCertificate } from "../../lib/security/certificate.ts";
import { openCertificate } from "../../lib/security/certificate_store.ts";
import { ConfigError } from "../../lib/core/errors.ts";

const NAMES = ["localhost"];

async function withFolder(use: (folder: string) => void | Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("openCertificate() makes a certificate at the first start, readable by nobody else, and finds it at the next", async () => {
  await withFolder((parent) => {
    const folder = `${parent}/state/porthole`;
    const source = { certificateFile: "", keyFile: "", folder, names: NAMES };
    const first = openCertificate(source);
    assert.equal(first.selfSigned, true);
    const files = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
    assert.deepEqual(files, ["certificate.pem", "key.pem"]);
    for (const name of files) assert.equal(Deno.statSync(`${folder}/${name}`).mode! & 0o777, 0o600, name);
    assert.equal(Deno.statSync(folder).mode! & 0o777, 0o700);
    assert.deepEqual(openCertificate(source), first);
  });
});

Deno.test("openCertificate() replaces one that is about to end, and one that is not whole", async () => {
  await withFolder((folder) => {
    const source = { certificateFile: "", keyFile: "", folder, names: NAMES };
    const old = makeCertificate({ names: NAMES, days: 20 });
    Deno.writeTextFileSync(`${folder}/certificate.pem`, old.certificate);
    Deno.writeTextFileSync(`${folder}/key.pem`, old.key);
    const fresh = openCertificate(source);
    assert.notEqual(fresh.certificate, old.certificate);
    Deno.writeTextFileSync(`${folder}/certificate.pem`, "nonsense");
    assert.notEqual(openCertificate(source).certificate, fresh.certificate);
  });
});

Deno.test("openCertificate() goes on without a folder, and with one that it cannot write to", async () => {
  const nowhere = { certificateFile: "", keyFile: "", folder: "", names: NAMES };
  assert.notEqual(openCertificate(nowhere).certificate, openCertificate(nowhere).certificate);
  await withFolder((folder) => {
    Deno.writeTextFileSync(`${folder}/file`, "");
    const made = openCertificate({ ...nowhere, folder: `${folder}/file/below` });
    assert.match(made.fingerprint, /^[0-9A-F:]{95}$/);
  });
});

Deno.test("openCertificate() reads given files, the key from the same one if no other is named", async () => {
  await withFolder((folder) => {
    const { certificate, key } = makeCertificate({ names: NAMES, days: 5 });
    const certificateFile = `${folder}/chain.pem`;
    const keyFile = `${folder}/private.pem`;
    Deno.writeTextFileSync(certificateFile, certificate);
    Deno.writeTextFileSync(keyFile, key);
    const two = openCertificate({ certificateFile, keyFile, folder: "", names: NAMES });
    assert.deepEqual([two.certificate, two.key, two.selfSigned], [certificate, key, false]);
    Deno.writeTextFileSync(certificateFile, certificate + key);
    const one = openCertificate({ certificateFile, keyFile: "", folder: "", names: NAMES });
    assert.equal(one.key, key);
  });
});

Deno.test("openCertificate() refuses a certificate without its own key", async () => {
  await withFolder((folder) => {
    const [one, other] = [
      makeCertificate({ names: NAMES, days: 5 }),
      makeCertificate({ names: NAMES, days: 5 }),
    ];
    const certificateFile = `${folder}/chain.pem`;
    for (const [key, problem] of [["", /no key/], [other.key, /key of another/]] as const) {
      Deno.writeTextFileSync(certificateFile, one.certificate + key);
      assert.throws(
        () => openCertificate({ certificateFile, keyFile: "", folder: "", names: NAMES }),
        { name: "ConfigError", message: problem },
      );
    }
  });
});

Deno.test("openCertificate() refuses a key without a certificate, and makes none of its own then", async () => {
  await withFolder((folder) => {
    assert.throws(
      () => openCertificate({ certificateFile: "", keyFile: "/etc/key.pem", folder, names: NAMES }),
      { name: "ConfigError", message: /tls\.key: \/etc\/key\.pem belongs to a certificate/ },
    );
    assert.deepEqual([...Deno.readDirSync(folder)], []);
  });
});

Deno.test("openCertificate() says which file is wrong, and shows nothing of it", async () => {
  await withFolder((folder) => {
    Deno.writeTextFileSync(`${folder}/secret.pem`, "very secret");
    for (const certificateFile of [`${folder}/missing.pem`, `${folder}/secret.pem`]) {
      assert.throws(
        () => openCertificate({ certificateFile, keyFile: "", folder: "", names: NAMES }),
        (error) =>
          error instanceof ConfigError && error.message.includes(certificateFile) &&
          !error.message.includes("very secret"),
      );
    }
  });
});
