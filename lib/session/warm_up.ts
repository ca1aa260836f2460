/**
 * More practice, behind a session for nobody (`practice.ts`): the screen is encoded once in each way that other viewers
 * want it than those of TigerVNC and noVNC, which that session is like.
 *
 * @module
 */
import { rectOf, type Size } from "../core/geometry.ts";
import { nextTurn } from "../core/next_turn.ts";
import type { Frame } from "../core/pixels.ts";
import { Region } from "../core/region.ts";
import type { EncodingDefinition } from "../encodings/encoding.ts";
import { NO_EXECUTOR } from "../encodings/executor.ts";
import { SharedRects } from "../encodings/shared_rects.ts";
import type { Workbench } from "../encodings/workbench.ts";
import { EncodingType } from "../protocol/constants.ts";
import type { ClientEncodings } from "../protocol/set_encodings.ts";
import { ClientState } from "./client_state.ts";
import { UpdateComposer } from "./update_composer.ts";

/** What others mostly ask for: the same without loss, and the encoding that all know. */
const USUAL: readonly ClientEncodings[] = [
  { order: [EncodingType.Tight], pseudo: new Set() },
  { order: [EncodingType.ZRLE], pseudo: new Set() },
];

/** What is practised with. */
export interface WarmUpContext {
  readonly frame: Frame;
  readonly encodings: readonly EncodingDefinition[];
  readonly workbench: Workbench;
  /** Whether there is nothing better to do. */
  readonly isIdle: () => boolean;
}

/** Encodes the frame for other usual viewers, a few ms at a time, until somebody comes. Sends and tells nothing. */
export async function warmUp({ frame, encodings, workbench, isIdle }: WarmUpContext): Promise<void> {
  const means = { workbench, shared: new SharedRects(), executor: NO_EXECUTOR, pictureSerial: () => 0 };
  const content = {
    frame,
    facts: { name: "", cursor: undefined, leds: undefined },
    pending: { moves: [], changed: Region.of(rectOf(frame)) },
    refined: Region.EMPTY,
    overlay: undefined,
  };
  for (const usual of USUAL) {
    if (!isIdle()) return;
    using composer = new UpdateComposer(encodings, [], means);
    const client = clientWith(usual, frame);
    composer.adopt(client);
    await composer.compose(client, content, () => nextTurn(), () => {});
  }
}

function clientWith(encodings: ClientEncodings, size: Size): ClientState {
  const client = new ClientState(size);
  client.setEncodings(encodings);
  return client;
}
