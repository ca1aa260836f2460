/**
 * The way to the desktop and back again: connecting, being asked for a password, being cut off and trying again.
 *
 * @module
 */
import { judge, secondsBefore } from "./retry.ts";
import { Viewer } from "./viewer.ts";

/** Where we are. */
export type State =
  /** Not connected, as the user wished. */
  | { readonly name: "idle" }
  | { readonly name: "connecting"; readonly quiet: boolean }
  /** The server wants to know who we are. */
  | { readonly name: "asking"; readonly username: boolean; readonly problem: string | undefined }
  | { readonly name: "connected" }
  /** Cut off; another attempt comes by itself. */
  | { readonly name: "waiting"; readonly reason: string; readonly seconds: number }
  /** Cut off or not let in; to try again by ourselves makes no sense. It has `ended` when it had begun. */
  | { readonly name: "refused"; readonly reason: string; readonly ended: boolean };

/** Who we say we are. */
export interface Credentials {
  readonly username?: string;
  readonly password?: string;
  /** They may let in only once: so what can do without another login does. */
  readonly once?: boolean;
  /** They come from a link: nobody has typed them. */
  readonly byLink?: boolean;
}

/** What a connection tells. */
export interface ConnectionListener {
  state(state: State): void;
  /** A new viewer, before anything has come; what it shows is not yet to be seen. */
  viewer(viewer: Viewer): void;
  /** The viewer has a picture. */
  picture(): void;
  /** The viewer is going: the last moment to keep its picture. */
  leaving(viewer: Viewer): void;
}

/** One way to one desktop; makes a viewer for each attempt. */
export class Connection {
  readonly #target: HTMLElement;
  readonly #listener: ConnectionListener;
  #viewer: Viewer | undefined;
  /** The last one that came in. */
  #connected: Viewer | undefined;
  #credentials: Credentials | undefined;
  #viewOnly: boolean;
  #attempt = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(target: HTMLElement, viewOnly: boolean, listener: ConnectionListener) {
    this.#target = target;
    this.#viewOnly = viewOnly;
    this.#listener = listener;
  }

  /** The viewer that is connected or about to be. */
  get viewer(): Viewer | undefined {
    return this.#viewer;
  }

  get viewOnly(): boolean {
    return this.#viewOnly;
  }

  /**
   * The server must know, as it is the server that sees to it: so this connects anew, without a word. With credentials for
   * one login it is we who send nothing.
   */
  set viewOnly(viewOnly: boolean) {
    if (viewOnly === this.#viewOnly) return;
    this.#viewOnly = viewOnly;
    if (!this.#viewer) return;
    if (!this.#credentials?.once) this.connect(this.#credentials, { quiet: true });
    else {
      this.#viewer.viewOnly = viewOnly;
      if (this.#connected === this.#viewer) this.#listener.state({ name: "connected" });
    }
  }

  /** Begins an attempt; ends what was before. Credentials are kept, in memory, for the next attempt. */
  connect(credentials = this.#credentials, { quiet = false } = {}): void {
    this.#drop();
    this.#credentials = credentials;
    this.#listener.state({ name: "connecting", quiet });
    const url = new URL("websockify", location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    url.search = this.#viewOnly ? "view_only=1" : "";
    url.hash = "";
    this.#open(new WebSocket(url));
  }

  /** Ends everything, as the user wishes. */
  disconnect(): void {
    this.#attempt = 0;
    this.#drop();
    this.#listener.state({ name: "idle" });
  }

  #open(socket: WebSocket): void {
    let ending = { code: 1006, reason: "" };
    let asked: { username: boolean } | undefined;
    let failure: string | undefined;
    let connected = false;
    // Comes before noVNC hears of it and takes its picture away.
    socket.addEventListener("close", ({ code, reason }) => {
      ending = { code, reason };
      if (viewer === this.#viewer) this.#listener.leaving(viewer);
    });
    const viewer = this.#viewer = new Viewer(this.#target, socket, {
      ...(this.#credentials && { credentials: this.#credentials }),
      onFirstPicture: () => viewer === this.#viewer && this.#listener.picture(),
    });
    viewer.viewOnly = this.#viewOnly;
    this.#listener.viewer(viewer);
    viewer.addEventListener("connect", () => {
      connected = true;
      this.#connected = viewer;
      this.#attempt = 0;
      if (viewer === this.#viewer) this.#listener.state({ name: "connected" });
    });
    viewer.addEventListener("credentialsrequired", ({ detail }) => {
      // The user may take longer than the server waits: the answer comes with the next attempt.
      asked = { username: detail.types.includes("username") };
      viewer.disconnect();
    });
    viewer.addEventListener("securityfailure", ({ detail }) => {
      failure = detail.reason || "The server refused, and gave no reason";
    });
    viewer.addEventListener("serververification", () => viewer.approveServer());
    viewer.addEventListener("disconnect", () => {
      if (viewer !== this.#viewer) return; // another attempt has taken its place
      this.#viewer = undefined;
      if (asked) return this.#listener.state({ name: "asking", ...asked, problem: undefined });
      if (failure !== undefined) return this.#refused(failure);
      // A code that was typed has been used up.
      if (connected && this.#credentials?.once && !this.#credentials.byLink) this.#credentials = undefined;
      const { reason, again } = judge(ending, connected);
      if (again) this.#wait(reason);
      else this.#listener.state({ name: "refused", reason, ended: connected });
    });
  }

  #refused(reason: string): void {
    const refused = { name: "refused", reason, ended: false } as const;
    if (!this.#credentials) return this.#listener.state(refused);
    const { username: name, byLink } = this.#credentials;
    this.#credentials = undefined;
    // Who has come by a link has nothing else to type.
    if (byLink) return this.#listener.state(refused);
    const username = name !== undefined;
    this.#listener.state({ name: "asking", username, problem: reason });
  }

  #wait(reason: string): void {
    let seconds = secondsBefore(this.#attempt++);
    this.#listener.state({ name: "waiting", reason, seconds });
    this.#timer = setInterval(() => {
      if (--seconds > 0) this.#listener.state({ name: "waiting", reason, seconds });
      else this.connect();
    }, 1000);
  }

  /** Forgets the viewer and the attempt that waits. */
  #drop(): void {
    clearInterval(this.#timer);
    const viewer = this.#viewer;
    if (!viewer) return;
    this.#listener.leaving(viewer);
    this.#viewer = undefined;
    viewer.disconnect();
  }
}
