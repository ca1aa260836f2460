/**
 * What is measured: kinds of drawing, each in the encodings that it is compared in.
 *
 * @module
 */

/** An encoding as a viewer asks for it. */
export interface EncodingChoice {
  readonly name: string;
  /** Arguments of the measuring client. */
  readonly args: readonly string[];
  /** Servers may send JPEG. */
  readonly lossy?: boolean;
}

/** Tight without loss: no quality level is asked for, so no server sends JPEG. */
export const TIGHT: EncodingChoice = { name: "Tight", args: ["--encoding", "7"] };
/** Tight with JPEG at quality level 8: what TigerVNC's viewer asks for by itself. */
export const TIGHT_Q8: EncodingChoice = {
  name: "Tight q8",
  args: ["--encoding", "7", "--quality", "8"],
  lossy: true,
};
/** ZRLE. */
export const ZRLE: EncodingChoice = { name: "ZRLE", args: ["--encoding", "16"] };

/** A kind of drawing in one encoding. */
export interface Case {
  /** Of the table, in command lines and JSON. */
  readonly name: string;
  /** For people. */
  readonly title: string;
  /** The drawing program's name of it. */
  readonly workload: string;
  /** Frames a second; 0 for a picture that stands still. */
  readonly rate: number;
  readonly encoding: EncodingChoice;
  /** It is measured with several viewers, too. */
  readonly crowd?: boolean;
}

/** All cases in the order of the table. */
export const CASES: readonly Case[] = [
  {
    name: "terminal",
    title: "terminal scroll 20/s",
    workload: "terminal",
    rate: 20,
    encoding: TIGHT,
    crowd: true,
  },
  { name: "typing", title: "typing 10/s", workload: "typing", rate: 10, encoding: TIGHT },
  { name: "drag", title: "drag 640x480 photo window 30/s", workload: "drag", rate: 30, encoding: TIGHT },
  {
    name: "video",
    title: "video 960x540 30/s",
    workload: "video",
    rate: 30,
    encoding: TIGHT_Q8,
    crowd: true,
  },
  { name: "repaint", title: "full repaint 60/s", workload: "repaint", rate: 60, encoding: TIGHT_Q8 },
  { name: "office", title: "office page scroll 15/s", workload: "office", rate: 15, encoding: TIGHT_Q8 },
  { name: "terminal-zrle", title: "terminal scroll 20/s", workload: "terminal", rate: 20, encoding: ZRLE },
  { name: "office-zrle", title: "office page scroll 15/s", workload: "office", rate: 15, encoding: ZRLE },
  { name: "sideways", title: "horizontal scroll 20/s", workload: "sideways", rate: 20, encoding: TIGHT },
  { name: "two", title: "two windows scroll 20/s", workload: "two", rate: 20, encoding: TIGHT },
  {
    name: "browser",
    title: "page below a fixed header 30/s",
    workload: "browser",
    rate: 30,
    encoding: TIGHT_Q8,
  },
  { name: "idle", title: "idle", workload: "idle", rate: 0, encoding: TIGHT },
];
