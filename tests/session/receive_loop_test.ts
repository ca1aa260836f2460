/**
 * What floods of messages may cost (PROTOCOL 3.4), in simulated time: what somebody does takes as long as a test says, and
 * nothing waits.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Clock } from "../../lib/core/clock.ts";
import { DisconnectedError, ProtocolError } from "../../lib/core/errors.ts";
import type { Desktop } from "../../lib/desktop/desktop.ts";
import type { DesktopView } from "../../lib/desktop/desktop_view.ts";
import type { PixelFormat } from "../../lib/protocol/pixel_format.ts";
import { ClientState } from "../../lib/session/client_state.ts";
import type { ClipboardExchange } from "../../lib/session/clipboard_exchange.ts";
import type { Pacer } from "../../lib/session/pacing.ts";
import { receiveLoop } from "../../lib/session/receive_loop.ts";
import type { SessionEvents } from "../../lib/session/session_events.ts";
import { WorkAllowance } from "../../lib/session/work_allowance.ts";
import { Inbox } from "../../lib/transport/inbox.ts";
import type { Transport } from "../../lib/transport/transport.ts";

const FORMATS = [
  [0, 0, 0, 0, 32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0, 0, 0, 0],
  [0, 0, 0, 0, 16, 16, 0, 1, 0, 31, 0, 63, 0, 31, 11, 5, 0, 0, 0, 0],
];
const KEY = [4, 1, 0, 0, 0, 0, 0, 0x61];
const FENCE = [248, 0, 0, 0, 0x80, 0, 0, 1, 4, 1, 2, 3, 4];
/** Cut text that is longer than what is kept. */
const LONG_TEXT = [6, 0, 0, 0, 0, 0x40, 0, 0];

