/**
 * Invitations of a server: with links to its page, and an end for its guests.
 *
 * @module
 */
import { SYSTEM_CLOCK } from "./core/clock.ts";
import type { ServerObserver } from "./core/observer.ts";
import { hostAddresses } from "./security/host_names.ts";
import {
  Invitations,
  type InvitationWishes,
  invitedUser,
  type NewInvitation,
} from "./security/invitations.ts";
import type { ResolvedOptions } from "./server_options.ts";
import type { Session } from "./session/session.ts";
import { pageLinks } from "./web/links.ts";

/** What they need of the server. */
export interface Host {
  readonly server: { readonly webPort: number | undefined; readonly port: number };
  readonly options: () => Pick<ResolvedOptions, "hostname" | "web" | "webTls" | "onePort">;
  readonly sessions: Iterable<Session>;
  readonly notify: NonNullable<ServerObserver["invitationChanged"]>;
}

/** Written by operators and by logins. */
export class ServerInvitations extends Invitations {
  readonly #host: Host;

  constructor(host: Host) {
    super(SYSTEM_CLOCK, host.notify);
    this.#host = host;
  }

  /**
   * Lends a password, for a while and some logins: viewers send it as their password, and links for the page carry it.
   *
   * @returns It, and the links; none without a page.
   * @throws {RangeError} It is asked for more than there can be.
   */
  override make(wishes: InvitationWishes): NewInvitation & { readonly links: readonly string[] } {
    const made = super.make(wishes);
    return { ...made, links: this.#linksWith(made.password) };
  }

  /** Ends an invitation, and sessions that came in by it. @returns Whether it was open, or anybody was there by it. */
  override revoke(id: number): boolean {
    const guests = [...this.#host.sessions].filter(({ user }) => user === invitedUser(id));
    for (const guest of guests) guest.disconnect("The invitation was taken back");
    return super.revoke(id) || guests.length > 0;
  }

  #linksWith(password: string): string[] {
    const { hostname, web, webTls, onePort } = this.#host.options();
    const { webPort, port } = this.#host.server;
    const pagePort = webPort ?? (onePort ? port : undefined);
    if (pagePort === undefined) return [];
    const place = { https: webTls !== "off", port: pagePort, hostname: web?.hostname || hostname };
    return pageLinks({ ...place, addresses: hostAddresses() }, password);
  }
}
