/**
 * The C library: waiting for a file descriptor, System V shared memory, mappings, environment.
 *
 * Sizes are `u64` and want a BigInt: a number would leave the fast path of calls.
 *
 * @module
 */
import { SharedLibrary } from "./library.ts";

const SYMBOLS = {
  /** `int poll(struct pollfd *fds, nfds_t nfds, int timeout)`, on a thread of its own. */
  poll: { parameters: ["buffer", "u64", "i32"], result: "i32", nonblocking: true },
  /** The same on this thread. */
  pollNow: { name: "poll", parameters: ["buffer", "u64", "i32"], result: "i32" },
  /** `int eventfd(unsigned int initval, int flags)` */
  eventfd: { parameters: ["u32", "i32"], result: "i32" },
  /** `int eventfd_write(int fd, eventfd_t value)` */
  eventfd_write: { parameters: ["i32", "u64"], result: "i32" },
  /** `int eventfd_read(int fd, eventfd_t *value)` */
  eventfd_read: { parameters: ["i32", "buffer"], result: "i32" },
  /** `int close(int fd)` */
  close: { parameters: ["i32"], result: "i32" },
  /** `int socket(int domain, int type, int protocol)` */
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  /** `int connect(int sockfd, const struct sockaddr *addr, socklen_t addrlen)` */
  connect: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  /** `int setenv(const char *name, const char *value, int overwrite)` */
  setenv: { parameters: ["buffer", "buffer", "i32"], result: "i32" },
  /** `int unsetenv(const char *name)` */
  unsetenv: { parameters: ["buffer"], result: "i32" },
  /** `int shmget(key_t key, size_t size, int shmflg)` */
  shmget: { parameters: ["i32", "u64", "i32"], result: "i32" },
  /** `void *shmat(int shmid, const void *shmaddr, int shmflg)`: (void *) -1 when it fails. */
  shmat: { parameters: ["i32", "pointer", "i32"], result: "pointer" },
  /** `int shmdt(const void *shmaddr)` */
  shmdt: { parameters: ["pointer"], result: "i32" },
  /** `int shmctl(int shmid, int cmd, struct shmid_ds *buf)` */
  shmctl: { parameters: ["i32", "i32", "pointer"], result: "i32" },
  /** `void *mmap(void *addr, size_t length, int prot, int flags, int fd, off_t offset)`: (void *) -1 when it fails. */
  mmap: { parameters: ["pointer", "u64", "i32", "i32", "i32", "i64"], result: "pointer" },
} as const satisfies Deno.ForeignLibraryInterface;

/** The C library's functions. */
export type LibC = Deno.StaticForeignLibraryInterface<typeof SYMBOLS>;

/** GNU libc. */
export const LIBC = new SharedLibrary({ file: "libc.so.6", debianPackage: "libc6", symbols: SYMBOLS });
