/*
 * A viewer without a window, made with libvncclient: the library behind Remmina and others, so that real client code
 * reads what the server sends. Started by tests; says what happens on standard output, a line each.
 *
 *   client HOST PORT ENCODINGS BPP DEPTH BIG-ENDIAN RMAX GMAX BMAX RSHIFT GSHIFT BSHIFT [QUALITY]
 *
 * ENCODINGS is libvncclient's string, such as "tight copyrect raw". With QUALITY, 0 … 9, JPEG is allowed.
 * The password is taken from $VNC_PASSWORD, the user's name from $VNC_USERNAME. $VNC_CA names the certificate that the
 * server must show: with it, or with a name, the client has credentials to offer, and so chooses VeNCrypt where it can.
 *
 * Commands on standard input, each answered by "ok":
 *   dump FILE        writes the framebuffer as PPM
 *   refresh          asks for the whole screen
 *   pointer X Y MASK
 *   key KEYSYM DOWN  KEYSYM is a number
 *   cuttext WORDS
 *   desktopsize W H
 *   quit
 *
 * Events: "connected W H NAME", "resize W H", "cuttext WORDS", "cursor W H", "bell", "closed".
 */
#include <errno.h>
#include <poll.h>
#include <rfb/rfbclient.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static rfbBool resize(rfbClient *client) {
  size_t size = (size_t)client->width * client->height * (client->format.bitsPerPixel / 8);
  client->frameBuffer = realloc(client->frameBuffer, size);
  if (!client->frameBuffer) return FALSE;
  memset(client->frameBuffer, 0, size);
  client->updateRect.x = client->updateRect.y = 0; /* what incremental requests ask for */
  client->updateRect.w = client->width;
  client->updateRect.h = client->height;
  printf("resize %d %d\n", client->width, client->height);
  fflush(stdout);
  return TRUE;
}

static void cut_text(rfbClient *client, const char *text, int length) {
  (void)client;
  printf("cuttext %.*s\n", length, text);
  fflush(stdout);
}

static void cursor_shape(rfbClient *client, int x, int y, int width, int height, int bytes) {
  (void)client; (void)x; (void)y; (void)bytes;
  printf("cursor %d %d\n", width, height);
  fflush(stdout);
}

static void bell(rfbClient *client) {
  (void)client;
  puts("bell");
  fflush(stdout);
}

static char *password(rfbClient *client) {
  (void)client;
  const char *word = getenv("VNC_PASSWORD");
  return strdup(word ? word : "");
}

static rfbCredential *credential(rfbClient *client, int kind) {
  (void)client;
  const char *user = getenv("VNC_USERNAME"), *word = getenv("VNC_PASSWORD"), *authority = getenv("VNC_CA");
  rfbCredential *made = calloc(1, sizeof *made);
  if (!made) return NULL;
  if (kind == rfbCredentialTypeX509) {
    made->x509Credential.x509CACertFile = strdup(authority ? authority : "");
    made->x509Credential.x509CrlVerifyMode = rfbX509CrlVerifyNone;
  } else {
    made->userCredential.username = strdup(user ? user : "");
    made->userCredential.password = strdup(word ? word : "");
  }
  return made;
}

static uint32_t pixel_at(const rfbClient *client, size_t index) {
  const int bytes = client->format.bitsPerPixel / 8;
  const uint8_t *at = client->frameBuffer + index * bytes;
  uint32_t pixel = 0;
  for (int i = 0; i < bytes; i++) pixel |= (uint32_t)at[client->format.bigEndian ? bytes - 1 - i : i] << (8 * i);
  return pixel;
}

static int expand(uint32_t pixel, int shift, unsigned max) {
  return max ? ((pixel >> shift & max) * 255 + max / 2) / max : 0;
}

