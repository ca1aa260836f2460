/**
 * What the HTTP server has to give, and the headers that go with everything.
 *
 * @module
 */
import type { Peer } from "../transport/transport.ts";

/** One answer. */
export interface Page {
  /** Default: 200. */
  readonly status?: number;
  /** MIME type. */
  readonly type: string;
  readonly body: Uint8Array | string;
  /** The body is compressed by gzip; what does not accept that gets it unpacked. */
  readonly gzip?: boolean;
  /** For `If-None-Match`; without it the answer must not be kept at all. */
  readonly etag?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Gives a page for each GET or HEAD of a path. @param peer Who asks. */
export type Route = (peer: Peer) => Page | Promise<Page>;

/**
 * A page gets scripts, styles and connections from where it came from and from nowhere else, and nothing written into
 * HTML runs. noVNC draws images from data: URLs.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** Headers of every answer. */
export const COMMON_HEADERS: Readonly<Record<string, string>> = {
  "Content-Security-Policy": CONTENT_SECURITY_POLICY,
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
};

/** A short answer in words. */
export function textPage(status: number, text: string, headers?: Readonly<Record<string, string>>): Page {
  return { status, type: "text/plain; charset=utf-8", body: `${text}\n`, ...(headers && { headers }) };
}
