/**
 * The server's certificate: files that were given, or one that is made at the first start and kept.
 *
 * @module
 */
import { ConfigError } from "../core/errors.ts";
import { getLogger } from "../core/log.ts";
import {
  type Certificate,
  type CertificateFacts,
  factsOf,
  isKeyOf,
  keyIn,
  makeCertificate,
} from "./certificate.ts";
import { writePrivately } from "./private_file.ts";

/** Where to find the certificate. */
export interface CertificateSource {
  /** Path of a certificate chain in PEM; "" for one of our own. */
  readonly certificateFile: string;
  /** Path of its key in PEM; "" when the certificate's file holds both. */
  readonly keyFile: string;
  /** Where our own is kept; "" to make a new one each time. */
  readonly folder: string;
  /** Names and addresses of this machine, for a new one. */
  readonly names: readonly string[];
}

/** A certificate, and what is known of it. */
export interface ServerCertificate extends Certificate, CertificateFacts {
  /** Made by ourselves: viewers do not know it, their users compare its fingerprint. */
  readonly selfSigned: boolean;
}

/** Apple's programs refuse longer lives. */
const LIFE_DAYS = 820;
/** One that ends sooner than this is replaced at the next start. */
const RENEWAL_DAYS = 30;

const CERTIFICATE_NAME = "certificate.pem";
const KEY_NAME = "key.pem";

/**
 * Reads the certificate, or makes one and keeps it.
 *
 * @throws {ConfigError} Given files cannot be read or do not fit.
 */
export function openCertificate(source: CertificateSource): ServerCertificate {
  if (source.keyFile && !source.certificateFile) {
    throw new ConfigError([
      `tls.key: ${source.keyFile} belongs to a certificate, and tls.certificate names none`,
    ]);
  }
  return source.certificateFile ? readGiven(source) : ownCertificate(source);
}

function readGiven({ certificateFile, keyFile }: CertificateSource): ServerCertificate {
  const text = readText(certificateFile, "tls.certificate");
  const key = keyIn(keyFile ? readText(keyFile, "tls.key") : text);
  const certificate = certificatesIn(text);
  const facts = understood(() => factsOf(certificate), `${certificateFile} is no certificate in PEM`);
  const fits = understood(() => isKeyOf(certificate, key), `${keyFile || certificateFile} has no key in PEM`);
  if (!fits) {
    throw new ConfigError([`tls.key: ${keyFile || certificateFile} has the key of another certificate`]);
  }
  warnOfOthers(keyFile || certificateFile);
  return { certificate, key, ...facts, selfSigned: false };
}

/** Without what else may stand there, such as a key before them: parsers look at what comes first. */
function certificatesIn(text: string): string {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----/gs);
  return blocks ? `${blocks.join("\n")}\n` : text;
}

/** A group may be there to read keys; everybody is not. */
function warnOfOthers(path: string): void {
  const { mode, isFile } = Deno.statSync(path);
  if (!isFile || ((mode ?? 0) & 0o007) === 0) return;
  getLogger("security").warning("{path} has the key of TLS, and all users can read it: chmod 600", { path });
}

/** What a parser makes of a file. @throws {ConfigError} It makes nothing of it. */
function understood<T>(parse: () => T, problem: string): T {
  try {
    return parse();
  } catch (cause) {
    throw new ConfigError([`tls.certificate: ${problem}`], { cause });
  }
}

function readText(path: string, setting: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch (cause) {
    throw new ConfigError([`${setting}: ${path} cannot be read: ${(cause as Error).message}`], { cause });
  }
}

function ownCertificate({ folder, names }: CertificateSource): ServerCertificate {
  const log = getLogger("certificate");
  const kept = folder ? readKept(folder) : undefined;
  if (kept) return kept;
  const made = makeCertificate({ names, days: LIFE_DAYS });
  const certificate = { ...made, ...factsOf(made.certificate), selfSigned: true };
  if (folder) {
    try {
      keep(made, folder);
      log.info("Certificate made and kept in {folder}", { folder, fingerprint: certificate.fingerprint });
    } catch (error) {
      log.warning("Certificate cannot be kept in {folder}, the next start will make another: {error}", {
        folder,
        error,
      });
    }
  }
  return certificate;
}

/** What an earlier start has kept, if it can still be used. */
function readKept(folder: string): ServerCertificate | undefined {
  try {
    const certificate = Deno.readTextFileSync(`${folder}/${CERTIFICATE_NAME}`);
    const key = Deno.readTextFileSync(`${folder}/${KEY_NAME}`);
    const facts = factsOf(certificate);
    const leftDays = (facts.validUntil.getTime() - Date.now()) / (24 * 60 * 60 * 1000);
    return leftDays > RENEWAL_DAYS ? { certificate, key, ...facts, selfSigned: true } : undefined;
  } catch {
    return undefined; // there is none, or not a whole one
  }
}

function keep({ certificate, key }: Certificate, folder: string): void {
  writePrivately(`${folder}/${KEY_NAME}`, key);
  writePrivately(`${folder}/${CERTIFICATE_NAME}`, certificate);
}
