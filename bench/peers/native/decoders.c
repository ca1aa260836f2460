/* Raw, CopyRect and ZRLE (RFC 6143 §7.7) for little-endian pixels of 32 bits. A viewer without pixels skips them. */
#include "client.h"
#include <string.h>

void inflate_to(z_stream *stream, const uint8_t *from, size_t count, uint8_t *to, size_t wanted, size_t *given) {
  if (!stream->state && inflateInit(stream) != Z_OK) fail("zlib does not start");
  stream->next_in = (Bytef *)(uintptr_t)from;
  stream->avail_in = (uInt)count;
  stream->next_out = to;
  stream->avail_out = (uInt)wanted;
  int result = inflate(stream, Z_SYNC_FLUSH);
  if (result != Z_OK && result != Z_BUF_ERROR && result != Z_STREAM_END) fail("inflate: %s", stream->msg ? stream->msg : "?");
  *given = wanted - stream->avail_out;
  /* The end of a flushed block may stand behind the last byte that was wanted. */
  if (stream->avail_in > 0) {
    uint8_t more;
    stream->next_out = &more;
    stream->avail_out = 1;
    inflate(stream, Z_SYNC_FLUSH);
    if (stream->avail_in > 0) fail("a rectangle has %u compressed bytes too many", stream->avail_in);
  }
}

void decode_raw(Viewer *viewer, Rect r) {
  if (!viewer->pixels) { skip(viewer, (size_t)r.width * r.height * 4); return; }
  for (int y = r.y; y < r.y + r.height; y++) {
    memcpy(viewer->pixels + (size_t)y * viewer->width + r.x, take(viewer, (size_t)r.width * 4), (size_t)r.width * 4);
  }
}

void decode_copy_rect(Viewer *viewer, Rect r) {
  int x = (int)take_u16(viewer), y = (int)take_u16(viewer);
  if (x + r.width > viewer->width || y + r.height > viewer->height) fail("CopyRect from outside of the screen");
  if (!viewer->pixels) return;
  for (int i = 0; i < r.height; i++) {
    int row = y < r.y ? r.height - 1 - i : i; /* source and target may overlap */
    memmove(viewer->pixels + (size_t)(r.y + row) * viewer->width + r.x,
            viewer->pixels + (size_t)(y + row) * viewer->width + x, (size_t)r.width * 4);
  }
}

/* Where the next bytes of inflated data are. */
typedef struct { const uint8_t *at, *end; } Bytes;

static const uint8_t *next(Bytes *bytes, size_t count) {
  if ((size_t)(bytes->end - bytes->at) < count) fail("ZRLE data end in the middle of a tile");
  const uint8_t *at = bytes->at;
  bytes->at += count;
  return at;
}

static uint32_t next_pixel(Bytes *bytes) {
  const uint8_t *b = next(bytes, 3);
  return (uint32_t)b[2] << 16 | (uint32_t)b[1] << 8 | b[0];
}

static int next_run(Bytes *bytes) {
  int length = 1, more;
  do length += more = *next(bytes, 1); while (more == 255);
  return length;
}

static void zrle_tile(Viewer *viewer, Bytes *bytes, Rect t) {
  uint32_t palette[128], *line = viewer->pixels + (size_t)t.y * viewer->width + t.x;
  int kind = *next(bytes, 1), colours = kind & 127, stride = viewer->width;
  for (int i = 0; i < colours; i++) palette[i] = next_pixel(bytes);
  if (kind == 0) { /* raw */
    for (int y = 0; y < t.height; y++, line += stride) for (int x = 0; x < t.width; x++) line[x] = next_pixel(bytes);
  } else if (kind == 1) { /* one colour */
    for (int y = 0; y < t.height; y++, line += stride) for (int x = 0; x < t.width; x++) line[x] = palette[0];
  } else if (kind <= 16) { /* packed palette */
    int bits = kind == 2 ? 1 : kind <= 4 ? 2 : 4;
    for (int y = 0; y < t.height; y++, line += stride) {
      const uint8_t *row = next(bytes, (size_t)(t.width * bits + 7) / 8);
      for (int x = 0; x < t.width; x++) {
        int at = x * bits;
        line[x] = palette[row[at / 8] >> (8 - bits - at % 8) & ((1 << bits) - 1)];
      }
    }
  } else if (kind >= 128 && kind != 129) { /* runs, of plain pixels or of a palette */
    int x = 0, y = 0, end = t.width * t.height;
    for (int done = 0; done < end;) {
      uint32_t pixel;
      int length = 1;
      if (kind == 128) {
        pixel = next_pixel(bytes);
        length = next_run(bytes);
      } else {
        int index = *next(bytes, 1);
        pixel = palette[index & 127];
        if (index & 128) length = next_run(bytes);
      }
      if (length > end - done) fail("a ZRLE run leaves its tile");
      done += length;
      for (; length > 0; length--) {
        line[(size_t)y * stride + x] = pixel;
        if (++x == t.width) { x = 0; y++; }
      }
    }
  } else {
    fail("ZRLE subencoding %d", kind);
  }
}

void decode_zrle(Viewer *viewer, Rect r) {
  uint32_t length = take_u32(viewer);
  if (!viewer->pixels) { skip(viewer, length); return; }
  const uint8_t *data = take(viewer, length);
  size_t given;
  inflate_to(&viewer->streams[4], data, length, viewer->scratch, (size_t)r.width * r.height * 4 + 65536, &given);
  Bytes bytes = { viewer->scratch, viewer->scratch + given };
  for (int y = 0; y < r.height; y += 64) {
    for (int x = 0; x < r.width; x += 64) {
      Rect tile = { r.x + x, r.y + y, r.width - x < 64 ? r.width - x : 64, r.height - y < 64 ? r.height - y : 64 };
      zrle_tile(viewer, &bytes, tile);
    }
  }
}
