/**
 * The C library: what it tells of sockets that others have opened.
 *
 * @module
 */
import { SharedLibrary } from "./library.ts";

const SYMBOLS = {
  /** `int getpeername(int sockfd, struct sockaddr *addr, socklen_t *addrlen)` */
  getpeername: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  /** `int getsockname(int sockfd, struct sockaddr *addr, socklen_t *addrlen)` */
  getsockname: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  /** `int getsockopt(int sockfd, int level, int optname, void *optval, socklen_t *optlen)` */
  getsockopt: { parameters: ["i32", "i32", "i32", "buffer", "buffer"], result: "i32" },
  /** `int setsockopt(int sockfd, int level, int optname, const void *optval, socklen_t optlen)` */
  setsockopt: { parameters: ["i32", "i32", "i32", "buffer", "u32"], result: "i32" },
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
