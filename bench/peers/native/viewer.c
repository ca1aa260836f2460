/*
 * One viewer: handshake (RFC 6143 §7.1 to §7.3, version 3.8, security None), then updates for ever, asked for as
 * TigerVNC's viewer does: the next request goes out when an update begins; when the server offers ContinuousUpdates,
 * they are turned on after the first update and nothing more is asked for. Fences are answered in order.
 */
#include "client.h"
#include "common.h"
#include <stdlib.h>
#include <string.h>

enum { RAW = 0, COPY_RECT = 1, TIGHT = 7, ZRLE = 16 };
enum { DESKTOP_SIZE = -223, LAST_RECT = -224, CURSOR = -239, FENCE = -312, CONTINUOUS_UPDATES = -313 };
enum { QUALITY_LEVEL_0 = -32, COMPRESS_LEVEL_0 = -256 };

static uint8_t *put16(uint8_t *to, unsigned value) { to[0] = (uint8_t)(value >> 8); to[1] = (uint8_t)value; return to + 2; }
static uint8_t *put32(uint8_t *to, uint32_t value) { return put16(put16(to, value >> 16), value & 65535); }

static void allocate(Viewer *viewer, int width, int height) {
  viewer->width = width;
  viewer->height = height;
  if (viewer->index > 0 && !viewer->options->decode_all) return;
  free(viewer->pixels);
  free(viewer->scratch);
  viewer->pixels = calloc((size_t)width * height, 4);
  viewer->scratch = malloc((size_t)width * height * 4 + (1 << 20));
  if (!viewer->pixels || !viewer->scratch) fail("no memory for %dx%d pixels", width, height);
}

static void handshake(Viewer *viewer) {
  if (memcmp(take(viewer, 12), "RFB 003.", 8) != 0) fail("this is no RFB server");
  send_all(viewer, "RFB 003.008\n", 12);
  unsigned count = take_u8(viewer), none = 0;
  if (count == 0) { uint32_t length = take_u32(viewer); fail("refused: %.*s", (int)length, take(viewer, length)); }
  for (unsigned i = 0; i < count; i++) none |= take_u8(viewer) == 1;
  if (!none) fail("the server wants a password");
  send_all(viewer, "\1", 1);
  if (take_u32(viewer) != 0) { uint32_t length = take_u32(viewer); fail("refused: %.*s", (int)length, take(viewer, length)); }
  send_all(viewer, "\1", 1); /* shared */
  int width = (int)take_u16(viewer), height = (int)take_u16(viewer);
  skip(viewer, 16);
  skip(viewer, take_u32(viewer));
  allocate(viewer, width, height);
}

static void set_up(Viewer *viewer) {
  static const uint8_t pixel_format[20] = { 0, 0, 0, 0, 32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0, 0, 0, 0 };
  send_all(viewer, pixel_format, sizeof pixel_format);
  const Options *options = viewer->options;
  uint8_t message[64], *at = message + 4;
  at = put32(at, (uint32_t)options->encoding);
  at = put32(at, COPY_RECT);
  at = put32(at, RAW);
  at = put32(at, (uint32_t)CURSOR);
  at = put32(at, (uint32_t)DESKTOP_SIZE);
  at = put32(at, (uint32_t)LAST_RECT);
  if (options->continuous) {
    at = put32(at, (uint32_t)FENCE);
    at = put32(at, (uint32_t)CONTINUOUS_UPDATES);
  }
  if (options->compress >= 0) at = put32(at, (uint32_t)(COMPRESS_LEVEL_0 + options->compress));
  if (options->quality >= 0) at = put32(at, (uint32_t)(QUALITY_LEVEL_0 + options->quality));
  message[0] = 2;
  message[1] = 0;
  put16(message + 2, (unsigned)(at - message - 4) / 4);
  send_all(viewer, message, (size_t)(at - message));
}

static void request(Viewer *viewer, int incremental) {
  uint8_t message[10] = { 3, (uint8_t)incremental };
  put16(put16(message + 6, (unsigned)viewer->width), (unsigned)viewer->height);
  send_all(viewer, message, sizeof message);
}

static void enable_continuous_updates(Viewer *viewer) {
  uint8_t message[10] = { 150, 1 };
  put16(put16(message + 6, (unsigned)viewer->width), (unsigned)viewer->height);
  send_all(viewer, message, sizeof message);
  viewer->continuous = 2;
}

void press_key(Viewer *viewer, uint32_t keysym) {
  uint8_t message[16] = { 4, 1, [8] = 4, [9] = 0 };
  put32(message + 4, keysym);
  put32(message + 12, keysym);
  send_all(viewer, message, sizeof message);
}

/*
 * Puts the pointer into the lower right corner. A viewer whose user is there has moved the pointer; for one who has not,
 * TigerVNC's servers draw it into the picture.
 */
static void point(Viewer *viewer) {
  uint8_t message[6] = { 5, 0 };
  put16(put16(message + 2, (unsigned)viewer->width - 20), (unsigned)viewer->height - 20);
  send_all(viewer, message, sizeof message);
}