/** To a size that cannot be (rfbproto "SetDesktopSize"). */
const SIZE = [251, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

/** RFC 6143 §7.6.3. */
const BELL = 2;

/** Somebody waits: time has passed. Somebody works: it has, too. */
class Worker implements Clock {
  #now = 0;
  #stretch = 0;
  looks = 0;
  worked = 0;
  /** Longest work between two waits. */
  longest = 0;

  now(): number {
    this.looks++;
    return this.#now;
  }

  work(ms: number): void {
    this.#now += ms;
    this.worked += ms;
    this.#stretch += ms;
    this.longest = Math.max(this.longest, this.#stretch);
  }

  sleep(ms: number): Promise<void> {
    this.#now += ms;
    this.#stretch = 0;
    return Promise.resolve();
  }

  get share(): number {
    return this.worked / this.#now;
  }
}

/** What an act costs, in ms. */
interface Costs {
  readonly format?: number;
  readonly key?: number;
  readonly reading?: number;
  /** Of each time that answers are sent; the client is charged for it as by the update loop. */
  readonly answering?: number;
}

class CostlyState extends ClientState {
  readonly #spend: () => void;

  constructor(spend: () => void) {
    super({ width: 100, height: 100 });
    this.#spend = spend;
  }

  override setFormat(format: PixelFormat): void {
    this.#spend();
    super.setFormat(format);
  }
}

/** Somebody sends `bytes`, as fast as they are read, and then goes. */
async function flooded(
  bytes: Uint8Array,
  { format = 0, key = 0, reading = 0, answering = 0 }: Costs,
  end: typeof DisconnectedError | typeof ProtocolError = DisconnectedError,
) {
  const worker = new Worker();
  let at = 0;
  const transport: Pick<Transport, "read"> = {
    read(into) {
      worker.work(reading);
      const part = bytes.subarray(at, at + into.length);
      into.set(part);
      at += part.length;
      return Promise.resolve(part.length || null);
    },
  };
  const client = new CostlyState(() => worker.work(format));
  const work = new WorkAllowance(0);
  const ended = new AbortController();
  let wakes = 0, answers = 0, asked = 0;
  const answer = async () => {
    for (;;) {
      await client.wake.wait(ended.signal);
      wakes++;
      if (!client.hasReplies) continue;
      for (const reply of client.takeReplies()) {
        if (reply[0] === BELL) asked++;
        else answers++;
      }
      worker.work(answering);
      work.spend(answering, worker.now());
    }
  };
  const answering_ = answer().catch(() => {});
  await assert.rejects(
    receiveLoop({
      inbox: new Inbox(transport as Transport),
      client,
      work,
      clock: worker,
      maxCutText: 1000,
      known: new Set(),
      desktop: { hurry() {} } as unknown as Desktop,
      view: { input: { key: () => worker.work(key) } } as unknown as DesktopView,
      pacer: { hurry() {} } as unknown as Pacer,
      events: { key() {} } as unknown as SessionEvents,
      clipboard: {} as unknown as ClipboardExchange,
      active() {},
      mayAct: () => true,
      mayResize: () => true,
    }, ended.signal),
    end,
  );
  ended.abort();
  await answering_;
  return { worker, client, wakes, answers, asked };
}

function repeated(count: number, ...messages: number[][]): Uint8Array {
  return Uint8Array.from(Array.from({ length: count }, (_, i) => messages[i % messages.length]!).flat());
}

Deno.test("receiveLoop() has the consequences of a flood of SetPixelFormat looked at now and then", async () => {
  const count = 50_000;
  const { client, worker, wakes } = await flooded(repeated(count, ...FORMATS), { format: 0.002 });
  assert.equal(client.format.bitsPerPixel, 16, "the last one counts");
  assert.ok(wakes <= count / 50, `${wakes} times for ${count} messages`);
  assert.ok(worker.looks <= count / 2, `the time was asked for ${worker.looks} times`);
  assert.ok(worker.share < 0.3, `${worker.share}`);
});

Deno.test("receiveLoop() pauses often, however long one message takes", async () => {
  const { worker } = await flooded(repeated(5000, KEY), { key: 0.1 });
  // The burst comes first, in one go: people do so much in a moment.
  assert.ok(worker.longest < 12, `${worker.longest} ms without a pause`);
  assert.ok(worker.share < 0.27, `${worker.share}`);
});

Deno.test("receiveLoop() counts what answers cost as work of the client that wants them", async () => {
  const { worker, answers } = await flooded(repeated(100_000, FENCE), { answering: 1 });
  assert.equal(answers, 100_000);
  assert.ok(worker.worked > 70, `${worker.worked}`);
  assert.ok(worker.share < 0.3, `${worker.share}`);
});

Deno.test("receiveLoop() counts reading as work, also of what nobody wants", async () => {
  const text = new Uint8Array(LONG_TEXT.length + (4 << 20));
  text.set(LONG_TEXT);
  const { worker } = await flooded(text, { reading: 0.3 });
  assert.ok(worker.worked > 70, `${worker.worked}`);
  assert.ok(worker.share < 0.3, `${worker.share}`);
  // Even if all of it seems to be done by the event loop.
  const texts = new Uint8Array(4 * text.length);
  for (let at = 0; at < texts.length; at += text.length) texts.set(text, at);
  const other = await flooded(texts, {});
  assert.ok(other.worker.now() > 80, `${other.worker.now()} ms for 1024 reads`);
});

Deno.test("receiveLoop() sends something to who is ahead for long: if it has gone, that comes back", async () => {
  const { worker, asked } = await flooded(repeated(10_000, KEY), { key: 0.03 });
  const seconds = worker.now() / 1000;
  assert.ok(seconds > 1, `${seconds} s`);
  assert.ok(asked >= Math.floor(seconds * 2) - 1 && asked <= seconds * 2, `${asked} times in ${seconds} s`);
});

Deno.test("receiveLoop() sends nothing by itself to who is ahead for a moment", async () => {
  const { worker, asked } = await flooded(repeated(2000, KEY), { key: 0.03 });
  assert.ok(worker.now() > 100, `${worker.now()} ms`);
  assert.equal(asked, 0);
});

Deno.test("receiveLoop() obeys some SetDesktopSize at once, two a second from then on, and ends floods of them", async () => {
  const some = await flooded(repeated(8, SIZE), {});
  assert.ok(some.worker.now() < 10, `${some.worker.now()} ms for as many as fit into a moment`);
  assert.equal(some.client.takeSizeAnswers().answers.length, 8);
  const more = await flooded(repeated(20, SIZE), {});
  assert.ok(more.worker.now() > 5000 && more.worker.now() < 7000, `${more.worker.now()} ms`);
  assert.equal(more.client.takeSizeAnswers().answers.length, 20);
  const flood = await flooded(repeated(1000, SIZE), {}, ProtocolError);
  assert.equal(flood.client.takeSizeAnswers().answers.length, 29);
});
