/* Workloads of pictures: windows that are dragged, video, pages that are painted again at another place. */
#include "draw.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static Window window;
static Shared strip;   /* frames of a video, one below the other; or one long page */
static int view_width, view_height, frames, header;

/* There and back again, for n from 0: 0 … last … 0. */
static int to_and_fro(int n, int last) {
  int at = n % (2 * last);
  return at <= last ? at : 2 * last - at;
}

/* ---- a window with a photograph, dragged over others ---- */

static void drag_create(void) {
  Window below = open_window(700, 250, 700, 600, 0xf4f4f0);
  Picture page = text_page(700, 600, 12, 0);
  XSetWindowBackgroundPixmap(display, below, pixmap_of(page));
  XClearWindow(display, below);
  free(page.pixels);
  window = open_window(100, 100, 640, 480, 0);
  Picture picture = photo(640, 480, 5);
  XSetWindowBackgroundPixmap(display, window, pixmap_of(picture));
  free(picture.pixels);
}
static void drag_frame(int n) {
  double t = n / 30.0; /* some ten to twenty pixels from frame to frame, in both directions */
  XMoveWindow(display, window, 640 + (int)(540 * sin(t * 0.9)), 300 + (int)(230 * sin(t * 1.3 + 1)));
}
static void drag_reset(void) { drag_frame(0); XClearWindow(display, window); }

/* ---- video: two photographs that move through each other, so that no part is a copy of another ---- */

static void film(int width, int height, int count) {
  view_width = width; view_height = height; frames = count;
  strip = share(width, height * count);
  Picture a = photo(width + 3 * count, height + count, 21), b = photo(width + 2 * count, height + 2 * count, 22);
  for (int i = 0; i < count; i++) {
    Picture frame = { width, height, strip.all.pixels + (size_t)i * width * height };
    blend(frame, a, 3 * i, i, b, 2 * (count - i), 2 * i);
  }
  free(a.pixels); free(b.pixels);
}
static void film_frame(int n) {
  put(strip, 0, to_and_fro(n, frames - 1) * view_height, window, 0, 0, view_width, view_height);
}
static void film_reset(void) { film_frame(0); }

static void video_create(void) { film(960, 540, 24); window = open_window(480, 270, 960, 540, 0); }
static void full_video_create(void) {
  film(screen_width, screen_height, 10);
  window = open_window(0, 0, screen_width, screen_height, 0);
}
static void area_create(void) { /* the middle of the screen, in the screen's proportions */
  double side = sqrt(area_percent / 100.0);
  int width = (int)(screen_width * side) & ~1, height = (int)(screen_height * side) & ~1;
  film(width, height, 10);
  window = open_window((screen_width - width) / 2, (screen_height - height) / 2, width, height, 0);
}

/* ---- full repaint: slides with soft colours and flat shapes, a new one each frame ---- */

static void repaint_create(void) {
  view_width = screen_width; view_height = screen_height; frames = 8;
  strip = share(view_width, view_height * frames);
  for (int i = 0; i < frames; i++) {
    uint32_t *out = strip.all.pixels + (size_t)i * view_width * view_height;
    for (int y = 0; y < view_height; y++) {
      int green = (int)(90 + 80 * sin(y / 260.0 + i));
      for (int x = 0; x < view_width; x++) {
        int red = 60 + (x + 40 * i) % 2048 / 16, blue = 80 + (x + y + 90 * i) % 4096 / 32;
        out[(size_t)y * view_width + x] = (uint32_t)(red << 16 | green << 8 | blue);
      }
    }
    for (uint32_t shape = 0; shape < 6; shape++) {
      uint32_t at = (uint32_t)i * 100 + shape;
      int x = (int)(hash(at, 1) % (uint32_t)(view_width - 400)), y = (int)(hash(at, 2) % (uint32_t)(view_height - 300));
      int width = 100 + (int)(hash(at, 3) % 300), height = 80 + (int)(hash(at, 4) % 220);
      for (int row = y; row < y + height; row++) {
        for (int column = x; column < x + width; column++) {
          out[(size_t)row * view_width + column] = hash(at, 5) & 0xffffff;
        }
      }
    }
  }
  window = open_window(0, 0, view_width, view_height, 0);
}

