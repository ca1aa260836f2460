/** Certificates of our own, looked at by OpenSSL through node:crypto and by rustls through Deno. @module */
import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { addressBytes } from "../../lib/security/address_bytes.ts";
import { factsOf, makeCertificate } from "../../lib/security/certificate.ts";
import { contextTag, der, objectIdentifier, unsignedInteger } from "../../lib/security/der.ts";
import { toHex } from "../support/hex.ts";

Deno.test("der() writes lengths as X.690 §8.1.3 says", () => {
  for (
    const [length, header] of [
      [0, "0400"],
      [127, "047f"],
      [128, "048180"],
      [255, "0481ff"],
      [256, "04820100"],
      [65536, "0483010000"],
    ] as const
  ) {
    const bytes = der(4, new Uint8Array(length));
    assert.equal(toHex(bytes.slice(0, header.length / 2)), header);
    assert.equal(bytes.length, header.length / 2 + length);
  }
});

Deno.test("objectIdentifier(), unsignedInteger() and contextTag() write what X.690 says", () => {
  const compact = (bytes: Uint8Array) => toHex(bytes);
  assert.equal(compact(objectIdentifier("2.5.29.17")), "0603551d11");
  assert.equal(compact(objectIdentifier("1.2.840.10045.4.3.2")), "06082a8648ce3d040302");
  assert.equal(compact(unsignedInteger(Uint8Array.of(0x7f))), "02017f");
  assert.equal(compact(unsignedInteger(Uint8Array.of(0x80))), "02020080");
  assert.equal(contextTag(0, { constructed: true }), 0xa0);
  assert.equal(contextTag(7, { constructed: false }), 0x87);
});

Deno.test("makeCertificate() makes one for the names, for a server, for so long, and for nobody to sign by", () => {
  const from = new Date("2026-05-06T07:08:09Z");
  const names = ["box", "box.local", "192.0.2.7", "2001:db8::1:2", "::1", "::ffff:192.0.2.7"];
  const { certificate, key } = makeCertificate({ names, days: 820, from });
  const parsed = new X509Certificate(certificate);
  assert.equal(parsed.ca, false);
  assert.equal(parsed.subject, "CN=Porthole on box");
  for (const name of ["box", "box.local"]) assert.equal(parsed.checkHost(name), name);
  assert.equal(parsed.checkHost("other"), undefined);
  for (const address of ["192.0.2.7", "2001:db8::1:2", "::1"]) assert.equal(parsed.checkIP(address), address);
  assert.equal(parsed.checkIP("192.0.2.8"), undefined);
  assert.ok(parsed.verify(parsed.publicKey));
  assert.match(key, /^-----BEGIN PRIVATE KEY-----/);
  assert.equal(new Date(parsed.validFrom).toISOString(), "2026-05-06T06:08:09.000Z");
  assert.equal(factsOf(certificate).validUntil.toISOString(), "2028-08-03T07:08:09.000Z");
  assert.match(factsOf(certificate).fingerprint, /^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
});

Deno.test("makeCertificate() never makes the same twice", () => {
  const [one, other] = [
    makeCertificate({ names: ["x"], days: 1 }),
    makeCertificate({ names: ["x"], days: 1 }),
  ];
  const serial = ({ certificate }: typeof one) => new X509Certificate(certificate).serialNumber;
  assert.notEqual(serial(one), serial(other));
  assert.notEqual(one.key, other.key);
});

Deno.test("addressBytes() knows addresses from names", () => {
  assert.deepEqual([...addressBytes("10.1.2.255")!], [10, 1, 2, 255]);
  assert.equal(toHex(addressBytes("fe80::1%eth0")!), "fe800000000000000000000000000001");
  assert.equal(toHex(addressBytes("1:2:3:4:5:6:7:8")!), "00010002000300040005000600070008");
  assert.equal(addressBytes("10.example.org"), undefined);
});
