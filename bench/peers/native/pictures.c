/* Pictures that look like photographs to an encoder, and memory that is shared with the X server. */
#include "draw.h"
#include <X11/Xutil.h>
#include <X11/extensions/XShm.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/shm.h>

uint32_t hash(uint32_t a, uint32_t b) {
  uint32_t h = a * 0x9e3779b1u ^ (b + 0x7f4a7c15u) * 0x85ebca77u;
  h ^= h >> 15; h *= 0x2c1b3c6du; h ^= h >> 12; h *= 0x297a2d39u;
  return h ^ h >> 15;
}

Picture new_picture(int width, int height) {
  Picture picture = { width, height, calloc((size_t)width * height, 4) };
  if (!picture.pixels) { fprintf(stderr, "no memory for a picture\n"); exit(1); }
  return picture;
}

/* Adds random values that are `step` pixels apart, and what lies smoothly between them. */
static void add_waves(int16_t *to, int width, int height, int step, int strength, uint32_t seed) {
  int columns = width / step + 2;
  int *above = malloc(sizeof(int) * columns), *below = malloc(sizeof(int) * columns);
  for (int row = 0; row * step < height; row++) {
    for (int c = 0; c < columns; c++) {
      above[c] = (int)(hash(seed + row, c) & 255) - 128;
      below[c] = (int)(hash(seed + row + 1, c) & 255) - 128;
    }
    for (int y = row * step; y < height && y < (row + 1) * step; y++) {
      int v = (y - row * step) * 256 / step;
      int16_t *line = to + (size_t)y * width;
      for (int c = 0; c * step < width; c++) {
        int left = above[c] * (256 - v) + below[c] * v, right = above[c + 1] * (256 - v) + below[c + 1] * v;
        for (int x = c * step; x < width && x < (c + 1) * step; x++) {
          int u = (x - c * step) * 256 / step;
          line[x] += (int16_t)(((left / 256) * (256 - u) + (right / 256) * u) * strength / 65536);
        }
      }
    }
  }
  free(above); free(below);
}

static uint32_t clamp(int value) { return value < 0 ? 0 : value > 255 ? 255 : (uint32_t)value; }

Picture photo(int width, int height, uint32_t seed) {
  size_t count = (size_t)width * height;
  int16_t *light = calloc(count, 2), *hue = calloc(count, 2);
  static const int steps[] = { 256, 96, 40, 16, 6 }, strengths[] = { 230, 150, 80, 40, 18 };
  for (int i = 0; i < 5; i++) add_waves(light, width, height, steps[i], strengths[i], seed + 1000 * (i + 1));
  for (int i = 0; i < 2; i++) add_waves(hue, width, height, steps[i], 180, seed + 9000 + 1000 * i);
  Picture picture = new_picture(width, height);
  for (size_t i = 0; i < count; i++) {
    int grain = (int)(hash(seed, (uint32_t)i) & 7) - 3;
    int l = 120 + light[i] + (light[i] > 30 ? 50 : 0) + grain; /* the step makes edges, as objects have */
    int h = hue[i];
    picture.pixels[i] = clamp(l + h / 2) << 16 | clamp(l - abs(h) / 4) << 8 | clamp(l - h / 2);
  }
  free(light); free(hue);
  return picture;
}

void blend(Picture to, Picture a, int ax, int ay, Picture b, int bx, int by) {
  for (int y = 0; y < to.height; y++) {
    const uint32_t *p = a.pixels + (size_t)(ay + y) * a.width + ax, *q = b.pixels + (size_t)(by + y) * b.width + bx;
    uint32_t *out = to.pixels + (size_t)y * to.width;
    for (int x = 0; x < to.width; x++) out[x] = (p[x] & q[x]) + (((p[x] ^ q[x]) >> 1) & 0x7f7f7f7f);
  }
}

void paste(Picture to, int x, int y, Picture from) {
  for (int row = 0; row < from.height && y + row < to.height; row++) {
    memcpy(to.pixels + (size_t)(y + row) * to.width + x, from.pixels + (size_t)row * from.width, (size_t)from.width * 4);
  }
}

Pixmap pixmap_of(Picture picture) {
  Pixmap pixmap = XCreatePixmap(display, DefaultRootWindow(display), picture.width, picture.height, 24);
  XImage *image = XCreateImage(display, DefaultVisual(display, DefaultScreen(display)), 24, ZPixmap, 0,
                               (char *)picture.pixels, picture.width, picture.height, 32, 0);
  XPutImage(display, pixmap, gc, image, 0, 0, 0, 0, picture.width, picture.height);
  image->data = NULL; /* it stays the caller's */
  XDestroyImage(image);
  return pixmap;
}

Shared share(int width, int height) {
  XShmSegmentInfo *segment = calloc(1, sizeof *segment);
  Shared shared;
  shared.image = XShmCreateImage(display, DefaultVisual(display, DefaultScreen(display)), 24, ZPixmap, NULL, segment,
                                 width, height);
  segment->shmid = shmget(IPC_PRIVATE, (size_t)shared.image->bytes_per_line * height, IPC_CREAT | 0600);
  segment->shmaddr = shared.image->data = shmat(segment->shmid, NULL, 0);
  segment->readOnly = True;
  if (segment->shmaddr == (char *)-1 || !XShmAttach(display, segment)) {
    fprintf(stderr, "no shared memory with the X server\n");
    exit(1);
  }
  XSync(display, False);
  shmctl(segment->shmid, IPC_RMID, NULL); /* goes with the last of the two processes */
  shared.all = (Picture){ width, height, (uint32_t *)(void *)shared.image->data };
  return shared;
}

void put(Shared from, int sx, int sy, Window to, int x, int y, int width, int height) {
  XShmPutImage(display, to, gc, from.image, sx, sy, x, y, width, height, False);
}
