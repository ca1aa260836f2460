/*
 * Draws one kind of work on an X display, frame by frame, each with a marker that holds its number.
 *
 *   draw WORKLOAD [keys] [area=PERCENT]
 *
 * It reads commands on standard input and answers each with a line when the X server has done it:
 *
 *   reset        the picture before frame 1; forgets the log                        → "ready"
 *   run FRAMES [RATE]  draws frames 1 … FRAMES at the workload's rate, or this one  → "drawn FRAMES"
 *   hash         → "hash HEX" of all pixels of the screen
 *   stop         ends a run early, as any line does
 *   log          → "log COUNT", and COUNT lines "NUMBER QUEUED DONE": the times in ns of CLOCK_MONOTONIC when a frame
 *                was given to the X server (marker last, in the same flush), and when that had drawn it
 *
 * With "keys" a small window holds the keyboard's focus and shows, by a marker of its own, how many keys were pressed.
 * When the X server falls behind, frames are drawn later, never left out.
 */
#define _GNU_SOURCE
#include "common.h"
#include "draw.h"
#include <X11/Xutil.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

Display *display;
GC gc;
int screen_width, screen_height, area_percent = 10;

static Window frame_marker, key_marker;
static int keys_pressed;
typedef struct { int64_t queued, done; } Frame;
static Frame *frame_log;
static int frame_count;

Window open_window(int x, int y, int width, int height, uint32_t background) {
  XSetWindowAttributes attributes = { .override_redirect = True, .background_pixel = background };
  Window window = XCreateWindow(display, DefaultRootWindow(display), x, y, width, height, 0, CopyFromParent, InputOutput,
                                CopyFromParent, CWOverrideRedirect | CWBackPixel, &attributes);
  XMapWindow(display, window);
  return window;
}

static void show(Window marker, int number) {
  XSetForeground(display, gc, marker_colour(number));
  XFillRectangle(display, marker, gc, 0, 0, MARKER_SIZE, MARKER_SIZE);
}

static void answer_keys(void) {
  while (XPending(display)) {
    XEvent event;
    XNextEvent(display, &event);
    if (event.type == KeyPress) { show(key_marker, ++keys_pressed); XFlush(display); }
  }
}

/* Waits until `deadline`, and answers keys meanwhile. */
static void wait_until(int64_t deadline) {
  for (;;) {
    if (key_marker) answer_keys();
    int64_t left = deadline - now_ns();
    if (left <= 0) return;
    struct timespec time = { left / 1000000000, left % 1000000000 };
    struct pollfd x = { ConnectionNumber(display), POLLIN, 0 };
    ppoll(&x, key_marker ? 1 : 0, &time, NULL);
  }
}

static void reset(const Workload *workload) {
  workload->reset();
  XRaiseWindow(display, frame_marker);
  show(frame_marker, 0);
  if (key_marker) { XRaiseWindow(display, key_marker); show(key_marker, keys_pressed = 0); }
  XSync(display, False);
  frame_count = 0;
}

/* Waits for a command, and answers keys meanwhile. Returns whether there is one. */
static int next_command(char *line, int room) {
  while (key_marker) {
    answer_keys();
    struct pollfd inputs[] = { { 0, POLLIN, 0 }, { ConnectionNumber(display), POLLIN, 0 } };
    poll(inputs, 2, -1);
    if (inputs[0].revents) break;
  }
  return fgets(line, room, stdin) != NULL;
}

/* Whether a line has come in while frames are drawn. */
static int told_to_stop(void) {
  struct pollfd input = { 0, POLLIN, 0 };
  return poll(&input, 1, 0) != 0;
}

static void run(const Workload *workload, int frames, int rate) {
  frame_log = realloc(frame_log, sizeof *frame_log * ((size_t)frame_count + (size_t)frames + 1));
  int64_t period = 1000000000 / rate, next = now_ns() + period;
  for (int i = 0; i < frames && !told_to_stop(); i++) {
    wait_until(next);
    workload->frame(++frame_count);
    show(frame_marker, frame_count);
    frame_log[frame_count].queued = now_ns();
    XSync(display, False);
    int64_t now = frame_log[frame_count].done = now_ns();
    next = next + period > now ? next + period : now;
  }
}

static uint64_t hash_screen(void) {
  XImage *image = XGetImage(display, DefaultRootWindow(display), 0, 0, screen_width, screen_height, AllPlanes, ZPixmap);
  uint64_t hash = HASH_START;
  for (int y = 0; y < screen_height; y++) {
    hash = hash_pixels(hash, (const uint32_t *)(const void *)(image->data + (size_t)y * image->bytes_per_line), screen_width);
  }
  XDestroyImage(image);
  return hash;
}

static const Workload *find(const Workload *list, const char *name) {
  for (; list->name; list++) if (strcmp(list->name, name) == 0) return list;
  return NULL;
}

int main(int count, char **arguments) {
  const Workload *workload = count < 2 ? NULL : find(text_workloads, arguments[1]);
  if (count >= 2 && !workload) workload = find(picture_workloads, arguments[1]);
  if (!workload) { fprintf(stderr, "usage: draw WORKLOAD [keys] [area=PERCENT]\n"); return 2; }
  int keys = 0;
  for (int i = 2; i < count; i++) {
    if (strcmp(arguments[i], "keys") == 0) keys = 1;
    else if (sscanf(arguments[i], "area=%d", &area_percent) != 1) return 2;
  }
  display = XOpenDisplay(NULL);
  if (!display) { fprintf(stderr, "no display\n"); return 1; }
  screen_width = DisplayWidth(display, DefaultScreen(display));
  screen_height = DisplayHeight(display, DefaultScreen(display));
  if (DefaultDepth(display, DefaultScreen(display)) != 24) { fprintf(stderr, "the depth is not 24\n"); return 1; }
  Window root = DefaultRootWindow(display);
  gc = XCreateGC(display, root, 0, NULL);
  XSetGraphicsExposures(display, gc, False);
  XSetWindowBackground(display, root, 0x36506b);
  XClearWindow(display, root);
  workload->create();
  frame_marker = open_window(FRAME_MARKER_X, MARKER_Y, MARKER_SIZE, MARKER_SIZE, 0);
  if (keys) {
    key_marker = open_window(KEY_MARKER_X, MARKER_Y, MARKER_SIZE, MARKER_SIZE, 0);
    XSelectInput(display, key_marker, KeyPressMask);
    XSync(display, False);
    XSetInputFocus(display, key_marker, RevertToParent, CurrentTime);
  }
  reset(workload);
  setvbuf(stdout, NULL, _IOFBF, 1 << 16);
  setvbuf(stdin, NULL, _IONBF, 0); /* what has come in shows in poll() */
  char line[128];
  while (next_command(line, sizeof line)) {
    int frames, rate = workload->rate;
    if (strncmp(line, "reset", 5) == 0) {
      reset(workload);
      printf("ready\n");
    } else if (sscanf(line, "run %d %d", &frames, &rate) >= 1) {
      run(workload, frames, rate);
      printf("drawn %d\n", frame_count);
    } else if (strncmp(line, "stop", 4) == 0) {
      continue;
    } else if (strncmp(line, "hash", 4) == 0) {
      printf("hash %016llx\n", (unsigned long long)hash_screen());
    } else if (strncmp(line, "log", 3) == 0) {
      printf("log %d\n", frame_count);
      for (int i = 1; i <= frame_count; i++) {
        printf("%d %lld %lld\n", i, (long long)frame_log[i].queued, (long long)frame_log[i].done);
      }
    } else {
      printf("? %s", line);
    }
    fflush(stdout);
  }
  return 0;
}
