/**
 * Where the members of C structs lie, in bytes, on 64-bit Linux (LP64: x86-64 and arm64).
 *
 * Only what is used is here. `size` is that of the struct. tests/x11/structs_test.ts compares all of it with a C
 * compiler's `offsetof` and `sizeof`.
 *
 * @module
 */

/** `struct pollfd` (poll.h) */
export const pollfd = { fd: 0, events: 4, revents: 6, size: 8 } as const;

/** `struct sockaddr_un` (sys/un.h) */
export const sockaddr_un = { sun_family: 0, sun_path: 2, size: 110 } as const;

/** `struct sockaddr_in` (netinet/in.h) */
export const sockaddr_in = { sin_family: 0, sin_port: 2, sin_addr: 4, size: 16 } as const;

/** `struct sockaddr_in6` (netinet/in.h) */
export const sockaddr_in6 = { sin6_family: 0, sin6_port: 2, sin6_addr: 8, size: 28 } as const;

/** `struct nlmsghdr` (linux/netlink.h) */
export const nlmsghdr = { nlmsg_len: 0, nlmsg_type: 4, nlmsg_flags: 6, nlmsg_seq: 8, size: 16 } as const;

/** `struct inet_diag_sockid` (linux/inet_diag.h) */
export const inet_diag_sockid = {
  idiag_sport: 0,
  idiag_dport: 2,
  idiag_src: 4,
  idiag_dst: 20,
  idiag_cookie: 40,
  size: 48,
} as const;

/** `struct inet_diag_req_v2` (linux/inet_diag.h) */
export const inet_diag_req_v2 = {
  sdiag_family: 0,
  sdiag_protocol: 1,
  idiag_states: 4,
  id: 8,
  size: 56,
} as const;

/** `struct inet_diag_msg` (linux/inet_diag.h) */
export const inet_diag_msg = { idiag_timer: 2, id: 4, idiag_expires: 52, size: 72 } as const;

/** `struct tcp_info` (linux/tcp.h), whose size grows with the kernel's version. */
export const tcp_info = {
  tcpi_rtt: 68,
  tcpi_notsent_bytes: 144,
  tcpi_min_rtt: 148,
  tcpi_delivery_rate: 160,
} as const;

/** `XEvent` (X11/Xlib.h): what all kinds of events begin with. */
export const XEvent = { type: 0, serial: 8, send_event: 16, display: 24, window: 32, size: 192 } as const;

/** `XErrorEvent` (X11/Xlib.h) */
export const XErrorEvent = {
  type: 0,
  display: 8,
  resourceid: 16,
  serial: 24,
  error_code: 32,
  request_code: 33,
  minor_code: 34,
  size: 40,
} as const;

/** `XConfigureEvent` (X11/Xlib.h) */
export const XConfigureEvent = {
  event: 32,
  window: 40,
  x: 48,
  y: 52,
  width: 56,
  height: 60,
  border_width: 64,
  above: 72,
  override_redirect: 80,
} as const;

/** `XCreateWindowEvent` (X11/Xlib.h) */
export const XCreateWindowEvent = {
  parent: 32,
  window: 40,
  x: 48,
  y: 52,
  width: 56,
  height: 60,
  border_width: 64,
} as const;

/** `XMapEvent`, `XUnmapEvent`, `XDestroyWindowEvent` (X11/Xlib.h): these members lie alike. */
export const XMapEvent = { event: 32, window: 40 } as const;

/** `XReparentEvent` (X11/Xlib.h) */
export const XReparentEvent = { event: 32, window: 40, parent: 48, x: 56, y: 60 } as const;

/** `XImage` (X11/Xlib.h) */
export const XImage = {
  width: 0,
  height: 4,
  xoffset: 8,
  format: 12,
  data: 16,
  byte_order: 24,
  depth: 40,
  bytes_per_line: 44,
  bits_per_pixel: 48,
  size: 136,
} as const;

/** `Visual` (X11/Xlib.h) */
export const Visual = {
  visualid: 8,
  class: 16,
  red_mask: 24,
  green_mask: 32,
  blue_mask: 40,
  bits_per_rgb: 48,
  map_entries: 52,
  size: 56,
} as const;

/** `XColor` (X11/Xlib.h) */
export const XColor = { pixel: 0, red: 8, green: 10, blue: 12, flags: 14, size: 16 } as const;

/** `XShmSegmentInfo` (X11/extensions/XShm.h) */
export const XShmSegmentInfo = { shmseg: 0, shmid: 8, shmaddr: 16, readOnly: 24, size: 32 } as const;

/** `XDamageNotifyEvent` (X11/extensions/Xdamage.h); `area` is four 16-bit numbers. */
export const XDamageNotifyEvent = { drawable: 32, damage: 40, level: 48, more: 52, area: 64 } as const;

/** `XFixesCursorImage` (X11/extensions/Xfixes.h); a pixel has 64 bits. */
export const XFixesCursorImage = {
  x: 0,
  y: 2,
  width: 4,
  height: 6,
  xhot: 8,
  yhot: 10,
  cursor_serial: 16,
  pixels: 24,
  size: 48,
} as const;

/** `XFixesCursorNotifyEvent` (X11/extensions/Xfixes.h) */
export const XFixesCursorNotifyEvent = { window: 32, subtype: 40, cursor_serial: 48 } as const;

/** `XWindowAttributes` (X11/Xlib.h) */
export const XWindowAttributes = {
  x: 0,
  y: 4,
  width: 8,
  height: 12,
  border_width: 16,
  map_state: 92,
  size: 136,
} as const;

/** `XRRScreenResources` (X11/extensions/Xrandr.h); a crtc or output has 64 bits. */
export const XRRScreenResources = {
  timestamp: 0,
  configTimestamp: 8,
  ncrtc: 16,
  crtcs: 24,
  noutput: 32,
  outputs: 40,
  nmode: 48,
  modes: 56,
  size: 64,
} as const;

/** `XRRModeInfo` (X11/extensions/Xrandr.h) */
export const XRRModeInfo = {
  id: 0,
  width: 8,
  height: 12,
  dotClock: 16,
  hSyncStart: 24,
  hSyncEnd: 28,
  hTotal: 32,
  vSyncStart: 40,
  vSyncEnd: 44,
  vTotal: 48,
  name: 56,
  nameLength: 64,
  size: 80,
} as const;

/** `XRRCrtcInfo` (X11/extensions/Xrandr.h) */
export const XRRCrtcInfo = {
  x: 8,
  y: 12,
  width: 16,
  height: 20,
  mode: 24,
  rotation: 32,
  noutput: 36,
  outputs: 40,
  size: 64,
} as const;

/** `XRROutputInfo` (X11/extensions/Xrandr.h) */
export const XRROutputInfo = {
  crtc: 8,
  mm_width: 32,
  mm_height: 40,
  connection: 48,
  ncrtc: 52,
  crtcs: 56,
  nmode: 80,
  modes: 88,
  size: 96,
} as const;

/** `XRRMonitorInfo` (X11/extensions/Xrandr.h) */
export const XRRMonitorInfo = { name: 0, primary: 8, x: 20, y: 24, width: 28, height: 32, size: 56 } as const;
