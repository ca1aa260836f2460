/**
 * Where a text stops being JSON (RFC 8259). The engine's own message does not always tell, and it may quote what
 * stands there, which can be a password.
 *
 * @module
 */

/** A place in a text, both from 1 upwards. */
export interface TextPosition {
  readonly line: number;
  readonly column: number;
}

const SPACE = /[ \t\r\n]*/y;
const SCALAR =
  /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])|(?:true|false|null)(?!\w)/y;

/** Deeper ones than any configuration has are called wrong, so that the stack is never used up. */
const DEEPEST = 100;

/** The first place at which `text` is not JSON, or `undefined` when it is JSON throughout. */
export function findJsonError(text: string): TextPosition | undefined {
  let at = 0;
  const skip = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    const found = pattern.test(text);
    if (found) at = pattern.lastIndex;
    return found;
  };
  const take = (character: string): boolean => {
    skip(SPACE);
    if (text[at] !== character) return false;
    at++;
    return true;
  };
  const members = (end: string, member: () => boolean): boolean => {
    if (take(end)) return true;
    do {
      if (!member()) return false;
    } while (take(","));
    return take(end);
  };
  const name = (): boolean => (skip(SPACE), text[at] === '"') && skip(SCALAR);
  const value = (depth: number): boolean => {
    if (depth > DEEPEST) return false;
    if (take("{")) return members("}", () => name() && take(":") && value(depth + 1));
    if (take("[")) return members("]", () => value(depth + 1));
    return skip(SCALAR);
  };
  if (value(0)) {
    skip(SPACE);
    if (at === text.length) return undefined;
  }
  const before = text.slice(0, at).split("\n");
  return { line: before.length, column: before.at(-1)!.length + 1 };
}
