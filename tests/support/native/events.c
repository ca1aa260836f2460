/*
 * An invisible window over the whole screen that takes all input and says what arrives, a line each, on standard output:
 *
 *   ready
 *   key KEYSYM-NAME HEX down|up STATE TEXT     STATE is the modifier mask in hex, TEXT what XLookupString makes, in hex
 *   button N down|up X Y STATE
 *   motion X Y STATE
 *
 * It ends when its standard input does.
 */
#include <X11/Xlib.h>
#include <X11/Xutil.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

static void say_key(XKeyEvent *event) {
  char text[32];
  KeySym keysym;
  int length = XLookupString(event, text, sizeof text, &keysym, NULL);
  const char *name = XKeysymToString(keysym);
  printf("key %s %lx %s %x ", name ? name : "?", keysym, event->type == KeyPress ? "down" : "up", event->state);
  for (int i = 0; i < length; i++) printf("%02x", (unsigned char)text[i]);
  puts("");
}

int main(void) {
  Display *display = XOpenDisplay(NULL);
  if (!display) { fprintf(stderr, "cannot open the display\n"); return 1; }
  int screen = DefaultScreen(display);
  XSetWindowAttributes attributes = {
    .override_redirect = True,
    .event_mask = KeyPressMask | KeyReleaseMask | ButtonPressMask | ButtonReleaseMask | PointerMotionMask |
                  StructureNotifyMask,
  };
  Window window = XCreateWindow(display, DefaultRootWindow(display), 0, 0, DisplayWidth(display, screen),
                                DisplayHeight(display, screen), 0, 0, InputOnly, CopyFromParent,
                                CWOverrideRedirect | CWEventMask, &attributes);
  XMapRaised(display, window);
  XEvent event;
  do XNextEvent(display, &event);
  while (event.type != MapNotify);
  XSetInputFocus(display, window, RevertToParent, CurrentTime);
  XSync(display, False);
  puts("ready");
  fflush(stdout);
  struct pollfd files[2] = { { .fd = ConnectionNumber(display), .events = POLLIN }, { .fd = 0, .events = POLLIN } };
  for (;;) {
    while (XPending(display) > 0) {
      XNextEvent(display, &event);
      switch (event.type) {
        case KeyPress: case KeyRelease: say_key(&event.xkey); break;
        case ButtonPress: case ButtonRelease:
          printf("button %u %s %d %d %x\n", event.xbutton.button, event.type == ButtonPress ? "down" : "up",
                 event.xbutton.x_root, event.xbutton.y_root, event.xbutton.state);
          break;
        case MotionNotify:
          printf("motion %d %d %x\n", event.xmotion.x_root, event.xmotion.y_root, event.xmotion.state);
          break;
        case MappingNotify: XRefreshKeyboardMapping(&event.xmapping); break;
      }
      fflush(stdout);
    }
    if (poll(files, 2, -1) < 0) return 1;
    if (files[1].revents) break;
  }
  XCloseDisplay(display);
  return 0;
}
