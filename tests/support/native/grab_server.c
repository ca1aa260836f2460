/*
 * Grabs the X server for so many milliseconds as each line of its input says; prints "grabbed" and "let go".
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <X11/Xlib.h>

int main(void) {
  char line[64];
  Display *display = XOpenDisplay(NULL);
  if (!display) return 1;
  setvbuf(stdout, NULL, _IOLBF, 0);
  while (fgets(line, sizeof line, stdin)) {
    long ms = atol(line);
    struct timespec pause = {ms / 1000, ms % 1000 * 1000000L};
    XGrabServer(display);
    XSync(display, False);
    puts("grabbed");
    nanosleep(&pause, NULL);
    XUngrabServer(display);
    XSync(display, False);
    puts("let go");
  }
  XCloseDisplay(display);
  return 0;
}