static void dump(const rfbClient *client, const char *path) {
  FILE *file = fopen(path, "wb");
  if (!file) { fprintf(stderr, "%s: %s\n", path, strerror(errno)); exit(2); }
  fprintf(file, "P6\n%d %d\n255\n", client->width, client->height);
  for (size_t i = 0; i < (size_t)client->width * client->height; i++) {
    uint32_t pixel = pixel_at(client, i);
    fputc(expand(pixel, client->format.redShift, client->format.redMax), file);
    fputc(expand(pixel, client->format.greenShift, client->format.greenMax), file);
    fputc(expand(pixel, client->format.blueShift, client->format.blueMax), file);
  }
  fclose(file);
}

/* Does one command; 0 when it was the last. */
static int obey(rfbClient *client, char *line) {
  char path[900];
  int x, y, mask;
  unsigned keysym;
  line[strcspn(line, "\n")] = 0;
  if (!strcmp(line, "quit")) return 0;
  if (sscanf(line, "dump %899s", path) == 1) dump(client, path);
  else if (!strcmp(line, "refresh")) SendFramebufferUpdateRequest(client, 0, 0, client->width, client->height, FALSE);
  else if (sscanf(line, "pointer %d %d %d", &x, &y, &mask) == 3) SendPointerEvent(client, x, y, mask);
  else if (sscanf(line, "key %u %d", &keysym, &x) == 2) SendKeyEvent(client, keysym, x);
  else if (sscanf(line, "desktopsize %d %d", &x, &y) == 2) SendExtDesktopSize(client, x, y);
  else if (!strncmp(line, "cuttext ", 8)) SendClientCutText(client, line + 8, strlen(line + 8));
  else { fprintf(stderr, "not a command: %s\n", line); exit(2); }
  puts("ok");
  fflush(stdout);
  return 1;
}

int main(int argc, char **argv) {
  if (argc < 13) { fprintf(stderr, "arguments?\n"); return 2; }
  setvbuf(stdin, NULL, _IONBF, 0); /* poll() must know of every line */
  int bpp = atoi(argv[4]);
  rfbClient *client = rfbGetClient(8, 3, bpp / 8);
  client->format.bitsPerPixel = bpp;
  client->format.depth = atoi(argv[5]);
  client->format.bigEndian = atoi(argv[6]);
  client->format.trueColour = TRUE;
  client->format.redMax = atoi(argv[7]);
  client->format.greenMax = atoi(argv[8]);
  client->format.blueMax = atoi(argv[9]);
  client->format.redShift = atoi(argv[10]);
  client->format.greenShift = atoi(argv[11]);
  client->format.blueShift = atoi(argv[12]);
  client->appData.encodingsString = argv[3];
  client->appData.enableJPEG = argc > 13;
  client->appData.qualityLevel = argc > 13 ? atoi(argv[13]) : 5;
  client->appData.useRemoteCursor = TRUE;
  client->canHandleNewFBSize = TRUE;
  client->MallocFrameBuffer = resize;
  client->GotXCutText = cut_text;
  client->GotCursorShape = cursor_shape;
  client->Bell = bell;
  client->GetPassword = password;
  if (getenv("VNC_CA") || getenv("VNC_USERNAME")) client->GetCredential = credential;
  client->serverHost = strdup(argv[1]);
  client->serverPort = atoi(argv[2]);
  client->programName = "client";
  if (!rfbInitClient(client, NULL, NULL)) { puts("refused"); return 4; }
  printf("connected %d %d %s\n", client->width, client->height, client->desktopName);
  fflush(stdout);
  struct pollfd files[2] = { { .fd = client->sock, .events = POLLIN }, { .fd = 0, .events = POLLIN } };
  for (;;) {
    int ahead = client->buffered > 0; /* what the library has read ahead does not wake poll() */
    if (poll(files, 2, ahead ? 0 : -1) < 0) return 1;
    if ((ahead || files[0].revents) && !HandleRFBServerMessage(client)) {
      puts("closed");
      return 3;
    }
    if (files[1].revents) {
      char line[1000];
      if (!fgets(line, sizeof line, stdin) || !obey(client, line)) break;
    }
  }
  free(client->frameBuffer);
  rfbClientCleanup(client);
  return 0;
}
