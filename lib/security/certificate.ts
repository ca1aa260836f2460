/**
 * Certificates that the server signs itself (RFC 5280): they encrypt; whom they belong to is known by their fingerprint.
 *
 * @module
 */
import { createPrivateKey, generateKeyPairSync, randomBytes, sign, X509Certificate } from "node:crypto";
import { addressBytes } from "./address_bytes.ts";
import {
  bitString,
  contextTag,
  der,
  generalizedTime,
  objectIdentifier,
  pem,
  sequence,
  Tag,
  unsignedInteger,
  utf8String,
} from "./der.ts";

/** A certificate with its private key, both in PEM. */
export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

/** What a certificate says of itself. */
export interface CertificateFacts {
  /** SHA-256 of the DER form: "AB:CD:…", as viewers and browsers show it. */
  readonly fingerprint: string;
  readonly validUntil: Date;
}

/** Whom a certificate is for, and how long. */
export interface CertificateWishes {
  /** Host names and IP addresses by which clients may call the server. */
  readonly names: readonly string[];
  readonly days: number;
  /** Default: now. */
  readonly from?: Date;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** Clocks of clients may be late. */
const CLOCK_TOLERANCE_MS = 60 * 60 * 1000;

const EXTENDED_KEY_USAGE_SERVER = "1.3.6.1.5.5.7.3.1";

/** Makes a certificate with a new P-256 key, for a server and for nothing else. */
export function makeCertificate({ names, days, from = new Date() }: CertificateWishes): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const algorithm = sequence(objectIdentifier("1.2.840.10045.4.3.2")); // ecdsa-with-SHA256
  const name = distinguishedName(names[0] ?? "localhost");
  const toBeSigned = sequence(
    der(contextTag(0, { constructed: true }), der(Tag.Integer, [2])), // version 3
    unsignedInteger(serialNumber()),
    algorithm,
    name,
    sequence(
      generalizedTime(new Date(from.getTime() - CLOCK_TOLERANCE_MS)),
      generalizedTime(new Date(from.getTime() + days * DAY_MS)),
    ),
    name,
    publicKey.export({ type: "spki", format: "der" }),
    der(
      contextTag(3, { constructed: true }),
      sequence(
        extension("2.5.29.17", subjectAlternativeName(names)),
        // Not an authority: what learns to trust it trusts this server alone.
        extension("2.5.29.19", sequence(), { critical: true }),
        extension("2.5.29.37", sequence(objectIdentifier(EXTENDED_KEY_USAGE_SERVER))),
      ),
    ),
  );
  const signature = sign("sha256", toBeSigned, privateKey);
  return {
    certificate: pem("CERTIFICATE", sequence(toBeSigned, algorithm, bitString(signature))),
    key: privateKey.export({ type: "pkcs8", format: "pem" }) as string,
  };
}

/** @throws {Error} The text is no certificate in PEM. */
export function factsOf(certificate: string): CertificateFacts {
  const parsed = new X509Certificate(certificate);
  return { fingerprint: parsed.fingerprint256, validUntil: new Date(parsed.validTo) };
}

/** The private key among what a file in PEM holds; the whole text when there is none. */
export function keyIn(text: string): string {
  return /-----BEGIN ([A-Z ]*)PRIVATE KEY-----[^]*?-----END \1PRIVATE KEY-----\n?/.exec(text)?.[0] ?? text;
}

/** Whether a private key belongs to a certificate, both in PEM. @throws {Error} One of them is none. */
export function isKeyOf(certificate: string, key: string): boolean {
  return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key));
}

/** The name that browsers show: "Porthole on HOST". */
function distinguishedName(host: string): Uint8Array {
  // X.520 allows 64 characters.
  const commonName = `Porthole on ${host}`.slice(0, 64);
  return sequence(der(Tag.Set, sequence(objectIdentifier("2.5.4.3"), utf8String(commonName))));
}

/** Positive, not zero, and no two the same. */
function serialNumber(): Uint8Array {
  const bytes = randomBytes(16);
  bytes[0] = bytes[0]! & 0x7f | 0x40;
  return bytes;
}

function extension(identifier: string, value: Uint8Array, { critical = false } = {}): Uint8Array {
  return sequence(
    objectIdentifier(identifier),
    ...(critical ? [der(Tag.Boolean, [0xff])] : []),
    der(Tag.OctetString, value),
  );
}

/** GeneralName ::= dNSName [2], iPAddress [7]. */
function subjectAlternativeName(names: readonly string[]): Uint8Array {
  return sequence(...names.map((name) => {
    const address = addressBytes(name);
    return address
      ? der(contextTag(7, { constructed: false }), address)
      : der(contextTag(2, { constructed: false }), new TextEncoder().encode(name));
  }));
}
