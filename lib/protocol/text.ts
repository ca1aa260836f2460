/**
 * Line ends: one LF in the protocol's texts (RFC 6143 §7.5.6), whatever peers send.
 *
 * @module
 */

/** `text` with its CR LF and lone CR as LF. */
export function withLineFeeds(text: string): string {
  return text.replace(/\r\n?/g, "\n");
}
