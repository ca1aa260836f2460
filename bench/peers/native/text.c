/* Words, fonts and pages of text. The fonts are the X server's own, as terminals of the old kind use them. */
#include "draw.h"
#include <X11/Xutil.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

Typeface load_font(const char *name) {
  Typeface font = { XLoadQueryFont(display, name), 0, 0 };
  if (!font.font) {
    fprintf(stderr, "the X server has no font \"%s\" (Debian: xfonts-base)\n", name);
    exit(1);
  }
  font.width = font.font->max_bounds.width;
  font.height = font.font->ascent + font.font->descent;
  return font;
}

static const char *const words[] = {
  "build", "server", "the", "window", "of", "frame", "and", "request", "in", "update", "to", "region", "a", "client",
  "screen", "is", "pixel", "with", "colour", "buffer", "for", "encode", "socket", "that", "event", "pointer", "on",
  "memory", "thread", "display", "by", "keyboard", "message", "from", "version", "format", "object", "linked", "not",
  "library", "warning", "after", "section", "table", "which", "between", "result", "value", "has", "network",
};
#define WORDS (sizeof words / sizeof *words)

int log_line(uint32_t n, char *line, int least, int room) {
  int length;
  switch (hash(n, 1) % 4) {
    case 0:
      length = snprintf(line, room, "-rw-r--r-- 1 user group %7u Mar %2u %02u:%02u ", hash(n, 2) % 9999999,
                        hash(n, 3) % 28 + 1, hash(n, 4) % 24, hash(n, 5) % 60);
      break;
    case 1:
      length = snprintf(line, room, "[%4u/2048] Building C object src/%s/%s_%s.c.o ", n % 2048,
                        words[hash(n, 2) % WORDS], words[hash(n, 3) % WORDS], words[hash(n, 4) % WORDS]);
      break;
    case 2:
      length = snprintf(line, room, "%02u:%02u:%02u.%03u INFO  %s: ", hash(n, 2) % 24, hash(n, 3) % 60,
                        hash(n, 4) % 60, hash(n, 5) % 1000, words[hash(n, 6) % WORDS]);
      break;
    default:
      length = snprintf(line, room, "    %s ", words[hash(n, 2) % WORDS]);
  }
  int wanted = least + (int)(hash(n, 7) % (uint32_t)(room - least));
  for (uint32_t i = 8; length < wanted; i++) {
    const char *word = words[hash(n, i) % WORDS];
    if (length + (int)strlen(word) + 2 > room) break;
    length += snprintf(line + length, room - length, "%s ", word);
  }
  return length < room ? length : room - 1;
}

/* Mixes each pixel with its neighbours to the left and right, as letters with soft edges look. */
static void soften(Picture picture) {
  for (int y = 0; y < picture.height; y++) {
    uint32_t *line = picture.pixels + (size_t)y * picture.width, before = line[0];
    for (int x = 1; x + 1 < picture.width; x++) {
      uint32_t a = before, b = line[x], c = line[x + 1], out = 0;
      before = b;
      if (a == b && b == c) continue;
      for (int shift = 0; shift < 24; shift += 8) {
        out |= (((a >> shift & 255) + 2 * (b >> shift & 255) + (c >> shift & 255)) / 4) << shift;
      }
      line[x] = out;
    }
  }
}

Picture text_page(int width, int height, uint32_t seed, int pictures) {
  Pixmap pixmap = XCreatePixmap(display, DefaultRootWindow(display), width, height, 24);
  XSetForeground(display, gc, 0xffffff);
  XFillRectangle(display, pixmap, gc, 0, 0, width, height);
  Typeface body = load_font("9x15"), heading = load_font("12x24");
  int margin = 60, columns = (width - 2 * margin) / body.width, line_height = body.height + 6;
  char line[512];
  struct { int x, y, width, height; } boxes[64];
  int box_count = 0, y = 60, next_picture = 400;
  for (uint32_t n = 0; y < height - 40; n++) {
    uint32_t kind = hash(seed, n) % 24;
    if (kind == 0) { /* a heading */
      y += 30;
      int length = log_line(seed + n, line, 0, width / heading.width / 2);
      XSetFont(display, gc, heading.font->fid);
      XSetForeground(display, gc, 0x1a3c78);
      XDrawString(display, pixmap, gc, margin, y, line, length);
      XFillRectangle(display, pixmap, gc, margin, y + 8, width - 2 * margin, 2);
      y += 40;
    } else if (pictures && y > next_picture && box_count < 64) { /* one for each screenful and more */
      boxes[box_count].width = 360 + (int)(hash(seed, n + 1) % 240);
      boxes[box_count].height = 220 + (int)(hash(seed, n + 2) % 120);
      boxes[box_count].x = margin + (int)(hash(seed, n + 3) % 200);
      boxes[box_count++].y = y;
      y += boxes[box_count - 1].height + 40;
      next_picture = y + 200 + (int)(hash(seed, n + 4) % 300);
    } else {
      int room = columns < 500 ? columns : 500;
      int length = log_line(seed * 31 + n, line, kind < 8 ? 0 : room * 3 / 4, room);
      XSetFont(display, gc, body.font->fid);
      XSetForeground(display, gc, kind == 2 ? 0x9a2020 : 0x202020);
      XDrawString(display, pixmap, gc, margin, y, line, length);
      y += kind == 3 ? 2 * line_height : line_height;
    }
  }
  XImage *image = XGetImage(display, pixmap, 0, 0, width, height, AllPlanes, ZPixmap);
  Picture page = new_picture(width, height);
  for (int row = 0; row < height; row++) {
    const uint32_t *from = (const uint32_t *)(const void *)(image->data + (size_t)row * image->bytes_per_line);
    for (int x = 0; x < width; x++) page.pixels[(size_t)row * width + x] = from[x] & 0xffffff;
  }
  XDestroyImage(image);
  XFreePixmap(display, pixmap);
  soften(page);
  for (int i = 0; i < box_count; i++) {
    if (boxes[i].y + boxes[i].height > height) continue;
    Picture picture = photo(boxes[i].width, boxes[i].height, seed + 77 * (uint32_t)i);
    paste(page, boxes[i].x, boxes[i].y, picture);
    free(picture.pixels);
  }
  return page;
}
