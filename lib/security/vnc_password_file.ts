/**
 * Password files as vncpasswd and other VNC programs make them: eight bytes for each password, under a key that
 * everybody knows. That hides them from a glance and from nobody else.
 *
 * @module
 */
import { utf8 } from "../core/bytes.ts";
import { nodeCrypto } from "../core/node_builtins.ts";

/** The key, the same in all programs; no secret. Its bits are in mirror order already. */
const FILE_KEY = Uint8Array.of(0xe8, 0x4a, 0xd6, 0x60, 0xc4, 0x72, 0x1a, 0xe0);

const BLOCK = 8;

/** Full access, and access to look only ("" is none). */
export interface VncPasswords {
  readonly password: string;
  readonly viewOnlyPassword: string;
}

/** Whether it may be such a file: one or two blocks, and no text. */
export function isVncPasswordFile(bytes: Uint8Array): boolean {
  const isText = bytes.every((byte) =>
    byte === 9 || byte === 10 || byte === 13 || (byte >= 32 && byte < 127)
  );
  return (bytes.length === BLOCK || bytes.length === 2 * BLOCK) && !isText;
}

/** @returns `undefined` when it is no such file, or the passwords are not text. */
export function readVncPasswords(bytes: Uint8Array): VncPasswords | undefined {
  if (!isVncPasswordFile(bytes)) return undefined;
  try {
    const [password = "", viewOnlyPassword = ""] = blocksOf(bytes).map((block) => {
      const plain = decrypt(block);
      const end = plain.indexOf(0);
      return new TextDecoder("utf-8", { fatal: true }).decode(end < 0 ? plain : plain.subarray(0, end));
    });
    return { password, viewOnlyPassword };
  } catch {
    return undefined;
  }
}

/** The file's bytes. Only the first eight bytes of each password are kept. */
export function writeVncPasswords({ password, viewOnlyPassword }: VncPasswords): Uint8Array<ArrayBuffer> {
  const texts = viewOnlyPassword === "" ? [password] : [password, viewOnlyPassword];
  const bytes = new Uint8Array(texts.length * BLOCK);
  texts.forEach((text, at) => {
    const block = new Uint8Array(BLOCK);
    block.set(utf8(text).subarray(0, BLOCK));
    bytes.set(encrypt(block), at * BLOCK);
  });
  return bytes;
}

function blocksOf(bytes: Uint8Array): Uint8Array[] {
  return Array.from({ length: bytes.length / BLOCK }, (_, i) => bytes.subarray(i * BLOCK, (i + 1) * BLOCK));
}

/** Triple DES with three equal keys is single DES; of one block, CBC with a zero vector is ECB. */
function tripleKey(): Uint8Array {
  return Uint8Array.of(...FILE_KEY, ...FILE_KEY, ...FILE_KEY);
}

function encrypt(block: Uint8Array): Uint8Array {
  const zero = new Uint8Array(BLOCK);
  return nodeCrypto().createCipheriv("des-ede3-cbc", tripleKey(), zero).setAutoPadding(false).update(block);
}

function decrypt(block: Uint8Array): Uint8Array {
  const zero = new Uint8Array(BLOCK);
  const decipher = nodeCrypto().createDecipheriv("des-ede3-cbc", tripleKey(), zero).setAutoPadding(false);
  return new Uint8Array([...decipher.update(block), ...decipher.final()]);
}
