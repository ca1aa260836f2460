/*
 * Draws on an X display what it is told to on standard input, one command a line, and answers "ok" when the X server has
 * done it. Everything is a function of the commands: the same commands make the same picture.
 *
 *   window ID X Y W H COLOUR     a window without decoration, filled with a colour
 *   close ID
 *   move ID X Y                  drags it there; what is laid bare keeps its owner's background
 *   resize ID W H
 *   raise ID
 *   fill ID X Y W H COLOUR
 *   text ID X Y COLOUR WORDS     baseline of the first letter
 *   scroll ID X Y W H DX DY      moves a part of a window within itself, as a terminal does
 *   rects ID N SEED              filled rectangles of random place, size and colour
 *   storm ID X Y W H RATE MS SEED  so many tiny rectangles a second, each a request of its own, for so long
 *   noise ID X Y W H SEED        every pixel another colour
 *   gradient ID X Y W H          red to the right, green downwards
 *   cursor ID SHAPE              a glyph of the cursor font; -1 is a cursor without a single pixel
 *   warp X Y                     the pointer
 *   size                         prints the size of the screen: "W H"
 *   grab                         prints the size, a newline, and the screen as red, green, blue bytes
 *
 * ID is 0 … 63; -1 is the root window. COLOUR is hexadecimal, RRGGBB.
 */
#include <X11/Xlib.h>
#include <X11/Xutil.h>
#include <X11/cursorfont.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define WINDOWS 64

static Display *display;
static Window windows[WINDOWS];
static GC gc;
static uint32_t state;

static uint32_t next_random(void) { /* xorshift: the same everywhere */
  state ^= state << 13;
  state ^= state >> 17;
  state ^= state << 5;
  return state;
}

static void seed(unsigned value) { state = value * 2654435761u + 0x9e3779b9u; if (state == 0) state = 1; }

static Window window_of(int id) {
  if (id == -1) return DefaultRootWindow(display);
  if (id < 0 || id >= WINDOWS || windows[id] == 0) { fprintf(stderr, "no window %d\n", id); exit(2); }
  return windows[id];
}

/* The pixel value of a colour, for TrueColor and PseudoColor visuals alike. */
static unsigned long pixel_of(unsigned rgb) {
  static unsigned last_rgb; static unsigned long last_pixel; static int known;
  if (known && last_rgb == rgb) return last_pixel;
  XColor colour = { .red = (rgb >> 16 & 255) * 257, .green = (rgb >> 8 & 255) * 257, .blue = (rgb & 255) * 257 };
  if (DefaultDepth(display, DefaultScreen(display)) == 24) colour.pixel = rgb;
  else XAllocColor(display, DefaultColormap(display, DefaultScreen(display)), &colour);
  known = 1; last_rgb = rgb; last_pixel = colour.pixel;
  return colour.pixel;
}

static void set_colour(unsigned rgb) { XSetForeground(display, gc, pixel_of(rgb)); }

static void put_pixels(Window window, int x, int y, int width, int height, unsigned (*colour)(int, int, int, int)) {
  int screen = DefaultScreen(display);
  XImage *image = XCreateImage(display, DefaultVisual(display, screen), DefaultDepth(display, screen), ZPixmap, 0, NULL,
                               width, height, 32, 0);
  image->data = calloc(height, image->bytes_per_line);
  for (int row = 0; row < height; row++)
    for (int column = 0; column < width; column++)
      XPutPixel(image, column, row, pixel_of(colour(column, row, width, height)));
  XPutImage(display, window, gc, image, 0, 0, x, y, width, height);
  XDestroyImage(image);
}

static unsigned noise_colour(int x, int y, int w, int h) { (void)x; (void)y; (void)w; (void)h; return next_random() & 0xffffff; }

static unsigned gradient_colour(int x, int y, int w, int h) {
  return (unsigned)(x * 255 / (w > 1 ? w - 1 : 1)) << 16 | (unsigned)(y * 255 / (h > 1 ? h - 1 : 1)) << 8 |
         (unsigned)((x + y) & 255);
}

static int shift_of(unsigned long mask) { int shift = 0; while (mask && !(mask & 1)) { mask >>= 1; shift++; } return shift; }