/* The code in the middle of a marker; -1 when its pixels are of no code, or of several. */
static int read_marker(const Viewer *viewer, int x) {
  int code = -2;
  for (int dy = 6; dy < 10; dy++) {
    for (int dx = 6; dx < 10; dx++) {
      int here = marker_code(viewer->pixels[(size_t)(MARKER_Y + dy) * viewer->width + x + dx]);
      if (code == -2) code = here;
      else if (code != here) return -1;
    }
  }
  return code;
}

/* An update has been decoded to its end: what do the markers show? */
static void look(Viewer *viewer) {
  int64_t now = now_ns();
  if (viewer->first_frame_at == 0 && viewer->covered >= (uint64_t)viewer->width * viewer->height) viewer->first_frame_at = now;
  if (!viewer->pixels || viewer->width < 64 || viewer->height < 16) return;
  int code = read_marker(viewer, FRAME_MARKER_X);
  if (code < 0) viewer->unclear += viewer->first_frame_at != 0;
  else if (code != viewer->frame_code) {
    viewer->frame_code = code;
    if (viewer->arrival_count < MOST_NUMBERS) viewer->arrivals[viewer->arrival_count++] = (Arrival){ code, now };
  }
  int key = read_marker(viewer, KEY_MARKER_X);
  if (key >= 0 && key != viewer->key_code) {
    pthread_mutex_lock(&viewer->keys);
    viewer->key_code = key;
    viewer->keys_shown++;
    viewer->key_shown_at = now;
    pthread_cond_signal(&viewer->key_shown);
    pthread_mutex_unlock(&viewer->keys);
  }
}

static void check(const Viewer *viewer, Rect r) {
  if (r.x + r.width > viewer->width || r.y + r.height > viewer->height) {
    fail("a rectangle %dx%d at %d,%d is outside of the screen", r.width, r.height, r.x, r.y);
  }
}

/* Returns whether it was the last one. */
static int rectangle(Viewer *viewer) {
  const uint8_t *b = take(viewer, 12);
  Rect r = { b[0] << 8 | b[1], b[2] << 8 | b[3], b[4] << 8 | b[5], b[6] << 8 | b[7] };
  int32_t encoding = (int32_t)((uint32_t)b[8] << 24 | (uint32_t)b[9] << 16 | (uint32_t)b[10] << 8 | b[11]);
  if (encoding == LAST_RECT) return 1;
  viewer->counters.rects++;
  if (encoding >= 0 && encoding < 32) {
    viewer->by_encoding[encoding]++;
    check(viewer, r);
    if (viewer->first_frame_at == 0 && encoding != COPY_RECT) viewer->covered += (uint64_t)r.width * r.height;
  } else {
    viewer->by_other++;
  }
  switch (encoding) {
    case RAW: decode_raw(viewer, r); break;
    case COPY_RECT: decode_copy_rect(viewer, r); break;
    case TIGHT: decode_tight(viewer, r); break;
    case ZRLE: decode_zrle(viewer, r); break;
    case CURSOR: skip(viewer, (size_t)r.width * r.height * 4 + (size_t)(r.width + 7) / 8 * r.height); break;
    case DESKTOP_SIZE: allocate(viewer, r.width, r.height); break;
    default: fail("encoding %d was not asked for", encoding);
  }
  return 0;
}

static void update(Viewer *viewer) {
  skip(viewer, 1);
  unsigned count = take_u16(viewer);
  if (viewer->continuous < 2) request(viewer, 1);
  for (unsigned i = 0; i < count; i++) if (rectangle(viewer)) break;
  viewer->counters.updates++;
  look(viewer);
  if (viewer->continuous == 1 && viewer->fence_seen) enable_continuous_updates(viewer);
}

static void fence(Viewer *viewer) {
  skip(viewer, 3);
  uint32_t flags = take_u32(viewer);
  uint8_t message[9 + 64] = { 248 };
  unsigned length = take_u8(viewer);
  if (length > 64) fail("a fence of %u bytes", length);
  memcpy(message + 9, take(viewer, length), length);
  viewer->fence_seen = 1;
  if (!(flags & 0x80000000u)) return;
  put32(message + 4, flags & 7);
  message[8] = (uint8_t)length;
  send_all(viewer, message, 9 + length);
}

void *run_viewer(void *argument) {
  Viewer *viewer = argument;
  viewer->frame_code = viewer->key_code = -1;
  if (!(viewer->arrivals = malloc(sizeof(Arrival) * MOST_NUMBERS))) fail("no memory");
  viewer->connected_at = now_ns();
  connect_to(viewer, viewer->options->host, viewer->options->port);
  handshake(viewer);
  viewer->joined = 1;
  set_up(viewer);
  point(viewer);
  request(viewer, 0);
  for (;;) {
    unsigned type = take_u8(viewer);
    switch (type) {
      case 0: update(viewer); break;
      case 1: skip(viewer, 5); skip(viewer, 4 * take_u16(viewer)); break;
      case 2: break;
      case 3: skip(viewer, 3); skip(viewer, take_u32(viewer)); break;
      case 150: if (viewer->continuous == 0) viewer->continuous = 1; break;
      case 248: fence(viewer); break;
      default: fail("server message %u", type);
    }
  }
}
