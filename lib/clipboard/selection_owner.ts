/**
 * Owns selections and gives their text to whoever asks (Inter-Client Communication Conventions Manual, sections 2.1
 * "Acquiring Selection Ownership", 2.2 "Responsibilities of the Selection Owner", 2.7.2 "Incremental Transfers").
 *
 * @module
 */
import type { Clock } from "../core/clock.ts";
import type { Atom, PropertyChange, SelectionRequest, XSelectionWindow, XTime } from "../ffi/x_selection.ts";
import { encodeText, WRITABLE_TARGETS } from "./selection_text.ts";

/** Longer texts are given in parts of this size, in bytes. */
const PART_BYTES = 256 * 1024;
/** At most so many texts are given in parts at a time. */
const MOST_TRANSFERS = 16;
/** How long somebody may take for a part. */
const PATIENCE_MS = 10_000;

/** A text that is given in parts. */
interface Transfer {
  readonly requestor: number;
  readonly property: Atom;
  readonly type: Atom;
  readonly bytes: Uint8Array<ArrayBuffer>;
  at: number;
  timeout: AbortController;
}

/** See the module. Gets its events from the window's listener. */
export class SelectionOwner implements Disposable {
  readonly #window: XSelectionWindow;
  readonly #atom: (name: string) => Atom;
  readonly #clock: Clock;
  /** When each selection that is ours became so. */
  readonly #owned = new Map<Atom, XTime>();
  readonly #transfers = new Set<Transfer>();
  #text = "";

  constructor(window: XSelectionWindow, atom: (name: string) => Atom, clock: Clock) {
    this.#window = window;
    this.#atom = atom;
    this.#clock = clock;
  }

  /** What is given; empty when no selection is ours. */
  get text(): string {
    return this.#owned.size > 0 ? this.#text : "";
  }

  /** Takes selections and gives `text` from now on. @param time Now, by the server's clock. */
  own(selections: readonly Atom[], text: string, time: XTime): void {
    this.#text = text;
    for (const selection of selections) {
      if (this.#window.own(selection, time)) this.#owned.set(selection, time);
      else this.#owned.delete(selection);
    }
  }

  /** A selection is another's now. */
  lost(selection: Atom): void {
    this.#owned.delete(selection);
    if (this.#owned.size === 0) this.#text = "";
  }

  /** Somebody asks. */
  requested(request: SelectionRequest): void {
    // Old clients name no property, and mean that of the target's name.
    const property = request.property || request.target;
    const owned = this.#owned.get(request.selection);
    // Who asks for a time before ours means the owner before us.
    const isOurs = owned !== undefined && (request.time === 0 || ((request.time - owned) | 0) >= 0);
    const given = isOurs && this.#give(request.requestor, request.target, property, owned);
    this.#window.answer(request, given ? property : 0);
  }

  /** A property has changed: somebody may have taken a part. */
  propertyChanged({ window, property, deleted }: PropertyChange): void {
    if (!deleted) return;
    for (const transfer of this.#transfers) {
      if (transfer.requestor === window && transfer.property === property) return this.#giveNext(transfer);
    }
  }

  /** Ends what is being given. */
  [Symbol.dispose](): void {
    for (const transfer of this.#transfers) transfer.timeout.abort();
    this.#transfers.clear();
    this.#owned.clear();
    this.#text = "";
  }

  /** Puts what `target` names on the requestor's window. @returns Whether it could be. */
  #give(requestor: number, target: Atom, property: Atom, owned: XTime): boolean {
    const window = this.#window;
    if (target === this.#atom("TARGETS")) {
      const names = ["TARGETS", "TIMESTAMP", "MULTIPLE", ...WRITABLE_TARGETS.keys()];
      return window.put(requestor, property, this.#atom("ATOM"), names.map(this.#atom));
    }
    if (target === this.#atom("TIMESTAMP")) {
      return window.put(requestor, property, this.#atom("INTEGER"), [owned]);
    }
    if (target === this.#atom("MULTIPLE")) return this.#giveSeveral(requestor, property, owned);
    for (const [name, type] of WRITABLE_TARGETS) {
      if (target === this.#atom(name)) {
        return this.#giveBytes(requestor, property, this.#atom(type), encodeText(type, this.#text));
      }
    }
    return false;
  }

  /** MULTIPLE: the property holds pairs of a target and a property; those that fail become None. */
  #giveSeveral(requestor: number, property: Atom, owned: XTime): boolean {
    const pairs = this.#window.take(requestor, property, 1024, { keep: true });
    if (!pairs || pairs.format !== 32) return false;
    const multiple = this.#atom("MULTIPLE");
    const results = [...pairs.items];
    for (let at = 0; at + 1 < results.length; at += 2) {
      const [target, place] = [results[at]!, results[at + 1]!];
      const given = target !== multiple && place !== 0 && this.#give(requestor, target, place, owned);
      if (!given) results[at + 1] = 0;
    }
    return this.#window.put(requestor, property, this.#atom("ATOM_PAIR"), results);
  }

  #giveBytes(requestor: number, property: Atom, type: Atom, bytes: Uint8Array<ArrayBuffer>): boolean {
    if (bytes.length <= PART_BYTES) return this.#window.put(requestor, property, type, bytes);
    if (this.#transfers.size >= MOST_TRANSFERS || !this.#window.follow(requestor, true)) return false;
    if (!this.#window.put(requestor, property, this.#atom("INCR"), [bytes.length])) return false;
    const transfer = { requestor, property, type, bytes, at: 0, timeout: new AbortController() };
    this.#transfers.add(transfer);
    this.#waitFor(transfer);
    return true;
  }

  /** Puts the next part there; an empty one is the end. */
  #giveNext(transfer: Transfer): void {
    transfer.timeout.abort();
    const part = transfer.bytes.slice(transfer.at, transfer.at + PART_BYTES);
    transfer.at += part.length;
    const isThere = this.#window.put(transfer.requestor, transfer.property, transfer.type, part);
    if (!isThere || part.length === 0) this.#end(transfer);
    else this.#waitFor(transfer);
  }

  #waitFor(transfer: Transfer): void {
    const timeout = transfer.timeout = new AbortController();
    this.#clock.sleep(PATIENCE_MS, timeout.signal).then(() => this.#end(transfer), () => {});
  }

  #end(transfer: Transfer): void {
    this.#transfers.delete(transfer);
    const others = [...this.#transfers].some(({ requestor }) => requestor === transfer.requestor);
    if (!others) this.#window.follow(transfer.requestor, false);
  }
}