/* One channel of a pixel as eight bits, rounded. */
static unsigned channel(unsigned long pixel, unsigned long mask) {
  if (mask == 0) return 0;
  unsigned long max = mask >> shift_of(mask), value = (pixel & mask) >> shift_of(mask);
  return (unsigned)((value * 255 + max / 2) / max);
}

static void screen_size(unsigned *width, unsigned *height) {
  Window root; int x, y; unsigned border, depth;
  XGetGeometry(display, DefaultRootWindow(display), &root, &x, &y, width, height, &border, &depth);
}

static void grab(void) {
  unsigned width, height;
  XGrabServer(display); /* the size must not change in between */
  screen_size(&width, &height);
  XImage *image = XGetImage(display, DefaultRootWindow(display), 0, 0, width, height, AllPlanes, ZPixmap);
  XUngrabServer(display);
  XSync(display, False); /* now, and not when the reader of our output has made room */
  if (!image) { fprintf(stderr, "XGetImage failed\n"); exit(3); }
  int screen = DefaultScreen(display);
  Visual *visual = DefaultVisual(display, screen);
  XColor map[256];
  int mapped = visual->class == PseudoColor || visual->class == GrayScale || visual->class == StaticGray;
  if (mapped) {
    int count = visual->map_entries < 256 ? visual->map_entries : 256;
    for (int i = 0; i < count; i++) map[i].pixel = i;
    XQueryColors(display, DefaultColormap(display, screen), map, count);
  }
  unsigned char *rgb = malloc((size_t)width * height * 3), *at = rgb;
  for (unsigned y = 0; y < height; y++)
    for (unsigned x = 0; x < width; x++) {
      unsigned long pixel = XGetPixel(image, x, y);
      if (mapped) {
        *at++ = map[pixel & 255].red >> 8; *at++ = map[pixel & 255].green >> 8; *at++ = map[pixel & 255].blue >> 8;
      } else {
        *at++ = channel(pixel, visual->red_mask); *at++ = channel(pixel, visual->green_mask);
        *at++ = channel(pixel, visual->blue_mask);
      }
    }
  printf("%u %u\n", width, height);
  fwrite(rgb, 3, (size_t)width * height, stdout);
  free(rgb);
  XDestroyImage(image);
}

static void create(int id, int x, int y, int w, int h, unsigned rgb) {
  if (id < 0 || id >= WINDOWS || windows[id]) { fprintf(stderr, "window %d is taken\n", id); exit(2); }
  XSetWindowAttributes attributes = { .override_redirect = True, .background_pixel = pixel_of(rgb),
                                      .backing_store = Always };
  windows[id] = XCreateWindow(display, DefaultRootWindow(display), x, y, w, h, 0, CopyFromParent, InputOutput,
                              CopyFromParent, CWOverrideRedirect | CWBackPixel | CWBackingStore, &attributes);
  XMapRaised(display, windows[id]);
}

static Cursor blank_cursor(void) {
  static const char nothing[1] = { 0 };
  XColor black = { 0 };
  Pixmap bitmap = XCreateBitmapFromData(display, DefaultRootWindow(display), nothing, 1, 1);
  Cursor cursor = XCreatePixmapCursor(display, bitmap, bitmap, &black, &black, 0, 0);
  XFreePixmap(display, bitmap);
  return cursor;
}

static double milliseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

static void storm(Window window, int x, int y, int w, int h, int per_second, int ms) {
  double start = milliseconds(), passed = 0;
  for (long drawn = 0; passed < ms; passed = milliseconds() - start) {
    for (; drawn < passed * per_second / 1e3; drawn++) {
      set_colour(next_random() & 0xffffff); /* another colour: Xlib would make one request of several rectangles */
      XFillRectangle(display, window, gc, x + next_random() % w, y + next_random() % h, 2, 2);
    }
    XSync(display, True); /* a slow server gets no queue */
    nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
  }
}

