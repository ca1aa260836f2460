/**
 * Every number of the protocol under its registered name (RFC 6143 §8 and rfbproto), and nothing else.
 *
 * @module
 */

/** First byte of a message from the client (RFC 6143 §7.5; rfbproto "Client to Server Messages"). */
export const ClientMessageType = {
  SetPixelFormat: 0,
  /** Of RFB 3.0; has no effect, has a length. */
  FixColourMapEntries: 1,
  SetEncodings: 2,
  FramebufferUpdateRequest: 3,
  KeyEvent: 4,
  PointerEvent: 5,
  ClientCutText: 6,
  /** UltraVNC's server-side scaling. */
  SetScale: 8,
  /** PalmVNC's name for the same. */
  SetScaleFactor: 15,
  EnableContinuousUpdates: 150,
  ClientFence: 248,
  Xvp: 250,
  SetDesktopSize: 251,
  Gii: 253,
  Qemu: 255,
} as const;
/** One of {@linkcode ClientMessageType}'s values. */
export type ClientMessageType = typeof ClientMessageType[keyof typeof ClientMessageType];

/** First byte of a message from the server (RFC 6143 §7.6; rfbproto "Server to Client Messages"). */
export const ServerMessageType = {
  FramebufferUpdate: 0,
  SetColourMapEntries: 1,
  Bell: 2,
  ServerCutText: 3,
  EndOfContinuousUpdates: 150,
  ServerFence: 248,
  Xvp: 250,
  Qemu: 255,
} as const;
/** One of {@linkcode ServerMessageType}'s values. */
export type ServerMessageType = typeof ServerMessageType[keyof typeof ServerMessageType];

/** Second byte of a QEMU message, both ways (rfbproto "QEMU Client Message"). */
export const QemuSubmessage = {
  ExtendedKeyEvent: 0,
  Audio: 1,
} as const;
/** One of {@linkcode QemuSubmessage}'s values. */
export type QemuSubmessage = typeof QemuSubmessage[keyof typeof QemuSubmessage];

/** Encodings that carry pixels (RFC 6143 §7.7; rfbproto "Encodings"). */
export const EncodingType = {
  Raw: 0,
  CopyRect: 1,
  RRE: 2,
  CoRRE: 4,
  Hextile: 5,
  Zlib: 6,
  Tight: 7,
  TRLE: 15,
  ZRLE: 16,
  Jpeg: 21,
  OpenH264: 50,
  TightPng: -260,
} as const;
/** One of {@linkcode EncodingType}'s values. */
export type EncodingType = typeof EncodingType[keyof typeof EncodingType];

/** Encodings that say what a client can do or carry no pixels (RFC 6143 §7.8; rfbproto "Pseudo-encodings"). */
export const PseudoEncoding = {
  DesktopSize: -223,
  LastRect: -224,
  PointerPos: -232,
  Cursor: -239,
  XCursor: -240,
  QemuPointerMotionChange: -257,
  QemuExtendedKeyEvent: -258,
  QemuAudio: -259,
  QemuLedState: -261,
  Gii: -305,
  DesktopName: -307,
  ExtendedDesktopSize: -308,
  Xvp: -309,
  Fence: -312,
  ContinuousUpdates: -313,
  CursorWithAlpha: -314,
  ExtendedMouseButtons: -316,
  TightWithoutZlib: -317,
  VMwareCursor: 0x574d5664,
  VMwareCursorState: 0x574d5665,
  VMwareCursorPosition: 0x574d5666,
  VMwareKeyRepeat: 0x574d5667,
  VMwareLedState: 0x574d5668,
  /** 0xc0a1e5ce, read as a signed number as all encodings are. */
  ExtendedClipboard: -1063131698,
} as const;
/** One of {@linkcode PseudoEncoding}'s values. */
export type PseudoEncoding = typeof PseudoEncoding[keyof typeof PseudoEncoding];

/** Pseudo-encodings that carry a level in their number; `first` and `last` are both inside. */
export const LevelRange = {
  /** JPEG quality 0 (worst) … 9. */
  Quality: { first: -32, last: -23 },
  /** Compression 0 (fastest) … 9. */
  Compress: { first: -256, last: -247 },
  /** JPEG quality 0 … 100. */
  FineQuality: { first: -512, last: -412 },
  /** Chrominance subsampling, see {@linkcode Subsampling}. */
  Subsampling: { first: -768, last: -763 },
} as const;

