/**
 * The opening handshake of a WebSocket, from the server's side (RFC 6455 §4.2).
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";

/** §1.3. */
const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** The subprotocol of websockify, which some clients offer and then expect. */
const BINARY = "binary";

/** How the handshake goes on. */
export type HandshakeAnswer =
  | { readonly accepted: true; readonly response: string }
  | {
    readonly accepted: false;
    readonly status: number;
    readonly reason: string;
    readonly headers?: Readonly<Record<string, string>>;
  };

/**
 * Checks a request that wants to become a WebSocket.
 *
 * No extension is agreed to: RFB compresses what can be compressed (permessage-deflate would do it twice).
 */
export function answerHandshake(request: Pick<IncomingMessage, "method" | "headers">): HandshakeAnswer {
  const { headers, method } = request;
  const refuse = (status: number, reason: string, more?: Record<string, string>): HandshakeAnswer => ({
    accepted: false,
    status,
    reason,
    ...(more && { headers: more }),
  });
  if (method !== "GET") return refuse(405, "A WebSocket begins with GET", { Allow: "GET" });
  if (!tokensOf(headers.upgrade).includes("websocket") || !tokensOf(headers.connection).includes("upgrade")) {
    return refuse(400, "This is no request for a WebSocket");
  }
  if (headers["sec-websocket-version"] !== "13") {
    return refuse(426, "WebSocket version 13 is spoken here", { "Sec-WebSocket-Version": "13" });
  }
  const key = headers["sec-websocket-key"];
  // 16 bytes in base64.
  if (!key || !/^[A-Za-z0-9+/]{21}[AQgw]==$/.test(key)) {
    return refuse(400, "Sec-WebSocket-Key is missing or wrong");
  }
  const lines = [
    "HTTP/1.1 101 Switching Protocols",
    "Upgrade: websocket",
    "Connection: Upgrade",
    `Sec-WebSocket-Accept: ${createHash("sha1").update(key + GUID).digest("base64")}`,
  ];
  // Clients fail when a subprotocol is named that they did not offer, and some when the one they offered is not.
  if (tokensOf(headers["sec-websocket-protocol"]).includes(BINARY)) {
    lines.push(`Sec-WebSocket-Protocol: ${BINARY}`);
  }
  return { accepted: true, response: `${lines.join("\r\n")}\r\n\r\n` };
}

/** The elements of a comma-separated header, in lower case. */
function tokensOf(header: string | undefined): string[] {
  return (header ?? "").toLowerCase().split(",").map((token) => token.trim());
}
