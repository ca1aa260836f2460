/**
 * The C library: what it tells of sockets that others have opened, and what the kernel tells by one of ours.
 *
 * @module
 */
import { SharedLibrary } from "./library.ts";

/** Families of addresses, and levels of options (socket(2), ip(7)). */
export const AF_UNIX = 1;
export const AF_INET = 2;
export const AF_INET6 = 10;
export const SOL_SOCKET = 1;
export const IPPROTO_TCP = 6;

const SYMBOLS = {
  /** `int getpeername(int sockfd, struct sockaddr *addr, socklen_t *addrlen)` */
  getpeername: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  /** `int getsockname(int sockfd, struct sockaddr *addr, socklen_t *addrlen)` */
  getsockname: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  /** `int getsockopt(int sockfd, int level, int optname, void *optval, socklen_t *optlen)` */
  getsockopt: { parameters: ["i32", "i32", "i32", "buffer", "buffer"], result: "i32" },
  /** `int setsockopt(int sockfd, int level, int optname, const void *optval, socklen_t optlen)` */
  setsockopt: { parameters: ["i32", "i32", "i32", "buffer", "u32"], result: "i32" },
  /** `int socket(int domain, int type, int protocol)` */
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  /** `int close(int fd)` */
  close: { parameters: ["i32"], result: "i32" },
  /** `ssize_t send(int sockfd, const void *buf, size_t len, int flags)` */
  send: { parameters: ["i32", "buffer", "u64", "i32"], result: "i64" },
  /** `ssize_t recv(int sockfd, void *buf, size_t len, int flags)` */
  recv: { parameters: ["i32", "buffer", "u64", "i32"], result: "i64" },
  /** `int ioctl(int fd, unsigned long op, int *value)` */
  ioctl: { parameters: ["i32", "u64", "buffer"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

/** Functions of the C library for sockets. */
export type LibCSockets = Deno.StaticForeignLibraryInterface<typeof SYMBOLS>;

/** GNU libc once more: the system loads it once. */
export const LIBC_SOCKETS = new SharedLibrary({
  file: "libc.so.6",
  debianPackage: "libc6",
  symbols: SYMBOLS,
});
