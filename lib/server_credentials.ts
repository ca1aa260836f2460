/**
 * What a server's sessions ask their peers for, as its options are at the moment.
 *
 * @module
 */
import type { Credentials } from "./security/security_type.ts";
import { UsedCodes } from "./security/totp.ts";
import { type AccountOptions, ServerAccounts } from "./server_accounts.ts";

/** As much of a server's options as is needed. */
export type CredentialOptions =
  & Pick<Credentials, "password" | "viewOnlyPassword" | "insecureNoAuth" | "users" | "encryption" | "appleDh">
  & AccountOptions;

/** What outlives changes of the options. Owns the way to the system's accounts. */
export class ServerCredentials implements Disposable {
  readonly #parts: Pick<Credentials, "keys" | "guard" | "invitations">;
  readonly #codes = new UsedCodes();
  readonly #accounts = new ServerAccounts();

  constructor(parts: Pick<Credentials, "keys" | "guard" | "invitations">) {
    this.#parts = parts;
  }

  /** What is asked for now. */
  of(options: CredentialOptions): Credentials {
    const { password, viewOnlyPassword, insecureNoAuth, users, encryption, appleDh } = options;
    const accounts = this.#accounts.of(options);
    return {
      password,
      viewOnlyPassword,
      insecureNoAuth,
      ...(users && { users }),
      ...(encryption && { encryption }),
      ...this.#parts,
      ...(appleDh && { appleDh }),
      codes: this.#codes,
      ...(accounts && { accounts }),
    };
  }

  [Symbol.dispose](): void {
    this.#accounts[Symbol.dispose]();
  }
}
