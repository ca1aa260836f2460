/**
 * What a server shows itself by and encrypts with: its certificate for TLS, its RSA key for RSA-AES. Each is opened when it
 * is first needed.
 *
 * @module
 */
import { hostAddresses, hostNames } from "./host_names.ts";
import type { SecureContext, TlsTransport } from "../transport/tls.ts";
import type { Transport } from "../transport/transport.ts";
import { openCertificate, type ServerCertificate } from "./certificate_store.ts";
import { openRsaKey, type RsaKey } from "./rsa_key.ts";
import type { SecurityKeys } from "./security_type.ts";

/** Where keys are. */
export interface KeyFiles {
  /** As {@linkcode openCertificate} has them. */
  readonly certificateFile: string;
  readonly keyFile: string;
  /** Where the server's own are kept; "" to make new ones each time. */
  readonly stateFolder: string;
}

/** Time for a peer to make a TLS handshake, in ms. */
const TLS_HANDSHAKE_MS = 5000;

/** What browsers are offered inside of TLS (RFC 7301 §6); HTTP/2 would need streams where there is a session. */
const WEB_PROTOCOLS = ["http/1.1"] as const;

type TlsVersion = "TLSv1.2" | "TLSv1.3";

/** Shared by all of a server's sessions and by its web part. */
export class ServerKeys implements SecurityKeys {
  readonly #files: () => KeyFiles;
  #certificate: ServerCertificate | undefined;
  readonly #contexts = new Map<TlsVersion, SecureContext>();
  #rsa: Promise<RsaKey> | undefined;

  /** For viewers. Not there on runtimes whose TLS cannot begin in mid-conversation. */
  readonly secure?: (transport: Transport) => Promise<Transport>;
  /** For browsers; likewise. */
  readonly secureWeb?: (transport: Transport) => Promise<TlsTransport>;

  /** @param files Read at the moment of use. */
  constructor(files: () => KeyFiles) {
    this.#files = files;
    if (!canUpgrade()) return;
    // In TLS 1.3 session tickets come behind the handshake, and TigerVNC's viewers up to 1.12 wait forever for what comes
    // in one packet with them: SecurityResult, or a challenge.
    this.secure = (transport) => this.#secure(transport, "TLSv1.2");
    this.secureWeb = (transport) => this.#secure(transport, "TLSv1.3", WEB_PROTOCOLS);
  }

  /** @throws {ConfigError} Given files cannot be used. */
  get certificate(): ServerCertificate {
    return this.#certificate ??= this.#open(this.#files());
  }

  /**
   * Opens the certificate again.
   *
   * @throws {ConfigError} It cannot be used; the one before goes on.
   */
  reload(files: KeyFiles): void {
    if (!this.#certificate && !files.certificateFile) return;
    this.#certificate = this.#open(files);
    this.#contexts.clear();
  }

  readonly rsa = (): Promise<RsaKey> => {
    return this.#rsa ??= openRsaKey(this.#files().stateFolder);
  };

  #open({ certificateFile, keyFile, stateFolder: folder }: KeyFiles): ServerCertificate {
    const names = [...hostNames(), ...hostAddresses()];
    return openCertificate({ certificateFile, keyFile, folder, names });
  }

  async #secure(
    transport: Transport,
    version: TlsVersion,
    protocols: readonly string[] = [],
  ): Promise<TlsTransport> {
    const { acceptTls, secureContextOf }: typeof import("../transport/tls.ts") = await import(
      import.meta.resolve("../transport/tls.ts")
    );
    const context = this.#contexts.get(version) ?? secureContextOf(this.certificate, version);
    this.#contexts.set(version, context);
    return await acceptTls(transport, context, TLS_HANDSHAKE_MS, protocols);
  }
}

/** Before Deno 2.8, TLS on a connection that has been used never finishes its handshake. */
function canUpgrade(): boolean {
  const [major = 0, minor = 0] = Deno.version.deno.split(".").map(Number);
  return major > 2 || (major === 2 && minor >= 8);
}
