/**
 * Names of X errors and requests, for messages (X Window System Protocol, appendix B "Protocol Encoding").
 *
 * @module
 */

/** The numbers that a server gave to an extension. */
export interface ExtensionCodes {
  /** First byte of the extension's requests. */
  readonly major: number;
  /** Number of the extension's first event; 0 when it has none. */
  readonly firstEvent: number;
  /** Number of the extension's first error; 0 when it has none. */
  readonly firstError: number;
}

/** Number of the error for a rectangle that is not on the screen, among others. */
export const BAD_MATCH = 8;

const ERRORS = [
  "Success",
  "BadRequest",
  "BadValue",
  "BadWindow",
  "BadPixmap",
  "BadAtom",
  "BadCursor",
  "BadFont",
  "BadMatch",
  "BadDrawable",
  "BadAccess",
  "BadAlloc",
  "BadColor",
  "BadGC",
  "BadIDChoice",
  "BadName",
  "BadLength",
  "BadImplementation",
];

/** By major opcode, from 1 upwards. */
const REQUESTS = (
  "CreateWindow ChangeWindowAttributes GetWindowAttributes DestroyWindow DestroySubwindows ChangeSaveSet " +
  "ReparentWindow MapWindow MapSubwindows UnmapWindow UnmapSubwindows ConfigureWindow CirculateWindow " +
  "GetGeometry QueryTree InternAtom GetAtomName ChangeProperty DeleteProperty GetProperty ListProperties " +
  "SetSelectionOwner GetSelectionOwner ConvertSelection SendEvent GrabPointer UngrabPointer GrabButton " +
  "UngrabButton ChangeActivePointerGrab GrabKeyboard UngrabKeyboard GrabKey UngrabKey AllowEvents GrabServer " +
  "UngrabServer QueryPointer GetMotionEvents TranslateCoordinates WarpPointer SetInputFocus GetInputFocus " +
  "QueryKeymap OpenFont CloseFont QueryFont QueryTextExtents ListFonts ListFontsWithInfo SetFontPath " +
  "GetFontPath CreatePixmap FreePixmap CreateGC ChangeGC CopyGC SetDashes SetClipRectangles FreeGC ClearArea " +
  "CopyArea CopyPlane PolyPoint PolyLine PolySegment PolyRectangle PolyArc FillPoly PolyFillRectangle " +
  "PolyFillArc PutImage GetImage PolyText8 PolyText16 ImageText8 ImageText16 CreateColormap FreeColormap " +
  "CopyColormapAndFree InstallColormap UninstallColormap ListInstalledColormaps AllocColor AllocNamedColor " +
  "AllocColorCells AllocColorPlanes FreeColors StoreColors StoreNamedColor QueryColors LookupColor " +
  "CreateCursor CreateGlyphCursor FreeCursor RecolorCursor QueryBestSize QueryExtension ListExtensions " +
  "ChangeKeyboardMapping GetKeyboardMapping ChangeKeyboardControl GetKeyboardControl Bell ChangePointerControl " +
  "GetPointerControl SetScreenSaver GetScreenSaver ChangeHosts ListHosts SetAccessControl SetCloseDownMode " +
  "KillClient RotateProperties ForceScreenSaver SetPointerMapping GetPointerMapping SetModifierMapping " +
  "GetModifierMapping"
).split(" ");

/** "BadMatch", or the extension and number within it: "DAMAGE error 0". */
export function errorName(code: number, extensions: ReadonlyMap<string, ExtensionCodes>): string {
  const core = ERRORS[code];
  if (core !== undefined) return core;
  let nearest: [string, ExtensionCodes] | undefined;
  for (const entry of extensions) {
    const { firstError } = entry[1];
    if (firstError > 0 && firstError <= code && firstError > (nearest?.[1].firstError ?? 0)) nearest = entry;
  }
  return nearest ? `${nearest[0]} error ${code - nearest[1].firstError}` : `error ${code}`;
}

/** "GetImage", or the extension and number within it: "MIT-SHM request 1". */
export function requestName(
  major: number,
  minor: number,
  extensions: ReadonlyMap<string, ExtensionCodes>,
): string {
  if (major === 127) return "NoOperation";
  const core = REQUESTS[major - 1];
  if (core !== undefined) return core;
  for (const [name, codes] of extensions) {
    if (codes.major === major) return `${name} request ${minor}`;
  }
  return `request ${major}.${minor}`;
}
