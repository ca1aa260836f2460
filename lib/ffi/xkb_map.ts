/**
 * Reads the C structs of a keyboard map (X11/extensions/XKBstr.h) into plain values.
 *
 * @module
 */
import type { XkbDescPointer } from "./libx11_input.ts";
import type {
  KeyAction,
  KeyboardDescription,
  KeyDescription,
  KeyGroup,
  KeyType,
  OutOfRangeGroup,
} from "./xkb_description.ts";
import {
  XkbAction,
  XkbClientMapRec,
  XkbDescRec,
  XkbKeyTypeRec,
  XkbKTMapEntryRec,
  XkbModAction,
  XkbServerMapRec,
  XkbSymMapRec,
} from "./xkb_structs.ts";

/** What `XkbGetMap` must have been asked for: key types, keysyms, modifier map, actions. */
export const MAP_PARTS = 0x01 | 0x02 | 0x04 | 0x10;

/** Action types (XKBstr.h `XkbSA_…`), by number. */
const ACTION_KINDS: readonly (KeyAction["kind"] | undefined)[] = [
  undefined,
  "set",
  "latch",
  "lock",
  "group",
  "group",
  "group",
];
/** `XkbSA_UseModMapMods`: the action is on the modifiers that the core protocol gives to the key. */
const USE_MODIFIER_MAP = 0x04;

/** Reads the whole map. @param description Made with {@linkcode MAP_PARTS}. */
export function readKeyboardMap(description: XkbDescPointer): KeyboardDescription {
  const desc = new Deno.UnsafePointerView(description);
  const minKeycode = desc.getUint8(XkbDescRec.min_key_code);
  const maxKeycode = desc.getUint8(XkbDescRec.max_key_code);
  const map = desc.getPointer(XkbDescRec.map);
  const server = desc.getPointer(XkbDescRec.server);
  if (map === null || server === null) return { minKeycode, maxKeycode, keys: [] };
  const client = new Deno.UnsafePointerView(map);
  const actions = new Deno.UnsafePointerView(server);

  const types = readTypes(client);
  const keysyms = array(client, XkbClientMapRec.syms, 8 * client.getUint16(XkbClientMapRec.num_syms));
  const keyMaps = array(client, XkbClientMapRec.key_sym_map, XkbSymMapRec.size * (maxKeycode + 1));
  const modifierMap = array(client, XkbClientMapRec.modmap, maxKeycode + 1);
  const keyActions = array(actions, XkbServerMapRec.key_acts, 2 * (maxKeycode + 1));
  const actionTable = array(
    actions,
    XkbServerMapRec.acts,
    XkbAction.size * actions.getUint16(XkbServerMapRec.num_acts),
  );

  const keys: KeyDescription[] = [];
  for (let keycode = minKeycode; keycode <= maxKeycode; keycode++) {
    const at = keycode * XkbSymMapRec.size;
    const groupInfo = keyMaps.getUint8(at + XkbSymMapRec.group_info);
    const width = keyMaps.getUint8(at + XkbSymMapRec.width);
    const offset = keyMaps.getUint16(at + XkbSymMapRec.offset, true);
    const groups: KeyGroup[] = [];
    for (let group = 0; group < (groupInfo & 0x0f) && group < 4; group++) {
      const type = types[keyMaps.getUint8(at + XkbSymMapRec.kt_index + group)];
      if (!type) break;
      const first = offset + group * width;
      groups.push({
        type,
        keysyms: Array.from(
          { length: Math.min(type.levelCount, width) },
          (_, level) => keysyms.getUint32(8 * (first + level), true),
        ),
      });
    }
    const actionIndex = keyActions.getUint16(2 * keycode, true);
    const action = actionIndex === 0
      ? undefined
      : readAction(actionTable, actionIndex * XkbAction.size, modifierMap.getUint8(keycode));
    if (!action && groups.every(({ keysyms }) => keysyms.every((keysym) => keysym === 0))) continue;
    keys.push({ keycode, groups, outOfRange: outOfRange(groupInfo), action });
  }
  return { minKeycode, maxKeycode, keys };
}

function readTypes(client: Deno.UnsafePointerView): (KeyType & { readonly levelCount: number })[] {
  const count = client.getUint8(XkbClientMapRec.num_types);
  const types = client.getPointer(XkbClientMapRec.types);
  if (types === null) return [];
  const view = new Deno.UnsafePointerView(types);
  return Array.from({ length: count }, (_, index) => {
    const at = index * XkbKeyTypeRec.size;
    const levels = new Map<number, number>();
    const entryCount = view.getUint8(at + XkbKeyTypeRec.map_count);
    const entries = view.getPointer(at + XkbKeyTypeRec.map);
    for (let entry = 0; entries !== null && entry < entryCount; entry++) {
      const entryView = new Deno.UnsafePointerView(entries);
      const entryAt = entry * XkbKTMapEntryRec.size;
      // Entries whose virtual modifiers nobody has are not active.
      if (entryView.getInt32(entryAt + XkbKTMapEntryRec.active) === 0) continue;
      const modifiers = entryView.getUint8(entryAt + XkbKTMapEntryRec.mods);
      if (!levels.has(modifiers)) levels.set(modifiers, entryView.getUint8(entryAt + XkbKTMapEntryRec.level));
    }
    return {
      mask: view.getUint8(at + XkbKeyTypeRec.mods),
      levels,
      levelCount: view.getUint8(at + XkbKeyTypeRec.num_levels),
    };
  });
}

function readAction(table: DataView, at: number, modifierMap: number): KeyAction | undefined {
  if (at + XkbAction.size > table.byteLength) return undefined;
  const type = table.getUint8(at + XkbModAction.type);
  if (type === 0) return undefined;
  const kind = ACTION_KINDS[type] ?? "other";
  if (kind === "group" || kind === "other") return { kind, modifiers: 0 };
  const byMap = (table.getUint8(at + XkbModAction.flags) & USE_MODIFIER_MAP) !== 0;
  return { kind, modifiers: byMap ? modifierMap : table.getUint8(at + XkbModAction.mask) };
}

function outOfRange(groupInfo: number): OutOfRangeGroup {
  if (groupInfo & 0x80) return { redirect: (groupInfo >> 4) & 0x03 };
  return groupInfo & 0x40 ? "clamp" : "wrap";
}

/** `bytes` bytes behind the pointer that is at `offset`. */
function array(struct: Deno.UnsafePointerView, offset: number, bytes: number): DataView {
  const pointer = struct.getPointer(offset);
  if (pointer === null || bytes === 0) return new DataView(new ArrayBuffer(bytes));
  return new DataView(Deno.UnsafePointerView.getArrayBuffer(pointer, bytes));
}
