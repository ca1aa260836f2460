/**
 * VNC Authentication (RFC 6143 §7.2.2): a DES challenge and response with a password of at most eight bytes.
 *
 * @module
 */
import { createCipheriv, randomBytes, timingSafeEqual } from "node:crypto";
import { utf8 } from "../core/bytes.ts";
import { SecurityTypeNumber } from "../protocol/constants.ts";
import { guarded, principalOf } from "./login.ts";
import {
  type Credentials,
  passwordIsAsked,
  type Principal,
  type SecurityChannel,
  type SecurityTypeDefinition,
} from "./security_type.ts";

const CHALLENGE_LENGTH = 16;

/** Security type 2. */
export const VNC_AUTHENTICATION: SecurityTypeDefinition = {
  name: "VNC Authentication",
  number: SecurityTypeNumber.VncAuthentication,
  version33: true,
  offeredTo: passwordIsAsked,
  async authenticate(channel, credentials) {
    return { principal: await challenge(channel, credentials) };
  },
};

/**
 * Sends a challenge and checks the response.
 *
 * @throws {AuthenticationError} It is wrong.
 */
export async function challenge(
  { inbox, transport }: SecurityChannel,
  credentials: Credentials,
): Promise<Principal> {
  const bytes = new Uint8Array(randomBytes(CHALLENGE_LENGTH));
  await transport.write(bytes);
  const response = await inbox.take(CHALLENGE_LENGTH);
  return await guarded(
    transport.peer,
    credentials,
    "",
    () => principalOf(credentials, (password) => timingSafeEqual(response, vncResponse(bytes, password))),
  );
}

/** What a client that knows `password` answers to `challenge`. */
export function vncResponse(challenge: Uint8Array, password: string): Uint8Array<ArrayBuffer> {
  const key = desKey(password);
  // Single DES in ECB mode, block by block: triple DES with three equal keys is that, and is what there is.
  const triple = new Uint8Array([...key, ...key, ...key]);
  const response = new Uint8Array(challenge.length);
  for (let at = 0; at < challenge.length; at += 8) {
    const cipher = createCipheriv("des-ede3-cbc", triple, new Uint8Array(8)).setAutoPadding(false);
    response.set(cipher.update(challenge.subarray(at, at + 8)), at);
  }
  return response;
}

/** The first eight bytes of a password, each with its bits in mirror order: a trait of the original implementation. */
function desKey(password: string): Uint8Array {
  const key = new Uint8Array(8);
  key.set(utf8(password).subarray(0, 8));
  return key.map((byte) => {
    let mirrored = 0;
    for (let bit = 0; bit < 8; bit++) mirrored |= (byte >> bit & 1) << (7 - bit);
    return mirrored;
  });
}