static int run(char *line) {
  char command[16], words[1024];
  int id, x, y, w, h, dx, dy, n, rate, ms;
  unsigned rgb;
  if (sscanf(line, "%15s", command) != 1) return 1;
  char *rest = line + strlen(command);
#define IS(name, count, ...) (!strcmp(command, name) && sscanf(rest, __VA_ARGS__) == count)
  if (IS("window", 6, "%d %d %d %d %d %x", &id, &x, &y, &w, &h, &rgb)) create(id, x, y, w, h, rgb);
  else if (IS("close", 1, "%d", &id)) { XDestroyWindow(display, window_of(id)); windows[id] = 0; }
  else if (IS("move", 3, "%d %d %d", &id, &x, &y)) XMoveWindow(display, window_of(id), x, y);
  else if (IS("resize", 3, "%d %d %d", &id, &w, &h)) XResizeWindow(display, window_of(id), w, h);
  else if (IS("raise", 1, "%d", &id)) XRaiseWindow(display, window_of(id));
  else if (IS("fill", 6, "%d %d %d %d %d %x", &id, &x, &y, &w, &h, &rgb)) {
    set_colour(rgb);
    XFillRectangle(display, window_of(id), gc, x, y, w, h);
  } else if (IS("text", 5, "%d %d %d %x %1023[^\n]", &id, &x, &y, &rgb, words)) {
    set_colour(rgb);
    XDrawString(display, window_of(id), gc, x, y, words, strlen(words));
  } else if (IS("scroll", 7, "%d %d %d %d %d %d %d", &id, &x, &y, &w, &h, &dx, &dy)) {
    XCopyArea(display, window_of(id), window_of(id), gc, x + (dx < 0 ? -dx : 0), y + (dy < 0 ? -dy : 0), w - abs(dx),
              h - abs(dy), x + (dx > 0 ? dx : 0), y + (dy > 0 ? dy : 0));
  } else if (IS("rects", 3, "%d %d %d", &id, &n, &w)) {
    Window root; int ox, oy; unsigned width, height, border, depth;
    XGetGeometry(display, window_of(id), &root, &ox, &oy, &width, &height, &border, &depth);
    seed(w);
    for (int i = 0; i < n; i++) {
      int left = next_random() % width, top = next_random() % height;
      int across = next_random() % 90 + 1, down = next_random() % 60 + 1;
      set_colour(next_random() & 0xffffff);
      XFillRectangle(display, window_of(id), gc, left, top, across, down);
    }
  } else if (IS("storm", 8, "%d %d %d %d %d %d %d %d", &id, &x, &y, &w, &h, &rate, &ms, &n)) {
    seed(n);
    storm(window_of(id), x, y, w, h, rate, ms);
  } else if (IS("noise", 6, "%d %d %d %d %d %d", &id, &x, &y, &w, &h, &n)) {
    seed(n);
    put_pixels(window_of(id), x, y, w, h, noise_colour);
  } else if (IS("gradient", 5, "%d %d %d %d %d", &id, &x, &y, &w, &h))
    put_pixels(window_of(id), x, y, w, h, gradient_colour);
  else if (IS("cursor", 2, "%d %d", &id, &n)) {
    Cursor cursor = n < 0 ? blank_cursor() : XCreateFontCursor(display, n);
    XDefineCursor(display, window_of(id), cursor);
    XFreeCursor(display, cursor);
  } else if (IS("warp", 2, "%d %d", &x, &y)) XWarpPointer(display, None, DefaultRootWindow(display), 0, 0, 0, 0, x, y);
  else if (!strcmp(command, "grab")) grab();
  else if (!strcmp(command, "size")) {
    unsigned width, height;
    screen_size(&width, &height);
    printf("%u %u\n", width, height);
  } else return 0;
  return 1;
}

int main(void) {
  char line[1200];
  display = XOpenDisplay(NULL);
  if (!display) { fprintf(stderr, "cannot open the display\n"); return 1; }
  gc = XCreateGC(display, DefaultRootWindow(display), 0, NULL);
  XSetGraphicsExposures(display, gc, False);
  while (fgets(line, sizeof line, stdin)) {
    if (!run(line)) { fprintf(stderr, "not a command: %s", line); return 2; }
    XSync(display, True); /* events are of no interest */
    puts("ok");
    fflush(stdout);
  }
  XCloseDisplay(display);
  return 0;
}