/** A range of {@linkcode LevelRange}. */
export type LevelRange = typeof LevelRange[keyof typeof LevelRange];

/** The level that encoding number `encoding` carries in `range`: 0 upwards; `undefined` outside the range. */
export function levelIn(range: LevelRange, encoding: number): number | undefined {
  return encoding >= range.first && encoding <= range.last ? encoding - range.first : undefined;
}

/** Levels of the JPEG subsampling pseudo-encodings: pixels per chrominance sample (rfbproto). */
export const Subsampling = {
  None: 0,
  FourTimes: 1,
  TwoTimes: 2,
  Gray: 3,
  EightTimes: 4,
  SixteenTimes: 5,
} as const;
/** One of {@linkcode Subsampling}'s values. */
export type Subsampling = typeof Subsampling[keyof typeof Subsampling];

/** Security types (RFC 6143 §7.1.2, §8.1.2; rfbproto "Security Types"). */
export const SecurityTypeNumber = {
  Invalid: 0,
  None: 1,
  VncAuthentication: 2,
  Ra2: 5,
  Ra2ne: 6,
  Tight: 16,
  VeNCrypt: 19,
  AppleDiffieHellman: 30,
  Ra2_256: 129,
  Ra2ne_256: 130,
} as const;
/** One of {@linkcode SecurityTypeNumber}'s values. */
export type SecurityTypeNumber = typeof SecurityTypeNumber[keyof typeof SecurityTypeNumber];

/** What VeNCrypt can be agreed upon (rfbproto "VeNCrypt"); 1 and 2 stand for the security types of those numbers. */
export const VeNCryptSubtype = {
  None: 1,
  VncAuthentication: 2,
  Plain: 256,
  TlsNone: 257,
  TlsVnc: 258,
  TlsPlain: 259,
  X509None: 260,
  X509Vnc: 261,
  X509Plain: 262,
} as const;
/** One of {@linkcode VeNCryptSubtype}'s values. */
export type VeNCryptSubtype = typeof VeNCryptSubtype[keyof typeof VeNCryptSubtype];

/** SecurityResult (RFC 6143 §7.1.3). */
export const SecurityResult = {
  Ok: 0,
  Failed: 1,
} as const;
/** One of {@linkcode SecurityResult}'s values. */
export type SecurityResult = typeof SecurityResult[keyof typeof SecurityResult];

/** Bits of the first byte of a Hextile tile (RFC 6143 §7.7.4). */
export const HextileSubencoding = {
  Raw: 0x01,
  BackgroundSpecified: 0x02,
  ForegroundSpecified: 0x04,
  AnySubrects: 0x08,
  SubrectsColoured: 0x10,
} as const;

const ENCODING_NAMES: ReadonlyMap<number, string> = new Map<number, string>([
  [EncodingType.Raw, "Raw"],
  [EncodingType.CopyRect, "CopyRect"],
  [EncodingType.RRE, "RRE"],
  [EncodingType.CoRRE, "CoRRE"],
  [EncodingType.Hextile, "Hextile"],
  [EncodingType.Zlib, "Zlib"],
  [EncodingType.Tight, "Tight"],
  [EncodingType.TRLE, "TRLE"],
  [EncodingType.ZRLE, "ZRLE"],
  [EncodingType.Jpeg, "JPEG"],
  [EncodingType.OpenH264, "Open H.264"],
  [EncodingType.TightPng, "TightPNG"],
  ...Object.entries(PseudoEncoding).map(([name, number]): [number, string] => [number, name]),
]);

/** What an encoding or pseudo-encoding is called, for logs and metrics; for unknown ones its number in words. */
export function encodingName(encoding: number): string {
  const name = ENCODING_NAMES.get(encoding);
  if (name !== undefined) return name;
  for (const [name, range] of Object.entries(LevelRange)) {
    const level = levelIn(range, encoding);
    if (level !== undefined) return `${name} ${level}`;
  }
  return `Unknown ${encoding}`;
}
