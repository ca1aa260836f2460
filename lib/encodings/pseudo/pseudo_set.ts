/**
 * The pseudo-encodings that are open for one client.
 *
 * @module
 */
import type { ByteWriter } from "../../core/bytes.ts";
import type { PixelTarget } from "../pixel_target.ts";
import type { DesktopFacts, PseudoEncoder, PseudoEncodingDefinition } from "./pseudo_encoding.ts";

/** Written by the session's update loop only. */
export class PseudoSet {
  readonly #definitions: readonly PseudoEncodingDefinition[];
  /** Once opened they stay, so that what is told once per connection is. */
  readonly #opened = new Map<PseudoEncodingDefinition, PseudoEncoder>();
  #active: PseudoEncoder[] = [];

  constructor(definitions: readonly PseudoEncodingDefinition[]) {
    this.#definitions = definitions;
  }

  /** The client has listed its encodings (again): those it lists no more are silent from now on. */
  select(listed: ReadonlySet<number>): void {
    const groups = new Set<string>();
    this.#active = [];
    for (const definition of this.#definitions) {
      if (!listed.has(definition.type)) continue;
      if (definition.group !== undefined) {
        if (groups.has(definition.group)) continue;
        groups.add(definition.group);
      }
      const encoder = this.#opened.get(definition) ?? definition.open();
      this.#opened.set(definition, encoder);
      this.#active.push(encoder);
    }
    this.repeat();
  }

  /** The client has another pixel format: pictures have to be told again. */
  repeat(): void {
    for (const encoder of this.#active) encoder.repeat();
  }

  hasNews(facts: DesktopFacts): boolean {
    return this.#active.some((encoder) => encoder.hasNews(facts));
  }

  /** Appends a rectangle for each that has news. @returns How many. */
  write(facts: DesktopFacts, target: PixelTarget, out: ByteWriter): number {
    let count = 0;
    for (const encoder of this.#active) {
      if (!encoder.hasNews(facts)) continue;
      encoder.write(facts, target, out);
      count++;
    }
    return count;
  }
}
