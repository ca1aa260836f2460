/* Workloads of text that is drawn letter by letter: terminals that scroll, and typing. */
#include "draw.h"
#include <stddef.h>
#include <stdio.h>

/* A window of text that scrolls by copying itself, as a terminal does. */
typedef struct { Window window; Typeface font; int columns, rows; } Terminal;

static Terminal terminal, second;

static const uint32_t colours[] = { 0xd0d0d0, 0xd0d0d0, 0xd0d0d0, 0x5fd75f, 0x87afff, 0xffd75f };
#define BACKGROUND 0x101418

static Terminal open_terminal(int x, int y, int columns, int rows, const char *font_name) {
  Terminal t = { 0, load_font(font_name), columns, rows };
  t.window = open_window(x, y, columns * t.font.width, rows * t.font.height, BACKGROUND);
  return t;
}

static void draw_line(const Terminal *t, int row, uint32_t n) {
  char line[256];
  int length = log_line(n, line, 0, t->columns < 256 ? t->columns : 256);
  XSetFont(display, gc, t->font.font->fid);
  XSetForeground(display, gc, colours[hash(n, 99) % 6]);
  XDrawString(display, t->window, gc, 0, row * t->font.height + t->font.font->ascent, line, length);
}

static void fill_terminal(const Terminal *t) {
  XClearWindow(display, t->window);
  for (int row = 0; row < t->rows; row++) draw_line(t, row, 100000 + row);
}

/* Moves all lines by one, upwards or downwards, and writes a new one in the space. */
static void scroll_line(const Terminal *t, int upwards, uint32_t n) {
  int width = t->columns * t->font.width, line = t->font.height, rest = (t->rows - 1) * line;
  int from = upwards ? line : 0, to = upwards ? 0 : line, free_row = upwards ? t->rows - 1 : 0;
  XCopyArea(display, t->window, t->window, gc, 0, from, width, rest, 0, to);
  XClearArea(display, t->window, 0, free_row * line, width, line, False);
  draw_line(t, free_row, n);
}

static void terminal_create(void) { terminal = open_terminal(300, 120, 120, 50, "9x15"); }
static void terminal_reset(void) { fill_terminal(&terminal); }
static void terminal_frame(int n) { scroll_line(&terminal, 1, (uint32_t)n); }

static void two_create(void) {
  terminal = open_terminal(60, 100, 90, 40, "9x15");
  second = open_terminal(1000, 300, 120, 48, "6x13");
}
static void two_reset(void) { fill_terminal(&terminal); fill_terminal(&second); }
static void two_frame(int n) {
  scroll_line(&terminal, 1, (uint32_t)n);
  scroll_line(&second, 0, 5000 + (uint32_t)n);
}

#define TYPED_ROWS 20 /* of the terminal, at its lower end */

static void typing_reset(void) {
  fill_terminal(&terminal);
  int y = (terminal.rows - TYPED_ROWS) * terminal.font.height;
  XClearArea(display, terminal.window, 0, y, terminal.columns * terminal.font.width, 0, False);
}
static void typing_frame(int n) {
  char line[256];
  int at = (n - 1) % (80 * TYPED_ROWS), column = at % 80, row = terminal.rows - TYPED_ROWS + at / 80;
  int length = log_line(300000 + (uint32_t)at / 80, line, 0, 81), w = terminal.font.width, h = terminal.font.height;
  char letter = column < length && line[column] != ' ' ? line[column] : 'e'; /* each frame shows something */
  XClearArea(display, terminal.window, column * w, row * h, w, h, False);
  XSetFont(display, gc, terminal.font.font->fid);
  XSetForeground(display, gc, 0xd0d0d0);
  XDrawString(display, terminal.window, gc, column * w, row * h + terminal.font.font->ascent, &letter, 1);
  XFillRectangle(display, terminal.window, gc, (column + 1) * w, row * h, w, h); /* the cursor */
}

const Workload text_workloads[] = {
  { "terminal", 20, terminal_create, terminal_reset, terminal_frame },
  { "typing", 10, terminal_create, typing_reset, typing_frame },
  { "two", 20, two_create, two_reset, two_frame },
  { NULL, 0, NULL, NULL, NULL },
};
