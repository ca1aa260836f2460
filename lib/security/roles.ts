/**
 * What each kind of person may do. Pure.
 *
 * | who                                   | looks | controls | takes control from others | sends others away    |
 * | ------------------------------------- | ----- | -------- | ------------------------- | -------------------- |
 * | owner                                 | yes   | yes      | at once, but from owners  | everybody            |
 * | nobody by name, with the full password | yes   | yes      | when it is free           | everybody but owners |
 * | operator                              | yes   | yes      | when it is free           | nobody               |
 * | viewer, or the view-only password     | yes   | no       | no                        | nobody               |
 *
 * @module
 */
import type { Principal } from "./security_type.ts";

/** Whether it decides about others. */
export function isOwner({ role, viewOnly }: Principal): boolean {
  return role === "owner" && !viewOnly;
}

/**
 * Whether its wish to have the desktop for itself (ClientInit, RFC 6143 §7.3.1) counts against `other`. Many viewers
 * wish so without having been told to.
 */
export function maySendAway(principal: Principal, other: Principal): boolean {
  if (isOwner(principal)) return true;
  return principal.role === undefined && !principal.viewOnly && !isOwner(other);
}
