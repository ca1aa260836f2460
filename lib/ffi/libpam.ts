/**
 * Linux-PAM: asks the system whether somebody may come in (pam(3)). And those of the C library's functions that make the
 * memory that PAM frees.
 *
 * All that may take long is called on a thread of its own: modules read files, ask servers, and wait.
 *
 * @module
 */
import { SharedLibrary } from "./library.ts";

const PAM_SYMBOLS = {
  /** `int pam_start(const char *service, const char *user, const struct pam_conv *conv, pam_handle_t **pamh)` */
  pam_start: { parameters: ["buffer", "buffer", "buffer", "buffer"], result: "i32", nonblocking: true },
  /** `int pam_set_item(pam_handle_t *pamh, int item_type, const void *item)`: texts are copied. */
  pam_set_item: { parameters: ["pointer", "i32", "pointer"], result: "i32" },
  /** `int pam_authenticate(pam_handle_t *pamh, int flags)` */
  pam_authenticate: { parameters: ["pointer", "i32"], result: "i32", nonblocking: true },
  /** `int pam_acct_mgmt(pam_handle_t *pamh, int flags)` */
  pam_acct_mgmt: { parameters: ["pointer", "i32"], result: "i32", nonblocking: true },
  /** `int pam_end(pam_handle_t *pamh, int pam_status)` */
  pam_end: { parameters: ["pointer", "i32"], result: "i32", nonblocking: true },
  /** `const char *pam_strerror(pam_handle_t *pamh, int errnum)` */
  pam_strerror: { parameters: ["pointer", "i32"], result: "pointer" },
} as const satisfies Deno.ForeignLibraryInterface;

/** Linux-PAM. */
export const LIBPAM = new SharedLibrary({
  file: "libpam.so.0",
  debianPackage: "libpam0g",
  symbols: PAM_SYMBOLS,
});

const MEMORY_SYMBOLS = {
  /** `void *calloc(size_t nmemb, size_t size)` */
  calloc: { parameters: ["u64", "u64"], result: "pointer" },
  /** `char *strdup(const char *s)` */
  strdup: { parameters: ["buffer"], result: "pointer" },
} as const satisfies Deno.ForeignLibraryInterface;

/** GNU libc, of which no more than memory. */
export const LIBC_MEMORY = new SharedLibrary({
  file: "libc.so.6",
  debianPackage: "libc6",
  symbols: MEMORY_SYMBOLS,
});
