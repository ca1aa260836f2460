/* Tight (rfbproto, "Tight Encoding"), with JPEG by libjpeg. */
#include "client.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <jpeglib.h>

#define LEAST_TO_COMPRESS 12 /* bytes; fewer are sent as they are */

static size_t compact_length(Viewer *viewer) {
  size_t length = 0;
  for (int i = 0; i < 3; i++) {
    unsigned byte = take_u8(viewer);
    length |= (size_t)(i < 2 ? byte & 127 : byte) << 7 * i;
    if (i < 2 && !(byte & 128)) break;
  }
  return length;
}

static uint32_t rgb(const uint8_t *b) { return (uint32_t)b[0] << 16 | (uint32_t)b[1] << 8 | b[2]; }

static void give_up(j_common_ptr codec) {
  char message[JMSG_LENGTH_MAX];
  codec->err->format_message(codec, message);
  fail("JPEG: %s", message);
}

static void decode_jpeg(Viewer *viewer, Rect r) {
  size_t length = compact_length(viewer);
  if (!viewer->pixels) { skip(viewer, length); return; }
  static __thread struct jpeg_error_mgr errors;
  struct jpeg_decompress_struct *jpeg = viewer->jpeg;
  if (!jpeg) {
    viewer->jpeg = jpeg = calloc(1, sizeof *jpeg);
    jpeg->err = jpeg_std_error(&errors);
    errors.error_exit = give_up;
    jpeg_create_decompress(jpeg);
  }
  jpeg_mem_src(jpeg, take(viewer, length), length);
  jpeg_read_header(jpeg, TRUE);
  jpeg->out_color_space = JCS_EXT_BGRX;
  jpeg->dct_method = JDCT_FASTEST;
  jpeg_start_decompress(jpeg);
  if ((int)jpeg->output_width != r.width || (int)jpeg->output_height != r.height) fail("a JPEG of another size");
  while (jpeg->output_scanline < jpeg->output_height) {
    size_t row = (size_t)(r.y + (int)jpeg->output_scanline);
    JSAMPROW line = (JSAMPROW)(viewer->pixels + row * (size_t)viewer->width + r.x);
    jpeg_read_scanlines(jpeg, &line, 1);
  }
  jpeg_finish_decompress(jpeg);
}

static void fill(Viewer *viewer, Rect r) {
  uint32_t colour = rgb(take(viewer, 3));
  if (!viewer->pixels) return;
  for (int y = r.y; y < r.y + r.height; y++) {
    uint32_t *line = viewer->pixels + (size_t)y * viewer->width;
    for (int x = r.x; x < r.x + r.width; x++) line[x] = colour;
  }
}

/* Adds to each sample what its neighbours above and to the left predict. */
static void undo_gradient(uint8_t *data, int width, int height) {
  size_t stride = (size_t)width * 3;
  for (int y = 0; y < height; y++) {
    uint8_t *line = data + (size_t)y * stride, *above = y ? line - stride : NULL;
    for (size_t i = 0; i < stride; i++) {
      int left = i >= 3 ? line[i - 3] : 0, up = above ? above[i] : 0, corner = above && i >= 3 ? above[i - 3] : 0;
      int guess = left + up - corner;
      line[i] = (uint8_t)(line[i] + (guess < 0 ? 0 : guess > 255 ? 255 : guess));
    }
  }
}

static void basic(Viewer *viewer, Rect r, unsigned control) {
  unsigned filter = control & 4 ? take_u8(viewer) : 0;
  int colours = 0;
  uint32_t palette[256];
  size_t row = (size_t)r.width * 3;
  if (filter == 1) {
    colours = (int)take_u8(viewer) + 1;
    const uint8_t *b = take(viewer, (size_t)colours * 3);
    for (int i = 0; i < colours; i++) palette[i] = rgb(b + 3 * i);
    row = colours == 2 ? (size_t)(r.width + 7) / 8 : (size_t)r.width;
  } else if (filter > 2) {
    fail("Tight filter %u", filter);
  }
  size_t count = row * (size_t)r.height;
  uint8_t *data = viewer->scratch;
  if (count < LEAST_TO_COMPRESS) {
    const uint8_t *plain = take(viewer, count);
    if (!viewer->pixels) return;
    memcpy(data, plain, count);
  } else {
    size_t length = compact_length(viewer), given;
    if (!viewer->pixels) { skip(viewer, length); return; }
    inflate_to(&viewer->streams[control & 3], take(viewer, length), length, data, count, &given);
    if (given != count) fail("a Tight rectangle has %zu bytes of %zu", given, count);
  }
  if (filter == 2) undo_gradient(data, r.width, r.height);
  for (int y = 0; y < r.height; y++) {
    uint32_t *line = viewer->pixels + (size_t)(r.y + y) * viewer->width + r.x;
    const uint8_t *from = data + row * (size_t)y;
    if (colours == 2) for (int x = 0; x < r.width; x++) line[x] = palette[from[x / 8] >> (7 - x % 8) & 1];
    else if (colours) for (int x = 0; x < r.width; x++) line[x] = palette[from[x] < colours ? from[x] : 0];
    else for (int x = 0; x < r.width; x++) line[x] = rgb(from + 3 * x);
  }
}

void decode_tight(Viewer *viewer, Rect r) {
  unsigned control = take_u8(viewer);
  for (int i = 0; i < 4; i++) if (control >> i & 1 && viewer->streams[i].state) inflateReset(&viewer->streams[i]);
  control >>= 4;
  if (control == 8) fill(viewer, r);
  else if (control == 9) decode_jpeg(viewer, r);
  else if (control < 8) basic(viewer, r, control);
  else fail("Tight compression control %u", control);
}
