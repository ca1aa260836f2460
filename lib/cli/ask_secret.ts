/**
 * Asks for a line at the terminal without showing it; from a pipe, takes a line as it is.
 *
 * @module
 */

/** As much of the standard streams as is needed. */
export interface SecretConsole {
  readonly isTerminal: boolean;
  /** Turns echo and line editing off or on. */
  setRaw(raw: boolean): void;
  /** @returns Some bytes, `null` at the end. */
  read(into: Uint8Array): Promise<number | null>;
  show(text: string): void;
}

const Key = {
  CtrlC: 3,
  CtrlD: 4,
  Backspace: 8,
  LineFeed: 10,
  CarriageReturn: 13,
  CtrlU: 21,
  Delete: 127,
} as const;

/** Makes the function that asks; what one line leaves unread is for the next. */
export function secretAsker(keyboard: SecretConsole): (prompt: string) => Promise<string | undefined> {
  const unread: number[] = [];
  const next = async (): Promise<number | undefined> => {
    if (unread.length === 0) {
      const buffer = new Uint8Array(256);
      const count = await keyboard.read(buffer);
      if (count === null) return undefined;
      unread.push(...buffer.subarray(0, count));
    }
    return unread.shift();
  };
  return async (prompt) => {
    if (!keyboard.isTerminal) return await plainLine(next);
    keyboard.show(prompt);
    keyboard.setRaw(true);
    try {
      return await typedLine(next);
    } finally {
      keyboard.setRaw(false);
      keyboard.show("\n");
    }
  };
}

async function plainLine(next: () => Promise<number | undefined>): Promise<string | undefined> {
  const bytes: number[] = [];
  for (;;) {
    const byte = await next();
    if (byte === undefined && bytes.length === 0) return undefined;
    if (byte === undefined || byte === Key.LineFeed) break;
    bytes.push(byte);
  }
  return decoded(bytes).replace(/\r$/, "");
}

async function typedLine(next: () => Promise<number | undefined>): Promise<string | undefined> {
  let bytes: number[] = [];
  for (;;) {
    const byte = await next();
    switch (byte) {
      case undefined:
      case Key.CtrlC:
      case Key.CtrlD:
        return undefined;
      case Key.CarriageReturn:
      case Key.LineFeed:
        return decoded(bytes);
      case Key.CtrlU:
        bytes = [];
        break;
      case Key.Backspace:
      case Key.Delete:
        bytes = withoutLastCharacter(bytes);
        break;
      default:
        if (byte >= 32) bytes.push(byte);
    }
  }
}

/** UTF-8: continuation bytes go with the byte that begins the character. */
function withoutLastCharacter(bytes: readonly number[]): number[] {
  let end = bytes.length - 1;
  while (end > 0 && (bytes[end]! & 0xc0) === 0x80) end--;
  return bytes.slice(0, Math.max(0, end));
}

function decoded(bytes: readonly number[]): string {
  return new TextDecoder().decode(Uint8Array.from(bytes));
}
