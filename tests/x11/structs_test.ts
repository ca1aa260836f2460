/**
 * Offsets and sizes of C structs, compared with a C compiler.
 *
 * Needs gcc and the headers of libx11-dev, libxext-dev, libxdamage-dev, libxfixes-dev, libxrandr-dev.
 *
 * @module
 */
import assert from "node:assert/strict";
import * as structs from "../../lib/ffi/structs.ts";
import { runC } from "../support/program.ts";

const HEADERS = [
  "stddef.h",
  "stdio.h",
  "poll.h",
  "sys/socket.h",
  "sys/un.h",
  "netinet/in.h",
  "linux/tcp.h",
  "linux/netlink.h",
  "linux/inet_diag.h",
  "X11/Xlib.h",
  "X11/Xutil.h",
  "X11/extensions/XShm.h",
  "X11/extensions/Xdamage.h",
  "X11/extensions/Xfixes.h",
  "X11/extensions/Xrandr.h",
];

/** The C types whose names are not those of the tables. */
const C_TYPES: Readonly<Record<string, string>> = {
  pollfd: "struct pollfd",
  sockaddr_un: "struct sockaddr_un",
  sockaddr_in: "struct sockaddr_in",
  sockaddr_in6: "struct sockaddr_in6",
  tcp_info: "struct tcp_info",
  nlmsghdr: "struct nlmsghdr",
  inet_diag_sockid: "struct inet_diag_sockid",
  inet_diag_req_v2: "struct inet_diag_req_v2",
  inet_diag_msg: "struct inet_diag_msg",
};

/** `XEvent` is a union: its members are those of the kind that all have in common. */
const C_TYPES_OF_MEMBERS: Readonly<Record<string, string>> = { XEvent: "XAnyEvent" };

Deno.test("structs has the offsets and sizes that a C compiler has", async () => {
  const lines: string[] = [];
  for (const [name, members] of Object.entries(structs)) {
    const type = C_TYPES[name] ?? name;
    for (const member of Object.keys(members)) {
      const value = member === "size"
        ? `sizeof(${type})`
        : `offsetof(${C_TYPES_OF_MEMBERS[name] ?? type}, ${member})`;
      lines.push(`printf("${name}.${member} %zu\\n", ${value});`);
    }
  }
  const printed = await runC(
    `${HEADERS.map((header) => `#include <${header}>`).join("\n")}\nint main(void) {\n${
      lines.join("\n")
    }\n}\n`,
  );
  const expected = Object.fromEntries(
    printed.trim().split("\n").map((line) => line.split(" ")).map(([name, value]) => [name!, Number(value)]),
  );
  const actual = Object.fromEntries(
    Object.entries(structs).flatMap(([name, members]) =>
      Object.entries(members).map(([member, value]) => [`${name}.${member}`, value])
    ),
  );
  assert.deepEqual(actual, expected);
});
