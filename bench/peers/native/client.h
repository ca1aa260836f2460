/* What the parts of the measuring client share: a connection, the pixels it has, the decoders. */
#ifndef BENCH_CLIENT_H
#define BENCH_CLIENT_H
#include <pthread.h>
#include <stdint.h>
#include <zlib.h>

#define MOST_NUMBERS 400000 /* arrivals that a viewer remembers: hours of 60 frames a second */

typedef struct { int code; int64_t time; } Arrival;

/* What is counted; read by another thread, so only to be compared over seconds. */
typedef struct { uint64_t bytes, updates, rects; } Counters;

typedef struct {
  /* connection.c */
  int socket;
  uint8_t *buffer;
  size_t start, end;
  pthread_mutex_t sending;
  Counters counters;
  /* pixels 0x00RRGGBB; NULL for a viewer that reads the messages and skips the pixels */
  int width, height;
  uint32_t *pixels;
  z_stream streams[5];   /* Tight's four and ZRLE's */
  uint8_t *scratch;      /* inflated bytes; 4 of a pixel of the screen */
  void *jpeg;
  /* viewer.c */
  const struct Options *options;
  int index;
  int joined;            /* the handshake is over */
  int64_t connected_at, first_frame_at;
  uint64_t covered;      /* pixels received, until the first full frame */
  int frame_code, key_code;
  Arrival *arrivals;
  int arrival_count;
  uint64_t unclear;      /* updates after which the marker showed no code */
  uint64_t by_encoding[32], by_other;
  int continuous, fence_seen;
  pthread_mutex_t keys;
  pthread_cond_t key_shown;
  int keys_shown;        /* changes of the marker of keys */
  int64_t key_shown_at;
} Viewer;

typedef struct Options {
  const char *host;
  int port, viewers, encoding, quality, compress, continuous, decode_all;
} Options;

typedef struct { int x, y, width, height; } Rect;

/* connection.c: all end the program with a message when the server is gone or breaks the protocol */
void fail(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));
void connect_to(Viewer *viewer, const char *host, int port);
const uint8_t *take(Viewer *viewer, size_t count);  /* valid until the next call; at most TAKE_MOST bytes */
void skip(Viewer *viewer, size_t count);
void send_all(Viewer *viewer, const void *bytes, size_t count);
unsigned take_u8(Viewer *viewer);
unsigned take_u16(Viewer *viewer);
uint32_t take_u32(Viewer *viewer);
#define TAKE_MOST (64u << 20)

/* viewer.c */
void *run_viewer(void *viewer); /* never returns but by fail() */
void press_key(Viewer *viewer, uint32_t keysym);

/* decoders.c, decode_tight.c */
void decode_raw(Viewer *viewer, Rect rect);
void decode_copy_rect(Viewer *viewer, Rect rect);
void decode_zrle(Viewer *viewer, Rect rect);
void decode_tight(Viewer *viewer, Rect rect);
void inflate_to(z_stream *stream, const uint8_t *from, size_t count, uint8_t *to, size_t wanted, size_t *given);
#endif
