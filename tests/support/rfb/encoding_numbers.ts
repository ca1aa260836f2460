/**
 * Numbers of encodings and pseudo-encodings (the registry of RFC 6143 §8.4.2 and rfbproto).
 *
 * @module
 */

/** Numbers of encodings and pseudo-encodings, as registered. */
export const Encoding = {
  Raw: 0,
  CopyRect: 1,
  Rre: 2,
  CoRre: 4,
  Hextile: 5,
  Zlib: 6,
  Tight: 7,
  Trle: 15,
  Zrle: 16,
  Jpeg: 21,
  TightPng: -260,
  DesktopSize: -223,
  LastRect: -224,
  Cursor: -239,
  XCursor: -240,
  QemuKeyEvent: -258,
  QemuLedState: -261,
  DesktopName: -307,
  ExtendedDesktopSize: -308,
  Fence: -312,
  ContinuousUpdates: -313,
  CursorWithAlpha: -314,
  ExtendedMouseButtons: -316,
  ExtendedClipboard: -1063131698,
  VmwareLedState: 0x574d5668,
  /** -32 … -23: level 0 … 9. */
  quality: (level: number): number => level - 32,
  /** -256 … -247: level 0 … 9. */
  compression: (level: number): number => level - 256,
} as const;
