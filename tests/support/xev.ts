/**
 * A window over the whole screen that records what keyboard and pointer do: the program `xev`.
 *
 * @module
 */
import type { Xvfb } from "./xvfb.ts";

/** An event as xev prints it. */
export interface RecordedEvent {
  /** "KeyPress", "KeyRelease", "ButtonPress", "ButtonRelease", "MotionNotify", "MappingNotify". */
  readonly type: string;
  /** Modifiers, buttons and group before the event. */
  readonly state: number;
  /** Of a key. */
  readonly keycode: number;
  /** Of a key, as `XLookupString` has it. */
  readonly keysym: number;
  readonly button: number;
  /** On the root window. */
  readonly x: number;
  readonly y: number;
  /** In ms. */
  readonly time: number;
}

const TIMEOUT_MS = 20_000;

/** A whole event of a key, a button or the pointer, and its last line. */
const COMPLETE =
  /^\s*(Key\w+ event[^]*XFilterEvent returns: \w+|(Button|Motion)\w+ event[^]*same_screen \w+)\n$/;

/** A running xev. Disposing it ends it. */
export class Xev implements AsyncDisposable {
  /** All so far, without what {@linkcode mark} has forgotten. */
  events: RecordedEvent[] = [];
  readonly #process: Deno.ChildProcess;
  readonly #reading: Promise<void>;
  #changed: PromiseWithResolvers<void> = Promise.withResolvers();
  #ready = false;
  #ended = false;

  /** Starts xev and waits until its window is there. */
  static async start(server: Xvfb, width = 1024, height = 768): Promise<Xev> {
    const process = new Deno.Command("stdbuf", {
      args: ["-oL", "xev", "-geometry", `${width}x${height}+0+0`],
      env: server.env,
      stdin: "null",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const xev = new Xev(process);
    await xev.#until(() => xev.#ready);
    return xev;
  }

  private constructor(process: Deno.ChildProcess) {
    this.#process = process;
    this.#reading = this.#read(process.stdout);
  }

  /** Waits for an event that is `wanted`, now or later. */
  async waitFor(wanted: (event: RecordedEvent) => boolean): Promise<RecordedEvent> {
    await this.#until(() => this.events.some(wanted));
    return this.events.find(wanted)!;
  }

  /** Events of keys that went down. */
  get presses(): RecordedEvent[] {
    return this.events.filter(({ type }) => type === "KeyPress");
  }

  /** Forgets what there was. */
  clear(): void {
    this.events = [];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#process.kill("SIGTERM");
    } catch { /* it has ended already */ }
    await this.#process.status;
    await this.#reading;
  }

  async #until(condition: () => boolean): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`xev did not see it: ${this.#tail()}`)), TIMEOUT_MS);
    });
    try {
      while (!condition()) {
        if (this.#ended) throw new Error("xev has ended");
        await Promise.race([this.#changed.promise, late]);
      }
    } finally {
      clearTimeout(timer);
    }
  }

  #tail(): string {
    return this.events.slice(-5).map((event) => JSON.stringify(event)).join("\n");
  }

  async #read(stdout: ReadableStream<Uint8Array>): Promise<void> {
    let text = "";
    for await (
      const chunk of stdout.pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>)
    ) {
      text += chunk;
      const blocks = text.split("\n\n");
      text = blocks.pop()!;
      // The empty line comes before the next event, not behind this one.
      if (COMPLETE.test(text)) {
        blocks.push(text);
        text = "";
      }
      for (const block of blocks) this.#block(block);
      this.#changed.resolve();
      this.#changed = Promise.withResolvers();
    }
    this.#ended = true;
    this.#changed.resolve();
  }

  #block(block: string): void {
    const type = /^\s*(\w+) event/.exec(block)?.[1];
    if (type === undefined) return;
    if (type === "Expose" || type === "VisibilityNotify") this.#ready = true;
    const number = (pattern: RegExp) => Number(pattern.exec(block)?.[1] ?? 0);
    const root = /root:\((-?\d+),(-?\d+)\)/.exec(block);
    this.events.push({
      type,
      state: number(/state (0x[0-9a-f]+)/),
      keycode: number(/keycode (\d+)/),
      keysym: number(/\(keysym (0x[0-9a-f]+)/),
      button: number(/button (\d+)/),
      x: Number(root?.[1] ?? 0),
      y: Number(root?.[2] ?? 0),
      time: number(/time (\d+)/),
    });
  }
}
