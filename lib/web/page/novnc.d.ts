/**
 * As much of noVNC 1.7.0 as the page uses: it is written in JavaScript. Names with an underscore are its own business;
 * `viewer.ts` says why we need them.
 *
 * @module
 */

/** The receive and send queue. */
interface Websock {
  rQlen(): number;
  rQpeekBytes(length: number, copy?: boolean): Uint8Array;
  rQskipBytes(length: number): void;
  /** `true` when fewer than `length` bytes are there; goes back by `goback` then. */
  rQwait(what: string, length: number, goback?: number): boolean;
  sQpush8(value: number): void;
  sQpush32(value: number): void;
  sQpushBytes(bytes: Uint8Array): void;
  sQpushString(text: string): void;
  flush(): void;
}

/** Events by name. */
interface RfbEvents {
  connect: CustomEvent<Record<string, never>>;
  disconnect: CustomEvent<{ clean: boolean }>;
  credentialsrequired: CustomEvent<{ types: readonly ("username" | "password" | "target")[] }>;
  securityfailure: CustomEvent<{ status: number; reason?: string }>;
  serververification: CustomEvent<{ type: string; publickey: Uint8Array }>;
  clipboard: CustomEvent<{ text: string }>;
  desktopname: CustomEvent<{ name: string }>;
  clippingviewport: CustomEvent<boolean>;
}

export default class RFB {
  constructor(
    target: HTMLElement,
    channel: string | WebSocket,
    options?: {
      shared?: boolean;
      credentials?: { readonly username?: string; readonly password?: string };
    },
  );
  viewOnly: boolean;
  scaleViewport: boolean;
  clipViewport: boolean;
  dragViewport: boolean;
  resizeSession: boolean;
  showDotCursor: boolean;
  /** CSS. */
  background: string;
  /** 0 to 9. */
  qualityLevel: number;
  compressionLevel: number;
  addEventListener<Name extends keyof RfbEvents>(
    name: Name,
    listener: (event: RfbEvents[Name]) => void,
  ): void;
  disconnect(): void;
  focus(options?: FocusOptions): void;
  blur(): void;
  approveServer(): void;
  /** Presses and releases without `down`. */
  sendKey(keysym: number, code: string | null, down?: boolean): void;
  clipboardPasteFrom(text: string): void;

  protected _sock: Websock;
  protected _canvas: HTMLCanvasElement;
  protected _display: { readonly scale: number };
  protected _fbWidth: number;
  protected _fbHeight: number;
  protected _rfbConnectionState: "" | "connecting" | "connected" | "disconnecting" | "disconnected";
  protected _FBU: {
    rects: number;
    x: number;
    y: number;
    width: number;
    height: number;
    encoding: number | null;
  };
  /** `false` when more bytes are needed: it is called again then. */
  protected _framebufferUpdate(): boolean;
  protected _handleRect(): boolean;
  protected _handleServerFenceMsg(): boolean;
}