/* ---- pages that are painted again at another place, not copied ---- */

static void long_page(int width, int height, uint32_t seed, int pictures) {
  strip = share(width, height);
  Picture page = text_page(width, height, seed, pictures);
  paste(strip.all, 0, 0, page);
  free(page.pixels);
}

/* How far a hand has scrolled after n steps of `step` pixels on the average. */
static int scrolled(int n, int step, int last) {
  int distance = n * step + (int)(hash((uint32_t)n, 3) % (uint32_t)(step / 2 + 1));
  return to_and_fro(distance, last);
}

static void office_create(void) {
  view_width = 1200; view_height = 900;
  long_page(view_width, 6000, 31, 1);
  window = open_window(360, 90, view_width, view_height, 0xffffff);
}
static void office_frame(int n) { put(strip, 0, scrolled(n, 48, 5100), window, 0, 0, view_width, view_height); }
static void office_reset(void) { office_frame(0); }

static void browser_create(void) {
  view_width = 1400; view_height = 960; header = 96;
  long_page(view_width, 6000, 47, 1);
  /* The header: tabs, a row of buttons, an address, flat as they are. It lies on top of the strip. */
  for (int y = 0; y < header; y++) {
    for (int x = 0; x < view_width; x++) {
      uint32_t colour = y < 40 ? (x / 220 == 1 ? 0xfafafa : 0xd7dbe2) : 0xfafafa;
      if (y > 52 && y < 84 && x > 180 && x < 1200) colour = 0xe9ebef;
      if (y > 54 && y < 82 && x < 170 && x % 54 > 12 && x % 54 < 40) colour = 0x5a6472;
      if (y == header - 1) colour = 0xb0b4ba;
      strip.all.pixels[(size_t)y * view_width + x] = colour;
    }
  }
  window = open_window(260, 60, view_width, view_height, 0xffffff);
}
static void browser_frame(int n) { /* the whole window is painted, the header with it */
  put(strip, 0, 0, window, 0, 0, view_width, header);
  put(strip, 0, header + scrolled(n, 40, 4900), window, 0, header, view_width, view_height - header);
}
static void browser_reset(void) { browser_frame(0); }

static void sideways_create(void) {
  view_width = 1200; view_height = 760;
  strip = share(4000, view_height);
  for (int i = 0; i < 4; i++) {
    Picture page = text_page(1000, view_height, 60 + (uint32_t)i, 0);
    paste(strip.all, 1000 * i, 0, page);
    free(page.pixels);
  }
  window = open_window(300, 150, view_width, view_height, 0xffffff);
}
static void sideways_frame(int n) { put(strip, scrolled(n, 24, 2800), 0, window, 0, 0, view_width, view_height); }
static void sideways_reset(void) { sideways_frame(0); }

/* ---- a desktop that stands still: a page, a photograph, and the wallpaper ---- */

static void still_frame(int n) { (void)n; }
static void still_reset(void) { office_frame(0); XRaiseWindow(display, window); }
static void idle_create(void) {
  drag_create();
  XMoveWindow(display, window, 1260, 580);
  XClearWindow(display, window);
  office_create();
  XMoveWindow(display, window, 60, 60);
}

const Workload picture_workloads[] = {
  { "drag", 30, drag_create, drag_reset, drag_frame },
  { "video", 30, video_create, film_reset, film_frame },
  { "fullvideo", 30, full_video_create, film_reset, film_frame },
  { "area", 20, area_create, film_reset, film_frame },
  { "repaint", 60, repaint_create, film_reset, film_frame },
  { "office", 15, office_create, office_reset, office_frame },
  { "browser", 30, browser_create, browser_reset, browser_frame },
  { "sideways", 20, sideways_create, sideways_reset, sideways_frame },
  { "idle", 0, idle_create, still_reset, still_frame },
  { NULL, 0, NULL, NULL, NULL },
};
