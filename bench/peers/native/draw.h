/* What the parts of the drawing program share: the display, windows, pictures, text. */
#ifndef BENCH_DRAW_H
#define BENCH_DRAW_H
#include <X11/Xlib.h>
#include <stdint.h>

/* A kind of drawing. Frame n is the same each time it is drawn after a reset. */
typedef struct {
  const char *name;
  int rate;                /* frames a second; 0 is a picture that stands still */
  void (*create)(void);    /* makes windows and pictures; once */
  void (*reset)(void);     /* draws the picture before frame 1 */
  void (*frame)(int n);    /* queues the drawing of frame n, from 1 */
} Workload;

/* draw.c */
extern Display *display;
extern GC gc;
extern int screen_width, screen_height;
extern int area_percent;  /* for the workload "area": how much of the screen changes */
Window open_window(int x, int y, int width, int height, uint32_t background);

/* random.c: numbers that depend on their arguments alone */
uint32_t hash(uint32_t a, uint32_t b);

/* pictures.c: pixels are 0x00RRGGBB */
typedef struct { int width, height; uint32_t *pixels; } Picture;
Picture new_picture(int width, int height);
Picture photo(int width, int height, uint32_t seed);            /* soft shapes, edges, grain */
void blend(Picture to, Picture a, int ax, int ay, Picture b, int bx, int by); /* the mean of two views */
void paste(Picture to, int x, int y, Picture from);
Pixmap pixmap_of(Picture picture);

/* A strip of pictures in memory that the X server shares. */
typedef struct { Picture all; XImage *image; } Shared;
Shared share(int width, int height);
void put(Shared from, int sx, int sy, Window to, int x, int y, int width, int height);

/* text.c */
typedef struct { XFontStruct *font; int width, height; } Typeface;
Typeface load_font(const char *name);
int log_line(uint32_t n, char *line, int least, int room);      /* words as programs print them; its length */
Picture text_page(int width, int height, uint32_t seed, int pictures); /* a document, with soft-edged letters */

extern const Workload text_workloads[], picture_workloads[];    /* end with a null name */
#endif
